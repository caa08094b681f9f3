"""Which of a person's permission sets serves a call best, and what no policy can say of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from migrations_plan.policy.access import AccountAccess, Judge, Judged
from migrations_plan.policy.calls import Group, Want
from migrations_plan.policy.evaluate import Outcome
from migrations_plan.policy.housekeeping import OWN_CREDENTIALS, WHOSE

ASSUME_ROLE = "sts:AssumeRole"
RANK = {Outcome.ALLOWED: 0, Outcome.UNKNOWN: 1, Outcome.DENIED: 2}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls. own_arns: the person's IAM users. trusted: (role, account) where the role's trust
    policy leaves it to the account's own policies who may assume it."""

    own_arns: frozenset[str] = frozenset()
    trusted: frozenset[tuple[str, str]] = frozenset()


NOBODY = Caller()


def best(
    asked: Sequence[Want],
    perhaps: Sequence[Want],
    want: Want,
    access: AccountAccess,
    judge: Judge,
    region: str,
) -> list[tuple[Want, Judged]]:
    """Everything asked, under the set that serves it best: the worst of a set's answers is its
    answer, and of equal ones the set with the least to change is best."""
    answers = []
    for one in access.sets:
        under = [
            (each, judge.under(one, access, each.action, each.resource, region)) for each in asked
        ]
        lacks = [
            (each, judged)
            for each in perhaps
            if (judged := judge.under(one, access, each.action, each.resource, region)).outcome
            is not Outcome.ALLOWED
        ]
        if lacks or not asked:
            under = _doubted(under, lacks, want, one.name)
        worst = max(RANK[judged.outcome] for _, judged in under)
        answers.append((worst, sum(len(judged.changes) for _, judged in under), under))
        if not worst:
            break
    return min(answers, key=lambda answer: answer[:2])[2]


def _doubted(
    under: list[tuple[Want, Judged]],
    lacks: Sequence[tuple[Want, Judged]],
    want: Want,
    name: str,
) -> list[tuple[Want, Judged]]:
    """What only some requests need is lacking, so an allowed call's fate is not known."""
    if not lacks:
        every = f"{name}: allowed, whatever the request asks for."
        return [(want, Judged(Outcome.ALLOWED, name, "", "", False, every))]
    doubt = Judged(
        outcome=Outcome.UNKNOWN,
        permission_set=name,
        policy="",
        statement="",
        explicit=False,
        sentence=(
            f"{name}: unknown, because some requests also need {lacks[0][0].action}, which is not "
            "certainly allowed, and the counts do not say which."
        ),
    )
    if not under:
        return [(want, doubt)]
    first, *others = under
    return [(first[0], doubt) if first[1].outcome is Outcome.ALLOWED else first, *others]


def limited(want: Want, judged: Judged, group: Group, caller: Caller) -> Judged:
    """What a decision of policies cannot say: a role's trust, and whose IAM user it was."""
    role = (want.resource or "", group.account_id)
    allowed = judged.outcome is Outcome.ALLOWED
    if want.action == ASSUME_ROLE and allowed and role not in caller.trusted:
        sentence = (
            f"{judged.permission_set}: unknown, because the trust policy of the role decides as "
            "well, and it is not known to leave it to this account."
        )
        return replace(judged, outcome=Outcome.UNKNOWN, sentence=sentence)
    if want.action in OWN_CREDENTIALS and want.resource is None and not allowed:
        sentence = WHOSE.format(want.action)
        return replace(judged, outcome=Outcome.UNKNOWN, sentence=sentence, changes=())
    return judged
