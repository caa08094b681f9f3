"""What happens in four weeks of a company with 14 IAM users, and what is seen of it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.journeys.browsing import Browsing, Seen
from tests.journeys.directory import Directory
from tests.journeys.played import Played, Row, owners

REFUSED, BACK, LAST = 14, 15, 28


@dataclass
class Month:
    """What was seen. boards: by what had happened, or by the day's number. texts: of other pages.
    users: by address, the ARNs of the IAM users.

    late: who has access and used nothing of it yet; loses it, gets it back, and begins. held: whom
    only a missing permission holds back, and who never gets it. shared: whose user a program shares
    too, and is split; sharing: who goes on sharing theirs. refused: who is ready when the account
    of their user is not readable for a while. woken: whose key is used after they were ready.
    leaver: who is disabled in the directory.
    """

    seen: Browsing
    users: dict[str, list[str]]
    boards: dict[int | str, Seen] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    groups: list[str] = field(default_factory=list)
    late: str = ""
    held: str = ""
    shared: str = ""
    sharing: str = ""
    refused: str = ""
    woken: str = ""
    leaver: str = ""

    def states(self, who: str, *when: int | str) -> list[str]:
        return [self.boards[one].state(who) for one in when]


def look(made: Month, when: int | str) -> Seen:
    with made.seen.signed_in() as page:
        made.boards[when] = made.seen.board(page)
        made.seen.shoot(page, f"board-{when}")
    return made.boards[when]


def first_evening(world: Played, seen: Browsing) -> Month:
    world.portal("collect", "--summary")
    known = owners(world)
    users: dict[str, list[str]] = {}
    for row in known:
        users.setdefault(row["email"], []).append(row["arn"])
    made = Month(seen, users)
    world.decide("sign_ins", *(_sign_in(role) for role in ("lead", "auditor", "engineer")))
    look(made, "collected")
    world.decide("link", *known)
    look(made, "linked")
    world.import_logs()
    board = look(made, "counted")
    (made.late,) = board.people("assigned")
    shared = {who for who in board.rows if board.gates(who).get("workload") == "blocked"}
    made.shared, made.sharing = sorted(shared, key=lambda who: len(board.gates(who)))
    made.groups = Directory(world).leave_groups(made.late)
    return made


def _sign_in(role: str, email: str = "") -> Row:
    return {"role": role, "name": f"{role}@example.com", "email": email}


def _lacking(board: Seen) -> set[str]:
    """Whom a missing permission blocks."""
    return {
        who for who in board.people("parallel") if board.gates(who).get("forecast") == "blocked"
    }


def _give_back(world: Played, made: Month) -> None:
    Directory(world).join_groups(made.late, made.groups)


def _split(world: Played, made: Month) -> None:
    """The shared user becomes the program's alone; a lead declares it on the page that shows how to
    take it apart."""
    seen, board = made.seen, made.boards[7]
    (arn,) = made.users[made.shared]
    with seen.signed_in() as page:
        seen.person(page, board, made.shared)
        href = page.locator("main a[href^='/iam-users/']").first.get_attribute("href")
        made.texts["split"] = seen.open(page, f"{href}identity/")
        seen.shoot(page, "split")
        page.locator("summary", has_text="Declare what it is").first.click()
        form = page.locator("form.decide").first
        form.locator("select[name=kind]").select_option("workload")
        form.locator("input[name=reason]").fill("The person works over Identity Center now.")
        form.get_by_role("button", name="Declare").click()
        page.wait_for_load_state("networkidle")
    world.decide("unlink", {"arn": arn})
    granted = world.organization.world("assignments")
    one = next(row for row in granted if row["person"] == made.shared)
    target = {name: one[name] for name in ("account_id", "permission_set")}
    world.decide("target", {"email": made.shared, **target})


def _add_permissions(world: Played, made: Month) -> None:
    """What the late one lacks is added to the sets that deny it, and their old tool is waived on
    the board: a wrapper renews its sessions. Whoever lacks what was used last stays without."""
    denied = [row for row in world.rows("forecast") if row["decision"] == "denied"]
    late = [row for row in denied if row["person"] == made.late]
    for name in {row["permission_set"] for row in late}:
        actions = [row["action"] for row in late if row["permission_set"] == name]
        # Some requests hand a role to a service, and the log's counts do not say which.
        world.allow(name, [*actions, "iam:PassRole"])
    added = {row["action"] for row in late}
    always = _lacking(made.boards["counted"]) & _lacking(made.boards[10])
    left = [row for row in denied if row["person"] in always and row["action"] not in added]
    made.held = max(left, key=lambda row: str(row["last_seen"]))["person"]
    world.decide("sign_ins", _sign_in("engineer", made.held))
    with made.seen.signed_in() as page:
        made.seen.board(page)
        page.locator("tr", has_text=made.late).locator("input.pick").check()
        page.locator("summary", has_text="Waive a gate").click()
        page.locator("#waive-gate").select_option("tools")
        page.locator("#waive-reason").fill("granted stands in front of the old tool.")
        page.get_by_role("button", name="Waive").click()
        page.wait_for_load_state("networkidle")
        made.seen.shoot(page, "waived")


def _wake_and_refuse(world: Played, made: Month) -> None:
    """Somebody who is ready uses a key after all; of somebody else who is ready the account cannot
    be read that day, and the board is looked at again."""
    board = made.boards[REFUSED]
    ready = sorted(board.people("ready") - {made.late, made.shared})
    made.woken = next(who for who in ready if _active_key(world, made.users[who][0]))
    made.refused = next(
        who
        for who in ready
        if world.cast(made.users[who][0]).account != world.cast(made.users[made.woken][0]).account
    )
    account = world.cast(made.users[made.refused][0]).account
    rule = {"service": "sts", "operation": "AssumeRole", "kind": "deny", "account_id": account}
    world.organization.fault(**rule)
    world.go_to(world.now.replace(hour=11, minute=0))
    world.portal("collect", "--summary", fails=True)
    look(made, "refused")
    with made.seen.signed_in("Auditor") as page:
        made.texts["refused"] = made.seen.person(page, made.boards["refused"], made.refused)
        made.seen.shoot(page, "refused")
    world.organization.clear_faults()
    world.use_key(made.users[made.woken][0], world.now.replace(hour=12, minute=0))


def _active_key(world: Played, arn: str) -> bool:
    return any(key.active for _, key in world.cast(arn).keys)


def _leave(world: Played, made: Month) -> None:
    with made.seen.signed_in() as page:
        made.texts["woken"] = made.seen.person(page, made.boards[BACK], made.woken)
        made.seen.shoot(page, "woken")
    made.leaver = min(_lacking(made.boards[BACK]) - {made.held, made.late, made.sharing})
    Directory(world).disable(made.leaver)


def _own_page(world: Played, made: Month) -> None:
    with made.seen.signed_in("Engineer") as page:
        made.texts["own"] = made.seen.open(page, "/my-access/")
        made.seen.shoot(page, "my-access")


ACTS: dict[int, Callable[[Played, Month], None]] = {
    1: _give_back,
    7: _split,
    10: _add_permissions,
    REFUSED: _wake_and_refuse,
    BACK: _leave,
    LAST: _own_page,
}
