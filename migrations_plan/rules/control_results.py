"""What a control answers: met, not met or unknown, in a sentence, with every case behind it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from migrations_plan.rules.control_facts import AccountFacts, Facts, Subject
from migrations_plan.rules.facts import Told
from migrations_plan.rules.verdict import Fact, clause

MET, NOT_MET, UNKNOWN = "met", "not met", "unknown"


@dataclass(frozen=True, slots=True)
class Case:
    """One subject of which the statement is not true (verdict not met), or of which nobody knows
    (unknown), and why in one sentence."""

    verdict: str
    subject: Subject
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """looked_at: subjects that were judged; not_looked_at: those that could not be. population:
    what they are, in words. until: past this instant the answer is unknown; None: it does not
    age."""

    verdict: str
    sentence: str
    population: str
    looked_at: int
    not_looked_at: int
    cases: tuple[Case, ...]
    facts: tuple[Fact, ...]
    until: datetime | None

    @property
    def exceptions(self) -> tuple[Case, ...]:
        """Cases that speak against the statement."""
        return tuple(case for case in self.cases if case.verdict == NOT_MET)

    @property
    def undecided(self) -> tuple[Case, ...]:
        """Cases that nobody can judge."""
        return tuple(case for case in self.cases if case.verdict == UNKNOWN)


def conclude(
    *,
    met: str,
    not_met: str,
    population: str,
    looked_at: int,
    cases: Iterable[Case],
    told: Sequence[Told],
    facts: Sequence[Fact],
) -> Result:
    """One exception is enough for not met; otherwise one undecided case, or one read that is not
    whole and fresh, for unknown. met, not_met: the sentences for these, whole."""
    every = tuple(sorted(cases, key=_exceptions_first))
    exceptions = sum(case.verdict == NOT_MET for case in every)
    undecided = len(every) - exceptions
    if exceptions:
        verdict, sentence = NOT_MET, not_met
    elif undecided:
        verdict, sentence = (
            UNKNOWN,
            "Nothing known speaks against it.",
        )
    else:
        verdict, sentence = MET, met
    return Result(
        verdict=verdict,
        sentence=" ".join(filter(None, [sentence, _doubt(every, undecided)])),
        population=population,
        looked_at=looked_at,
        not_looked_at=undecided,
        cases=every,
        facts=tuple(facts),
        until=min((one.until for one in told if one.until), default=None),
    )


def _exceptions_first(case: Case) -> tuple[bool, str, str]:
    return case.verdict == UNKNOWN, case.subject.name, case.subject.id


def _doubt(cases: Sequence[Case], undecided: int) -> str:
    if not undecided:
        return ""
    first = next(case for case in cases if case.verdict == UNKNOWN)
    if undecided == 1:
        return f"Unknown is {first.subject.name}: {first.sentence}"
    return f"{undecided:,} cases are unknown, for example {first.subject.name}: {first.sentence}"


def counted(number: int, one: str, many: str = "") -> str:
    """'1 user', '1,204 users'."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def against(subject: Subject, sentence: str) -> Case:
    """An exception."""
    return Case(NOT_MET, subject, sentence)


def undecided(subject: Subject, sentence: str) -> Case:
    """Nobody knows."""
    return Case(UNKNOWN, subject, sentence)


def unread(subject: str, told: Iterable[Told]) -> list[Case]:
    """A case for each read of the organization that is not whole and fresh."""
    return [undecided(Subject(one.source, subject), f"{clause(one)}.") for one in told if one.why]


def unread_accounts(facts: Facts, *, credentials: bool) -> list[Case]:
    """A case for each account whose users (and what they hold) were not read whole and fresh. That
    there are no other accounts is known only from the organization."""
    found = unread("the list of accounts", [facts.organization])
    if not facts.accounts:
        found.append(undecided(Subject("accounts", "every account"), "No account is known."))
    for account in facts.accounts:
        bad = next((one for one in _reads(account, credentials=credentials) if one.why), None)
        if bad is not None:
            found.append(undecided(account.subject, f"{clause(bad)}."))
    return found


def unread_days(facts: Facts) -> list[Case]:
    """A case for each account of which a day of the window is not wholly read."""
    return [
        undecided(
            account.subject,
            f"{account.missing} of {account.days} days are not wholly read. {account.why}",
        )
        for account in facts.accounts
        if account.missing
    ]


def reads_of(facts: Facts, *, credentials: bool) -> list[Told]:
    """The reads behind accounts, their users and what these hold."""
    found = [facts.organization]
    for account in facts.accounts:
        found += _reads(account, credentials=credentials)
    return found


def _reads(account: AccountFacts, *, credentials: bool) -> tuple[Told, ...]:
    return (account.users, account.credentials) if credentials else (account.users,)


def number(name: str, value: int, source: str, at: datetime | None) -> Fact:
    """A count as a fact."""
    return Fact(name, f"{value:,}", source, at)


def oldest(told: Iterable[Told]) -> datetime | None:
    """When the oldest of these reads was made; None when one never was."""
    times = [one.observed_at for one in told]
    return None if None in times else min((time for time in times if time), default=None)
