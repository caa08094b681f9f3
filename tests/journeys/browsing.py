"""What somebody who signs in sees of a played world, in a real browser, at the story's instant."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.journeys.browsed import browsed
from tests.journeys.played import Played

WIDE = {"width": 1360, "height": 1000}
# By row: who (an address, or "IAM user NAME"), the state, and the gates behind each badge.
ROWS = """rows => rows.map(row => ({
  who: row.querySelector(".ident a").pathname.startsWith("/iam-users/")
    ? "IAM user " + row.querySelector(".ident a").innerText.trim()
    : (row.querySelector(".ident small") || row.querySelector(".ident a")).innerText.trim(),
  state: row.querySelector(".state-cell .state").innerText.trim(),
  title: row.querySelector(".state-cell .state").title,
  href: row.querySelector(".ident a").getAttribute("href"),
  gates: [...row.querySelectorAll(".gates-cell .gates")].flatMap(one =>
    [...one.querySelectorAll("a")].map(link =>
      [link.hash.replace("#gate-", ""), one.querySelector(".state").innerText.trim()])),
  ready: [...row.querySelectorAll(".gates-cell .gates")]
    .filter(one => !one.querySelector("a")).map(one => one.innerText.trim()).join(),
}))"""


@dataclass(frozen=True)
class Seen:
    """The board of people as a browser shows it. rows: by address, or "IAM user NAME" of nobody."""

    rows: dict[str, dict[str, Any]]

    def state(self, who: str) -> str:
        return str(self.rows[who]["state"])

    def sentence(self, who: str) -> str:
        return str(self.rows[who]["title"])

    def gates(self, who: str) -> dict[str, str]:
        """The verdicts of those that are not ready."""
        return dict(self.rows[who]["gates"])

    def people(self, state: str) -> set[str]:
        rows = self.rows.items()
        return {
            who for who, row in rows if row["state"] == state and not who.startswith("IAM user")
        }


@dataclass
class Browsing:
    """Looks at a played world's portal. complaints: of the browser's console. shots: a folder for
    pictures of the pages."""

    made: Played
    browser: Any
    shots: Path
    complaints: list[str] = field(default_factory=list)
    _address: str = ""

    @contextmanager
    def signed_in(self, persona: str = "Security lead") -> Iterator[Any]:
        """A page of somebody who just signed in; the portal's clock shows the story's instant."""
        with browsed(self.made.env, self.made.now) as self._address:
            context = self.browser.new_context(timezone_id="UTC", locale="en-GB", viewport=WIDE)
            page = context.new_page()
            page.on("pageerror", lambda error: self.complaints.append(str(error)))
            page.on("console", self._complain)
            self.open(page, "/sign-in/")
            page.get_by_role("button", name=persona).click()
            page.wait_for_load_state()
            yield page
            context.close()

    def _complain(self, message: Any) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def open(self, page: Any, path: str) -> str:
        """The text of a page, once everything on it has come."""
        answer = page.goto(f"{self._address}{path}")
        assert answer.status == 200, f"{path} answered {answer.status}"
        page.wait_for_load_state("networkidle")
        return " ".join(page.locator("main").inner_text().split())

    def shoot(self, page: Any, name: str) -> None:
        page.screenshot(path=self.shots / f"{name}.png", full_page=True)

    def board(self, page: Any) -> Seen:
        self.open(page, "/people/?who=everybody")
        rows = page.locator("#people tbody tr").evaluate_all(ROWS)
        return Seen({row["who"]: row for row in rows})

    def person(self, page: Any, board: Seen, who: str) -> str:
        """The text of somebody's own page, reached from the board."""
        return self.open(page, board.rows[who]["href"])
