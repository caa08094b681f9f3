"""The plan of one week as a company plays it: from the health check to the page that says done.

Each act is what people do on a day: administrators in AWS, leads and engineers before the portal's
pages. What the portal said meanwhile is kept by moment, for the tests to read.
"""

import subprocess
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from playwright.sync_api import Locator, Page

from inventory.sample_org.constants import ADMIN_CREDENTIALS, ADMIN_ROLE_NAME
from migrations_plan.artefacts.scp import Guardrail, OneRole, scp
from tests.aws_cli import cli_environment
from tests.journeys.plan_played import LEAD, Administrator, Office, listed, press, said
from tests.journeys.played import EPOCH, Played, Row, owners

SECOND, THIRD = "second.lead@example.com", "third.lead@example.com"
LEADS = (LEAD, SECOND, THIRD)
TEST_USER, DRILL = "directory.test@example.com", "drill.account@example.com"
STAGING, PAYMENTS = "666666666666", "999999999999"
PRODUCTION_SETS = ("AuditorReadOnly", "ProdBreakGlass", "ProductionAdmin", "ProductionReadOnly")
# The first evening before which nobody was on the old path for a week.
FIRST_PROOF = 17
# A month of logs is not there yet; a lead lets a week do.
WINDOW_DAYS = 7
Stood = dict[tuple[str, str], Row]


