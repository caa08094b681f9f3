"""The plan of four weeks as a team of fourteen plays it: from the inventory to the page that says
done.

Each act is what people do on a day: administrators in AWS, leads and engineers before the portal's
pages. What the portal said meanwhile is kept by moment, for the tests to read.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page

from inventory.sample_org.constants import ADMIN_ROLE_NAME
from tests.journeys.one_week_played import OneWeek
from tests.journeys.one_week_prepared import LEADS, SECOND, WINDOW_DAYS
from tests.journeys.plan_played import LEAD, listed, press, said
from tests.journeys.played import owners
from tests.journeys.turned import Turned, turn

MANAGEMENT, PROD, STAGE = "111122223333", "123456789012", "444455556666"
# Users that a person and a program share, and whose they were.
SHARED = {
    f"arn:aws:iam::{PROD}:user/deploy-bot": "marco.ferrari@example.com",
    f"arn:aws:iam::{STAGE}:user/metrics-exporter": "nadia.silva@example.com",
}
ON_CALL = "eamon.muller@example.com"
# Whose key is used on the morning of the cutover, and whose the day after it.
HELD, LATE = "eamon.muller@example.com", "jana.lindqvist@example.com"
IN_PRODUCTION = ("ProdBreakGlass", "ReadOnly", "SREOnCall")
GUARDRAIL = re.compile(r"Download .*\.json")
INDEPENDENT = "Two people signed in with a key of their own; the alert came within a minute."


@dataclass
class FourWeeks(OneWeek):
    """story: which people turn. later: the folder of the scripts of whoever was held back."""

    story: Turned = field(init=False)
    later: Path = field(init=False)

    def __post_init__(self) -> None:
        self.story = turn(self.world)
        self.later = self.folder / "later"
        self.later.mkdir()

    # ----------------------------------------------------------------------- week 1: inventory

    def inventory(self) -> None:
        """Monday: everything is read, everybody's users are theirs, and the plan is made."""
        world = self.world
        world.portal("collect", "--summary")
        world.import_roster()
        known = owners(world)
        for row in known:
            if row["arn"] not in SHARED:
                self.users.setdefault(row["email"], []).append(row["arn"])
        self.wave, self.held = sorted(self.users), HELD
        world.decide("link", *known)
        world.decide("threshold", {"window_days": WINDOW_DAYS})
        world.import_logs()
        world.portal("sign_ins", listed(self._sign_ins()))
        with self.office.open(LEAD) as pages:
            self._make_plan(pages[LEAD])
        self.note("the first day")

    def _make_plan(self, page: Page) -> None:
        page.goto("/plans/new/?template=four-weeks")
        page.get_by_label("Name").fill("Four weeks")
        page.get_by_label("First day").fill(f"{self.at(0, 9):%Y-%m-%d}")
        page.get_by_label("Time zone").fill("UTC")
        page.get_by_label("Old access ends at").fill("18:00")
        page.get_by_label("Who helps on the day").fill("#identity")
        page.get_by_label("Why?").fill("An audit found fourteen IAM users.")
        self.saw["the days"] = press(page, "See the days")
        self.saw["the first day"] = press(page, "Make the plan")
        self.plan = page.url.split("localhost")[1].split("/", 1)[1].strip("/")

    def split(self) -> None:
        """What a person and a program share is the program's from now on."""
        self.world.decide("unlink", *({"arn": arn} for arn in SHARED))
        kinds = dict.fromkeys(SHARED, "workload")
        # Too little was seen of one for the portal to tell.
        kinds[f"arn:aws:iam::{PROD}:user/bela"] = "human"
        self.world.decide("declare", *({"arn": arn, "kind": kind} for arn, kind in kinds.items()))
        with self.office.open(LEAD) as pages:
            page = pages[LEAD]
            page.goto(f"/{self.plan}/waves/")
            for email in SHARED.values():
                self._row(page, email).get_by_role("checkbox").check()
            page.locator("#out-why").fill("They have no IAM user any more.")
            self.saw["waves"] = press(page, "Take the chosen out")
        self.note("the shared users are split")

    # ------------------------------------------------------------- week 2: permission sets as code

    def sets_as_code(self) -> None:
        """The gaps that the forecast shows are closed, and three people review the sets."""
        self.story.updated = self.at(7, 0).date()
        self.read(7, 9, "week 2 begins")
        self.admin.mark_as_code()
        self.world.allow("Developer", ["cloudformation:CreateStack", "iam:PassRole"])
        self.world.allow("SREOnCall", ["iam:PassRole"])
        self.admin.join(ON_CALL, "sre")
        self.read(7, 12, "the sets are in code", logs=False)
        with self.office.open(*LEADS) as pages:
            self._tick(pages[LEAD], "break-glass-independent", INDEPENDENT)
            for name, page in pages.items():
                wanted = self.admin.sets if name == LEAD else IN_PRODUCTION
                for one in sorted(wanted):
                    self._review(page, one)
        self.note("the sets are reviewed")

    def move_programs(self) -> None:
        """Programs work over roles from the ninth day on; then their keys rest."""
        for arn in SHARED:
            for key_id, _ in self.world.cast(arn).keys:
                self.story.stopped[key_id] = self.at(9, 0).date()
        self.go_to(9, 9)
        for arn in SHARED:
            self.world.set_keys(arn, "Inactive")

    # ----------------------------------------------------------------------- week 3: both ways open

    def both_ways(self) -> None:
        """Everybody works over the new way, and says so. One more permission turns out to be
        missing: the set that gets it is to be reviewed again."""
        self.read(14, 9, "week 3 begins")
        with self.office.open(*self.wave) as pages:
            for page in pages.values():
                page.goto("/my-access/")
                page.get_by_label("What did you try over the new way?").fill("Console and CLI.")
                press(page, "I have tested it")
        self.note("everybody has tested")
        self.world.allow("Developer", ["cloudformation:UpdateStack"])
        self.read(14, 12, "the last gap is closed", logs=False)
        with self.office.open(LEAD) as pages:
            self._review(pages[LEAD], "Developer")
        self.note("the set is reviewed again")

    # -------------------------------------------------------------------------- week 4: the cutover

    def last_day(self) -> None:
        """Everybody is told. One uses a key once more, and is refused at the end of the day."""
        self.world.use_key(self.users[HELD][0], self.at(21, 7))
        self.read(21, 9, "week 4 begins")
        with self.office.open(LEAD) as pages:
            for who in self.wave:
                self._tell(pages[LEAD], who)
        self.read(21, 17, "everybody is told")
        with self.office.open(LEAD, SECOND) as pages:
            self.saw["refused"] = self._wave_page(pages[LEAD], "cutover")
            self._scripts(pages[LEAD], pages[SECOND], self.folder)
            self.ran["dry"] = self._run("cutover")
            self.ran["cut"] = self._run("cutover", "--apply")
            self._wave_page(pages[LEAD], "cutover")
            press(pages[LEAD], "They ran")

    def _scripts(self, lead: Page, second: Page, folder: Path) -> None:
        """Handed out by one, approved by another, and downloaded."""
        self._wave_page(lead, "cutover")
        lead.get_by_label("Why now?").fill("The end of the week in parallel.")
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
            download.value.save_as(folder / download.value.suggested_filename)

    def there_and_back(self) -> None:
        """The cutover shows, is given back, and is done again."""
        self._look_again(21, 18, "cut over", again=False)
        self.ran["back"] = self._run("rollback", "--apply")
        self._look_again(21, 19, "given back")
        self.ran["cut again"] = self._run("cutover", "--apply")
        self._look_again(21, 20, "cut over again")
        self.ran["verified"] = self._run("verify")

    def late_use(self) -> None:
        """A key comes back for a moment. A lead knows why the one who was held back used theirs,
        and waives it: they are cut over."""
        self.world.use_key(self.users[LATE][0], self.at(22, 12))
        # Called from a place and with a tool that nobody knew of them.
        for (arn,) in (self.users[HELD], self.users[LATE]):
            keys = [key_id for key_id, _ in self.world.cast(arn).keys]
            told = [{"arn": subject, "kind": "human"} for subject in (arn, *keys)]
            self.world.decide("declare", *told)
        self.world.decide("waive", {"email": HELD, "gate": "quiet", "days": 4})
        self.read(23, 9, "a late use")
        with self.office.open(LEAD, SECOND) as pages:
            self.saw["a late use"] = self._wave_page(pages[LEAD], "watch")
            self._scripts(pages[LEAD], pages[SECOND], self.later)
            self.ran["cut later"] = self._run("cutover", "--apply", folder=self.later)
            self._wave_page(pages[LEAD], "cutover")
            press(pages[LEAD], "They ran")
        self._look_again(23, 18, "everybody is cut over", again=False)

    def guard(self) -> None:
        """Passwords go, then the guardrail keeps all of it away, but for one role."""
        for folder in (self.folder, self.later):
            self.ran["passwords"] = self._run("login-profiles", "--apply", folder=folder)
        self.read(24, 9, "passwords are gone")
        with self.office.open(LEAD) as pages:
            page = pages[LEAD]
            exempt = f"arn:aws:iam::{PROD}:role/{ADMIN_ROLE_NAME}"
            page.goto(f"/generated/guardrail/?variant=strong&federation=on&role={exempt}")
            with page.expect_download() as download:
                page.get_by_role("link", name=GUARDRAIL).click()
            place = self.folder / download.value.suggested_filename
            download.value.save_as(place)
        self.admin.guard("DenyLongLivedCredentials", place.read_text())
        self.read(24, 12, "the guardrail is up", logs=False)

    # -------------------------------------------------------------------------------- afterwards

    def clean_up(self) -> None:
        """Nothing is alive any more: the users are deleted. Somebody took the set for emergencies
        last evening; another looks at what it was for."""
        self.read(25, 9, "the day after")
        with self.office.open(LEAD) as pages:
            self._decide(pages[LEAD])
            pages[LEAD].goto(f"/{self.plan}/items/review-break-glass/")
            while pages[LEAD].get_by_role("button", name="Record the review").count():
                pages[LEAD].get_by_label("What came of it?").fill("A database was restarted.")
                pages[LEAD].get_by_label("Action that was missing").fill("rds:RebootDBInstance")
                self.saw["reviewed"] = press(pages[LEAD], "Record the review")
        for arn in [*self.arns(), *SHARED]:
            self.admin.delete_iam_user(arn)
        self.read(25, 12, "the users are deleted", logs=False)

    def prove(self) -> None:
        """A week is quiet; the last page says so, and a lead closes the plan."""
        self.read(30, 9, "done")
        with self.office.open(LEAD) as pages:
            page = pages[LEAD]
            page.goto(f"/{self.plan}/")
            self.saw["done"] = said(page)
            page.get_by_text("Shift, pause or end this plan").click()
            page.locator("#state-reason").fill("All of it is done.")
            self.saw["closed"] = press(page, "Close: all is done")
