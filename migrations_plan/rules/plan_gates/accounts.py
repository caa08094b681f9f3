"""Gates of accounts: what was read in them, their root users, contacts and logs."""

from collections.abc import Callable

from migrations_plan.rules.checklist import Answers
from migrations_plan.rules.control_results import counted
from migrations_plan.rules.facts import RootFacts, Told, days_between
from migrations_plan.rules.gate import BLOCKED, READY, UNKNOWN, named
from migrations_plan.rules.plan_gates.answers import Case, each, whole
from migrations_plan.rules.plan_gates.facts import Account, PlanFacts
from migrations_plan.rules.verdict import Fact

NO_ACCOUNT = (UNKNOWN, "No account is known.")
CONTACTS = ("BILLING", "SECURITY")
# verdict, sentence, and the reads behind them.
Said = tuple[str, str, tuple[Told, ...]]


def of_accounts(facts: PlanFacts, say: Callable[[Account], Said], ready: str) -> Answers:
    """An answer of each account. That there are no others is known from the organization only."""
    cases = []
    for account in facts.accounts:
        verdict, sentence, told = say(account)
        shown = tuple(Fact(account.name, sentence, one.source, one.observed_at) for one in told[:1])
        cases.append(
            Case(
                key=account.id,
                name=account.name,
                verdict=verdict,
                sentence=sentence,
                told=told,
                facts=shown,
            )
        )
    return each(
        cases, noun="account", ready=ready, empty=NO_ACCOUNT, told=[facts.control.organization]
    )


def users_read(facts: PlanFacts) -> Answers:
    """IAM users were read in every account."""
    count = {account.name: 0 for account in facts.accounts}
    for user in facts.present:
        count[user.account] = count.get(user.account, 0) + 1

    def say(account: Account) -> Said:
        number = counted(count[account.name], "IAM user")
        return READY, f"{number} were read in {account.name}.", (account.users,)

    return of_accounts(facts, say, "IAM users were read in each of {n}.")


def keys_read(facts: PlanFacts) -> Answers:
    """Access keys were read in every account, of every user."""
    unread: dict[str, list[str]] = {}
    for user in facts.present:
        if user.active_keys is None:
            unread.setdefault(user.account, []).append(user.name)

    def say(account: Account) -> Said:
        reads = (account.users, account.credentials)
        if missing := unread.get(account.name):
            who = named(missing)
            return UNKNOWN, f"The keys of {len(missing):,} IAM users were not read: {who}.", reads
        return READY, f"The keys of every IAM user of {account.name} were read.", reads

    return of_accounts(facts, say, "Access keys were read in each of {n}.")


def snapshot_kept(facts: PlanFacts) -> Answers:
    """A whole read of IAM is in the history; it stays there, whatever is read since."""

    def say(account: Account) -> Said:
        if account.snapshot_at is None:
            return UNKNOWN, f"IAM of {account.name} was never read whole.", ()
        since = f"{account.snapshot_at:%Y-%m-%d %H:%M} UTC"
        return READY, f"The history of {account.name} begins with a whole read of {since}.", ()

    return of_accounts(facts, say, "A whole read of IAM is in the history of each of {n}.")


def contacts_set(facts: PlanFacts) -> Answers:
    """Alternate contacts for billing and security."""

    def say(account: Account) -> Said:
        missing = [kind.lower() for kind in CONTACTS if kind not in account.contacts]
        if missing:
            words = " and ".join(missing)
            return BLOCKED, f"{account.name} has no contact for {words}.", (account.contacts_told,)
        return READY, f"{account.name} has both contacts.", (account.contacts_told,)

    return of_accounts(facts, say, "Each of {n} has contacts for billing and security.")


def root_mfa(facts: PlanFacts) -> Answers:
    """The root user has a second factor, or nothing to sign in with."""

    def say(account: Account, root: RootFacts) -> Said:
        told = (root.told,)
        if root.has_mfa:
            return READY, f"The root user of {account.name} has a second factor.", told
        if root.has_password is False and root.has_key is False:
            return READY, f"The root user of {account.name} has no credentials at all.", told
        if root.has_mfa is None:
            return UNKNOWN, f"Whether it has a second factor in {account.name} is not known.", told
        return BLOCKED, f"The root user of {account.name} has 0 MFA devices.", told

    return of_accounts(facts, _of_root(say), "The root user of each of {n} is protected.")


def root_no_key(facts: PlanFacts) -> Answers:
    """The root user has no access key."""

    def say(account: Account, root: RootFacts) -> Said:
        if root.has_key is None:
            return UNKNOWN, f"Whether {account.name} has a root key is not known.", (root.told,)
        if root.has_key:
            return BLOCKED, f"The root user of {account.name} has an access key.", (root.told,)
        return READY, f"The root user of {account.name} has 0 access keys.", (root.told,)

    return of_accounts(facts, _of_root(say), "The root user of each of {n} has 0 access keys.")


def root_unused(facts: PlanFacts) -> Answers:
    """The root user was not used lately, by AWS's own last use and by the log."""
    limit = facts.root_limit_days

    def say(account: Account, root: RootFacts) -> Said:
        age = days_between(root.used_at, facts.now)
        if age is not None and age < limit:
            words = f"used {counted(age, 'day')} ago, per {root.used_by}; {limit} should be quiet"
            return BLOCKED, f"The root user of {account.name} was {words}.", ()
        last = "no use is known" if age is None else f"its last use was {counted(age, 'day')} ago"
        return READY, f"The root user of {account.name} rests: {last}.", (root.used_told,)

    return of_accounts(facts, _of_root(say), f"The root user of each of {{n}} rested {limit} days.")


def _of_root(say: Callable[[Account, RootFacts], Said]) -> Callable[[Account], Said]:
    def said(account: Account) -> Said:
        if account.root is None:
            return UNKNOWN, f"No read told of the root user of {account.name}.", ()
        return say(account, account.root)

    return said


def trail_covers(facts: PlanFacts) -> Answers:
    """The log was wholly read for every account and day that counts."""
    days = facts.control.window_days

    def say(account: Account) -> Said:
        if account.missing:
            missing = f"{account.missing} of {counted(account.days, 'day')}"
            return UNKNOWN, f"{missing} of {account.name} are not wholly read. {account.why}", ()
        return READY, f"All {counted(account.days, 'day')} of {account.name} are read.", ()

    return of_accounts(
        facts, say, f"The log of the last {days} days was wholly read for each of {{n}}."
    )


def data_events_known(facts: PlanFacts) -> Answers:
    """It is known of each trail of which services it records data events."""
    told = facts.control.trails_told
    if not facts.trails:
        return whole(BLOCKED, "0 trails record anything.", told=[told])
    unknown = [trail.name for trail in facts.trails if trail.data is None]
    if unknown:
        sentence = f"The selectors of {counted(len(unknown), 'trail')} were not read"
        return whole(UNKNOWN, f"{sentence}: {named(unknown)}.", told=[told])
    services = sorted({name for trail in facts.trails for name in trail.services})
    what = f"data events of {', '.join(services)}" if services else "no data events"
    records = "trail records" if len(facts.trails) == 1 else "trails record"
    fact = Fact("Data events", what, told.source, told.observed_at)
    sentence = f"{len(facts.trails):,} {records} {what}."
    return whole(READY, sentence, told=[told], facts=(fact,))