@dataclass
class OneWeek:
    """stood: how every item stood, by moment. saw: what a page said, by moment. users: by address,
    the IAM users of everybody. wave: who is cut over. held: who is put in, and may not be."""

    world: Played
    admin: Administrator
    office: Office
    folder: Path
    stood: dict[str, Stood] = field(default_factory=dict)
    saw: dict[str, str] = field(default_factory=dict)
    users: dict[str, list[str]] = field(default_factory=dict)
    ran: dict[str, list[subprocess.CompletedProcess[str]]] = field(default_factory=dict)
    wave: list[str] = field(default_factory=list)
    held: str = ""
    plan: str = ""

    def at(self, day: int, hour: int, minute: int = 0) -> datetime:
        """So many days after the epoch's."""
        return EPOCH.replace(hour=hour, minute=minute, second=0) + timedelta(days=day)

    def go_to(self, day: int, hour: int, minute: int = 0) -> None:
        self.world.go_to(self.at(day, hour, minute))

    def read(self, day: int, hour: int, moment: str = "", *, logs: bool = True) -> None:
        """Everything is read, and every item is judged."""
        self.go_to(day, hour)
        self.world.portal("collect", "--summary")
        if logs:
            self.world.import_logs()
        self.note(moment)

    def note(self, moment: str) -> None:
        if moment:
            self.world.portal("conclude")
            rows = self.world.rows("standings")
            self.stood[moment] = {(row["item"], row["subject"]): row for row in rows}

    def verdicts(self, moment: str, item: str) -> set[str]:
        """How the item's subjects stood then."""
        rows = self.stood[moment]
        return {str(row["verdict"]) for (name, _), row in rows.items() if name == item}

    def arns(self) -> list[str]:
        """The wave's IAM users."""
        return [arn for who in self.wave for arn in self.users[who]]

    # ------------------------------------------------------------------ before: the health check

    def health_check(self) -> None:
        """Monday evening: everything is read, owners are confirmed, and the plan is made."""
        world = self.world
        world.portal("collect", "--summary")
        world.import_roster()
        known = owners(world)
        for row in known:
            self.users.setdefault(row["email"], []).append(row["arn"])
        world.decide("link", *known)
        world.decide("threshold", {"window_days": WINDOW_DAYS})
        world.import_logs()
        standing = world.standing()
        self.wave = sorted(standing.people("ready"))
        self.held = min(
            who
            for who in standing.people("parallel")
            if {"forecast", "quiet"} <= standing.blocked(who) and len(self.users[who]) == 1
        )
        world.portal("sign_ins", listed(self._sign_ins()))
        with self.office.open(LEAD) as pages:
            self._make_plan(pages[LEAD])
        self.note("health check")

    def _sign_ins(self) -> list[Row]:
        """Three leads, and each of the wave as an engineer."""
        rows = [{"role": "lead", "name": name} for name in LEADS]
        return rows + [{"role": "engineer", "name": who, "email": who} for who in self.wave]

    def _make_plan(self, page: Page) -> None:
        page.goto("/plans/new/?template=one-week")
        page.get_by_label("Name").fill("One week")
        page.get_by_label("First day").fill(f"{self.at(1, 9):%Y-%m-%d}")
        page.get_by_label("Time zone").fill("UTC")
        page.get_by_label("Old access ends at").fill("18:00")
        page.get_by_label("Who helps on the day").fill("#identity")
        page.get_by_label("The first wave holds everybody").uncheck()
        page.get_by_label("Why?").fill("The board decided.")
        press(page, "See the days")
        self.saw["the days"] = said(page)
        press(page, "Make the plan")
        self.plan = page.url.split("localhost")[1].split("/", 1)[1].strip("/")
        self._put_in(page, self.wave)
        self.saw["waves"] = said(page)

    def _put_in(self, page: Page, emails: list[str]) -> None:
        page.goto(f"/{self.plan}/waves/")
        page.get_by_text("Change Wave 1").click()
        page.get_by_label("Who", exact=True).fill("\n".join(emails))
        form = page.locator("form", has=page.get_by_role("heading", name="Put in"))
        form.get_by_label("Why?").fill("They volunteer.")
        press(page, "Put in")

    # ------------------------------------------------------- days 1 to 3: provisioning and design

    def provisioning(self) -> None:
        """Tuesday: leavers go, the directory is the identity provider's, and it is tested."""
        for row in self.world.organization.world("roster"):
            for arn in self.users.get(row["email"], []) if row["left_on"] else []:
                self.world.switch_off(arn)
        self.go_to(1, 9)
        self._drill("a test user was added", 9)
        self.admin.remove_user(DRILL)
        self.admin.add_user(TEST_USER, "aws-developers")
        self.read(1, 12, "the identity provider is connected")
        self._drill("a test user was removed", 12)
        self.admin.remove_user(TEST_USER)

    def _drill(self, what: str, hour: int) -> None:
        self.world.now = self.at(1, hour)
        with self.office.open(LEAD) as pages:
            page = pages[LEAD]
            page.goto(f"/{self.plan}/items/scim-proven/")
            form = page.locator("form", has=page.get_by_role("heading", name="Record a drill"))
            form.get_by_label("What was done").select_option(label=what)
            form.get_by_label("Test user").fill(TEST_USER)
            form.get_by_label("Why?").fill("Off-boarding hangs on it.")
            press(page, "Record")

    def design(self) -> None:
        """Wednesday: sets become code and go where they belong, and three people review them."""
        self.read(2, 9, "the test user is gone")
        self.admin.mark_as_code()
        self.admin.end_grants("DeveloperFullAccess", STAGING, "GROUP")
        self.admin.end_grants("ProductionReadOnly", STAGING, "GROUP")
        self.admin.end_grants("ProductionAdmin", PAYMENTS, "USER")
        self.read(2, 12, logs=False)
        self._review_sets()

    def _review_sets(self) -> None:
        with self.office.open(*LEADS) as pages:
            self._tick(pages[LEAD], "scim-proven", "The test user came, and went.")
            for name, page in pages.items():
                wanted = self.admin.sets if name == LEAD else PRODUCTION_SETS
                for one in sorted(wanted):
                    self._review(page, one)
        self.note("the sets are reviewed")

    def _review(self, page: Page, name: str) -> None:
        page.goto("/evidence/statements/sets-as-code/")
        page.get_by_label("Permission set", exact=True).select_option(label=name)
        page.get_by_label("What was looked at, and what was found?").fill("Policies and places.")
        press(page, "Record the review")

    def _tick(self, page: Page, item: str, note: str) -> None:
        """Confirms an item, of each of its subjects."""
        page.goto(f"/{self.plan}/items/{item}/")
        choices = page.locator("#subject option")
        subjects = [choices.nth(n).get_attribute("value") for n in range(choices.count())]
        for subject in subjects or [None]:
            if subject is not None:
                page.locator("#subject").select_option(value=subject)
            page.get_by_label("What was done, by whom").fill(note)
            press(page, "Confirm")

    def parallel(self) -> None:
        """Thursday: both ways are open, and the wave tries the new one."""
        self.read(3, 9, "both ways are open")
        self._declare_theirs()
        with self.office.open(*self.wave) as pages:
            for page in pages.values():
                page.goto("/my-access/")
                page.get_by_label("What did you try over the new way?").fill("Console and CLI.")
                press(page, "I have tested it")
        self.note("the wave has tested")

    def _declare_theirs(self) -> None:
        """What nobody used for a week says no more whom it serves; its owner does."""
        subjects = [
            subject
            for arn in self.arns()
            for subject in (arn, *(key_id for key_id, _ in self.world.cast(arn).keys))
        ]
        self.world.decide("declare", *({"arn": one, "kind": "human"} for one in subjects))

    # ------------------------------------------------------------------------- day 4: the cutover

    def cutover(self) -> None:
        """Friday: everybody is told, and at its end the old access goes, comes back, and goes."""
        self.read(4, 9)
        with self.office.open(LEAD) as pages:
            for who in self.wave:
                self._tell(pages[LEAD], who)
        self.read(4, 17, "before the cutover")
        with self.office.open(LEAD, SECOND) as pages:
            self._hand_out(pages[LEAD], pages[SECOND])
            self.ran["cut"] = self._run("cutover", "--apply")
            page = pages[LEAD]
            self._wave_page(page, "cutover")
            press(page, "They ran")
        self._look_again(4, 18, "cut over", again=False)
        self.ran["back"] = self._run("rollback", "--apply")
        self._look_again(4, 19, "given back")
        self.ran["cut again"] = self._run("cutover", "--apply")
        self._look_again(4, 20, "cut over again")
        self.ran["verified"] = self._run("verify")

    def _tell(self, page: Page, who: str) -> None:
        page.goto(f"/{self.plan}/messages/?stage=today")
        name = self._row(page, who).get_by_role("link", name="Preview")
        name.click()
        page.wait_for_load_state()
        press(page, "I told them by hand")
        self.saw[f"told {who}"] = said(page)

    def _row(self, page: Page, who: str) -> Locator:
        return page.get_by_role("row").filter(has_text=who)

    def _wave_page(self, page: Page, name: str) -> str:
        """Opens a page of the wave, and gives what it says."""
        page.goto(f"/{self.plan}/waves/")
        link = {"cutover": "Cutover", "watch": "watch", "disabled": "disabled users"}[name]
        page.get_by_role("link", name=link, exact=True).first.click()
        page.wait_for_load_state()
        return said(page)

    def _hand_out(self, lead: Page, second: Page) -> None:
        self._put_in(lead, [self.held])
        self.saw["refused"] = self._wave_page(lead, "cutover")
        lead.get_by_label("Why now?").fill("Day four, 18:00.")
        lead.get_by_role("button", name="Hand out scripts").click()
        lead.wait_for_load_state()
        lead.get_by_label("What did you check?").fill("All of it.")
        self.saw["approved alone"] = press(lead, "Approve the scripts")
        self._wave_page(second, "cutover")
        second.get_by_label("What did you check?").fill("Every line.")
        self.saw["approved"] = press(second, "Approve the scripts")
        buttons = second.get_by_role("button", name="Download ")
        for number in range(buttons.count()):
            with second.expect_download() as download:
                buttons.nth(number).click()
            download.value.save_as(self.folder / download.value.suggested_filename)
        self._take_out(lead)

    def _take_out(self, page: Page) -> None:
        """Whoever may not be cut over waits for a later wave."""
        page.goto(f"/{self.plan}/waves/")
        self._row(page, self.held).get_by_role("checkbox").check()
        page.locator("#out-why").fill("Not before the forecast is clean.")
        press(page, "Take the chosen out")

    def _run(self, kind: str, *arguments: str) -> list[subprocess.CompletedProcess[str]]:
        """The downloaded scripts of a kind, by somebody with an administrator's credentials."""
        done = []
        for place in sorted(self.folder.glob(f"{kind}-*.sh")):
            account = place.stem.rsplit("-", 1)[1]
            role = f"arn:aws:iam::{account}:role/{ADMIN_ROLE_NAME}"
            organization = self.world.organization
            credentials = organization.assume(role, ADMIN_CREDENTIALS)
            env = cli_environment(organization.endpoint, credentials, self.folder)
            command = ["bash", str(place), *arguments]
            done.append(
                subprocess.run(
                    command, env=env, capture_output=True, text=True, check=False, timeout=600
                )
            )
        return done

    def _look_again(self, day: int, hour: int, moment: str, *, again: bool = True) -> None:
        """The wave's users are read again, and the watch page looked at."""
        self.go_to(day, hour, 30)
        if again:
            with self.office.open(LEAD) as pages:
                self._wave_page(pages[LEAD], "watch")
                press(pages[LEAD], "Read again now")
        places = [
            f"--account={account}" for account in sorted({a.split(":")[4] for a in self.arns()})
        ]
        self.world.portal("collect", "--summary", *places)
        self.note(moment)
        with self.office.open(LEAD) as pages:
            self.saw[moment] = self._wave_page(pages[LEAD], "watch")

    # ------------------------------------------------------------ day 5 and after: guard and prove

    def lock_down(self) -> None:
        """Monday: somebody was late. Everything else goes, and the guardrail keeps it away."""
        self.world.use_key(self.arns()[0], self.at(6, 12))
        self.read(7, 9, "a late use")
        with self.office.open(LEAD) as pages:
            self.saw["a late use"] = self._wave_page(pages[LEAD], "watch")
        self.ran["passwords"] = self._run("login-profiles", "--apply")
        self._clean_up()
        self._guard()
        self._confirm()
        self.read(7, 14, "locked down")

    def _guard(self) -> None:
        """The portal's own service control policy, put on the root by an administrator."""
        exempt = f"arn:aws:iam::{PAYMENTS}:role/{ADMIN_ROLE_NAME}"
        made = scp(Guardrail(OneRole(exempt)), as_of=self.world.now)
        self.admin.guard("DenyLongLivedCredentials", made.text)

    def _confirm(self) -> None:
        """What is by hand, and what becomes of the users that are off."""
        with self.office.open(LEAD) as pages:
            page = pages[LEAD]
            self._decide(page)
            self._tick(page, "standby", "Nothing came in but one late call.")
            self._tick(page, "audit-disabled", "Nobody speaks up for them.")
            self._tick(page, "document", "On the wiki.")
            self._tick(page, "runbook", "It names aws-developers; the newest engineer followed it.")

    def _clean_up(self) -> None:
        """Programs work over roles now: their keys rest. Whoever else is left is deleted."""
        kinds = {row["arn"]: row["kind"] for row in self.world.organization.world("classes")}
        shared = [arn for arn, kind in kinds.items() if kind == "mixed"]
        self.world.decide("unlink", *({"arn": arn} for arn in shared))
        self.world.decide("declare", *({"arn": arn, "kind": "workload"} for arn in shared))
        for arn, kind in kinds.items():
            if kind in ("service", "mixed"):
                self.world.set_keys(arn, "Inactive")
                self.admin.end_password(arn)
            elif arn not in self.arns():
                self.admin.delete_iam_user(arn)

    def _decide(self, page: Page) -> None:
        self.saw["disabled"] = self._wave_page(page, "disabled")
        for box in page.get_by_role("checkbox").all():
            box.check()
        page.get_by_label("What becomes of those chosen?").select_option("delete")
        page.get_by_label("Why?").fill("Nobody claims it.")
        self.saw["decided"] = press(page, "Decide")

    def delete(self) -> None:
        """A week later: what may be deleted is deleted."""
        self.read(14, 9, "quiet again")
        with self.office.open(LEAD) as pages:
            self.saw["deletion"] = self._wave_page(pages[LEAD], "disabled")
        for arn in self.arns():
            self.admin.delete_iam_user(arn)

    def prove(self) -> None:
        """The statements hold on each of seven days; the last page says so, and a lead closes."""
        for number in range(FIRST_PROOF, FIRST_PROOF + 7):
            self.read(number, 20)
        self.note("done")
        with self.office.open(LEAD) as pages:
            page = pages[LEAD]
            page.goto(f"/{self.plan}/")
            self.saw["done"] = said(page)
            page.get_by_text("Shift, pause or end this plan").click()
            page.locator("#state-reason").fill("All of it is done.")
            self.saw["closed"] = press(page, "Close: all is done")

    def play(self) -> None:
        """Until nothing is left of the old way, but what has to prove itself."""
        self.health_check()
        self.provisioning()
        self.design()
        self.parallel()
        self.cutover()
        self.lock_down()

    def end(self) -> None:
        """Until a lead closes the plan."""
        self.delete()
        self.prove()
