"""The texts of one program's move: role, trust policy, snippet, policy from use. No query."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from migrations_plan.artefacts import least_privilege, snippets
from migrations_plan.artefacts.artefact import Artefact
from migrations_plan.artefacts.least_privilege import Lint, PolicyNeedsError
from migrations_plan.artefacts.quoting import QuotingError
from migrations_plan.artefacts.trust import TrustError
from migrations_plan.artefacts.who_can import who_can
from migrations_plan.gather.generated.behind import Made
from migrations_plan.gather.workload_use import Seen


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody chose. target None: no pattern yet. read_at: when the user was last read."""

    account_id: str
    role_name: str
    region: str
    target: snippets.Target | None
    read_at: datetime


@dataclass(frozen=True, slots=True)
class MoveTexts:
    """role: trust policy, Terraform and snippet. who: who can become the role. policy: from use.
    lint: of the policy; None without one."""

    role: Made
    who: tuple[str, ...]
    policy: Made
    lint: Lint | None

    @property
    def all(self) -> tuple[Artefact, ...]:
        """For downloads."""
        return (*self.role.texts, *self.policy.texts)


def texts(asked: Asked, found: Seen) -> MoveTexts:
    """Everything that can be made of it."""
    policy, documents, lint = _policy(found)
    role, who = _role(asked, documents, found.use.as_of if found.use else asked.read_at)
    return MoveTexts(role, who, policy, lint)


def _policy(found: Seen) -> tuple[Made, tuple[least_privilege.Document, ...], Lint | None]:
    if found.use is None:
        why = "was seen in days that were wholly read" if found.whole else "was seen"
        words = f"Not known: what it needs. No call {why}, and from nothing no policy is made."
        return Made(refused=words), (), None
    try:
        documents = least_privilege.policies(found.use)
        text = least_privilege.terraform(found.use)
    except (PolicyNeedsError, QuotingError) as problem:
        return Made(refused=str(problem)), (), None
    lint = least_privilege.lint(documents, found.use, ())
    return Made((text,)), documents, lint


def _role(
    asked: Asked, documents: tuple[least_privilege.Document, ...], at: datetime
) -> tuple[Made, tuple[str, ...]]:
    if asked.target is None:
        return Made(
            refused="Choose above what shall take the place of the key, and what the role trusts."
        ), ()
    workload = snippets.Workload(
        role_name=asked.role_name,
        account_id=asked.account_id,
        region=asked.region,
        target=asked.target,
        policy=documents[0] if len(documents) == 1 else None,
        as_of=at,
    )
    try:
        made = snippets.workload_files(workload)
        who = who_can(snippets.trust_of(workload))
    except (TrustError, QuotingError) as problem:
        return Made(refused=str(problem)), ()
    return Made(made, notes=tuple(_role_notes(documents))), who


def _role_notes(documents: tuple[least_privilege.Document, ...]) -> Iterable[str]:
    if not documents:
        yield "The role has no policy: what the program needs is not known."
    if len(documents) > 1:
        yield "Its use needs more than one policy: attach those of the file below to the role."
