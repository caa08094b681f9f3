"""What rules may know. Made by migrations_plan.gather; None always means not known."""

from dataclasses import dataclass
from datetime import datetime

ACCESS_KEY, PASSWORD, SSH_KEY = "access_key", "password", "ssh_key"
CERTIFICATE, SERVICE_SPECIFIC = "signing_certificate", "service_specific"
ROOT, ACCOUNT = "root", "account"
AWS, CLOUDTRAIL = "AWS", "CloudTrail"
# What each kind is called in the middle of a sentence.
KINDS = {
    ACCESS_KEY: "access key",
    PASSWORD: "console password",
    SSH_KEY: "SSH public key",
    CERTIFICATE: "signing certificate",
    SERVICE_SPECIFIC: "service-specific credential",
    ROOT: "root user",
    ACCOUNT: "account",
}


@dataclass(frozen=True, slots=True)
class Told:
    """The read behind facts. source: its title. observed_at: what it told was true then; None: it
    never told. until: past this instant nobody may believe it any more; None: it does not age.
    why: one clause that says why it is not whole and fresh; '' when it is."""

    source: str
    observed_at: datetime | None
    until: datetime | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Owner:
    """The person whom a lead confirmed. left: they are gone, as `how` says ('left on 2025-01-31').
    told: who says so."""

    email: str
    left: bool
    how: str
    told: Told


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialFacts:
    """One long-lived credential of an IAM user.

    subject: its key: the access key id or the like, the user's ARN for the console password. name:
    what people call it. used_at, used_told: the last use that AWS itself keeps; used_told None: AWS
    keeps none for this kind. seen_at: the last call without an error that CloudTrail shows.
    earlier: the user's other active keys that were made before this one. cut_over_at: when the
    scripts that end the user's access were run; None: they were not.
    """

    kind: str
    subject: str
    name: str
    account_id: str
    user_name: str
    user_arn: str
    told: Told
    active: bool | None
    created_at: datetime | None
    used_at: datetime | None = None
    used_told: Told | None = None
    seen_at: datetime | None = None
    earlier: tuple[str, ...] = ()
    cut_over_at: datetime | None = None
    mfa: bool | None = None
    mfa_told: Told | None = None
    admin: bool | None = None
    owner: Owner | None = None
    environment: str = "unknown"

    def last_use(self) -> tuple[datetime | None, str]:
        """The latest use that is known, and who told it: AWS or CloudTrail; (None, '') for none."""
        if self.seen_at is not None and (self.used_at is None or self.seen_at > self.used_at):
            return self.seen_at, CLOUDTRAIL
        return self.used_at, AWS if self.used_at else ""

    def use_is_known(self) -> bool:
        """AWS's own last use was read, whole and fresh; only then 'none' means none."""
        return self.used_told is not None and not self.used_told.why


@dataclass(frozen=True, slots=True, kw_only=True)
class RootFacts:
    """The root user of one account. subject: its ARN. used_at: its last use that is known.
    key_made_at: of its oldest key, per the credential report."""

    subject: str
    account_id: str
    told: Told
    has_key: bool | None
    has_mfa: bool | None
    has_password: bool | None
    used_at: datetime | None
    used_by: str
    used_told: Told
    key_made_at: datetime | None = None
    environment: str = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFacts:
    """How whole the reads of one account are, as far as credentials go. subject: the account's
    number. users_unread: present users whose keys, password or MFA no read told."""

    subject: str
    account_id: str
    reads: tuple[Told, ...]
    users: int
    users_unread: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Thresholds in whole days; docs/settings.md names the settings."""

    old: int = 90
    unused: int = 45
    long_unused: int = 90
    grace: int = 7
    root_used: int = 30


def days_between(then: datetime | None, now: datetime) -> int | None:
    """Whole days, never negative; None when the instant is not known."""
    return None if then is None else max((now - then).days, 0)


def days(number: int) -> str:
    """'1 day', '90 days'."""
    return f"{number} day{'' if number == 1 else 's'}"
