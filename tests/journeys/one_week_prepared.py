"""The first days of the plan of one week, as a company plays them: until everybody has tested.

Each act is what people do on a day: administrators in AWS, leads and engineers before the portal's
pages. What the portal said meanwhile is kept by moment, for the tests to read.
"""

import subprocess
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page

from tests.journeys.plan_played import LEAD, Administrator, Office, listed, press, said
from tests.journeys.played import EPOCH, Played, Row, owners

SECOND, THIRD = "second.lead@example.com", "third.lead@example.com"
LEADS = (LEAD, SECOND, THIRD)
TEST_USER, DRILL = "directory.test@example.com", "drill.account@example.com"
STAGING, PAYMENTS = "666666666666", "999999999999"
PRODUCTION_SETS = ("AuditorReadOnly", "ProdBreakGlass", "ProductionAdmin", "ProductionReadOnly")
# A month of logs is not there yet; a lead lets a week do.
WINDOW_DAYS = 7
Stood = dict[tuple[str, str], Row]


@dataclass
class Prepared:
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
            self._tick(pages[LEAD], "train-team", "Shown on Wednesday; it is on the wiki.")
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
