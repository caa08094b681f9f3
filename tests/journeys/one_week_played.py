"""The plan of one week as a company plays it: from the health check to the page that says done."""

import re
import subprocess
from pathlib import Path

from playwright.sync_api import Locator, Page

from inventory.sample_org.constants import ADMIN_CREDENTIALS, ADMIN_ROLE_NAME, Credentials
from tests.aws_cli import cli_environment
from tests.journeys.one_week_prepared import PAYMENTS, SECOND, Prepared
from tests.journeys.plan_played import LEAD, press, said

# The first evening before which nobody was on the old path for a week.
FIRST_PROOF = 17
GUARDRAIL = re.compile(r"^Text of denylonglivedcredentials.*\.json$", re.IGNORECASE)


class OneWeek(Prepared):
    """All of it: what was prepared, the cutover, and what comes after it."""

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

    def _run(
        self, kind: str, *arguments: str, folder: Path | None = None
    ) -> list[subprocess.CompletedProcess[str]]:
        """The downloaded scripts of a kind, by somebody with an administrator's credentials."""
        done = []
        for place in sorted((folder or self.folder).glob(f"{kind}-*.sh")):
            account = place.stem.rsplit("-", 1)[1]
            endpoint = self.world.organization.endpoint
            env = cli_environment(endpoint, self._administrator(account), self.folder)
            command = ["bash", str(place), *arguments]
            done.append(
                subprocess.run(
                    command, env=env, capture_output=True, text=True, check=False, timeout=600
                )
            )
        return done

    def _administrator(self, account: str) -> Credentials:
        """Of an account: the management account's own, or its role in a member."""
        organization = self.world.organization
        if account == organization.info["management_account_id"]:
            return ADMIN_CREDENTIALS
        role = f"arn:aws:iam::{account}:role/{ADMIN_ROLE_NAME}"
        return organization.assume(role, ADMIN_CREDENTIALS)

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
        with self.office.open(LEAD) as pages:
            page = pages[LEAD]
            page.goto("/generated/guardrail/")
            exempt = f"arn:aws:iam::{PAYMENTS}:role/{ADMIN_ROLE_NAME}"
            page.get_by_label("Exempt role").fill(exempt)
            press(page, "Make the text")
            made = page.get_by_role("region", name=GUARDRAIL).text_content()
        assert made
        self.admin.guard("DenyLongLivedCredentials", made)

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
