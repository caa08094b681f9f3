"""Links into Identity Center's access portal, and a configuration for the AWS CLI.

Pure. What comes from AWS is checked before it goes into a file that somebody will paste: a name
that AWS would not allow makes no profile (None), never a wrong one.
"""

import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

ACCOUNT_ID = re.compile(r"\d{12}")
SET_NAME = re.compile(r"[\w+=,.@-]{1,32}", re.ASCII)
REGION = re.compile(r"[a-z]{2}(-[a-z]+){1,3}-\d{1,2}")
SCOPES = "sso:account:access"
CONSOLE = re.compile(
    r"https://(?:[a-z0-9-]+\.){0,3}console\.(?:aws\.amazon\.com|amazonaws\.cn)/[!-~]*", re.ASCII
)
SHORTCUT_HOSTS = (".awsapps.com", ".awsapps.cn", ".app.aws")


@dataclass(frozen=True, slots=True)
class Target:
    """One permission set in one account, as the person may open it."""

    account_id: str
    account_name: str
    role_name: str


def start_url(text: str) -> str | None:
    """The access portal's address without a trailing '/' or '#'; None unless it is https on one of
    AWS's hosts and without user, port, query or other fragment."""
    trimmed = text.strip().rstrip("/").removesuffix("#").rstrip("/")
    try:
        parts = urlsplit(trimmed)
        plain = parts.port is None and not (parts.username or parts.query or parts.fragment)
    except ValueError:
        return None
    host = parts.hostname or ""
    if parts.scheme != "https" or not plain or not host.endswith(SHORTCUT_HOSTS):
        return None
    return trimmed if re.fullmatch(r"https://[\w.\-/]+", trimmed, re.ASCII) else None


def console_link(start: str | None, target: Target, destination: str = "") -> str | None:
    """Opens the account's console with this permission set; None when it cannot be built.

    destination: a page of AWS's console to open there; another address makes no link.
    """
    if start is None or not _is_sound(target):
        return None
    link = f"{start}/#/console?account_id={target.account_id}&role_name={quote(target.role_name)}"
    if not destination:
        return link
    if not CONSOLE.fullmatch(destination):
        return None
    return f"{link}&destination={quote(destination, safe='')}"


def session(start: str | None, region: str | None) -> str | None:
    """The [sso-session] block that all profiles share."""
    if start is None or region is None or not REGION.fullmatch(region):
        return None
    lines = (
        f"[sso-session {session_name(start)}]",
        f"sso_start_url = {start}",
        f"sso_region = {region}",
        f"sso_registration_scopes = {SCOPES}",
    )
    return "\n".join(lines) + "\n"


def profile(start: str | None, region: str | None, target: Target) -> str | None:
    """The [profile] block of one permission set in one account."""
    if session(start, region) is None or start is None or not _is_sound(target):
        return None
    lines = (
        f"[profile {profile_name(target)}]",
        f"sso_session = {session_name(start)}",
        f"sso_account_id = {target.account_id}",
        f"sso_role_name = {target.role_name}",
        f"region = {region}",
        "output = json",
    )
    return "\n".join(lines) + "\n"


def session_name(start: str) -> str:
    """The first word of the host: 'acme' for https://acme.awsapps.com/start."""
    return _slug((urlsplit(start).hostname or "").split(".")[0]) or "sso"


def profile_name(target: Target) -> str:
    """Account and permission set. Accounts of one name are told apart by whoever calls (see
    distinct), because a configuration with one name twice is a configuration of neither."""
    return f"{_slug(target.account_name) or target.account_id}-{target.role_name}"


def distinct(targets: list[Target]) -> list[Target]:
    """The same targets; where two would share a name, the accounts' ids take the names' place.

    Two accounts may have one name, and an account "a" with a set "b-c" reads like "a-b" with "c".
    """
    ids: dict[str, set[str]] = {}
    doors: dict[str, set[tuple[str, str]]] = {}
    for target in targets:
        ids.setdefault(_slug(target.account_name), set()).add(target.account_id)
        door = (target.account_id, target.role_name)
        doors.setdefault(profile_name(target), set()).add(door)
    return [
        Target(one.account_id, one.account_id, one.role_name)
        if len(ids[_slug(one.account_name)]) > 1 or len(doors[profile_name(one)]) > 1
        else one
        for one in targets
    ]


def _is_sound(target: Target) -> bool:
    return bool(ACCOUNT_ID.fullmatch(target.account_id) and SET_NAME.fullmatch(target.role_name))


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
