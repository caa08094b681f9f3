"""The catalogue's permission sets beside those that the organization has."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from inventory.models import AccountAssignment, AwsAccount, GroupMembership
from migrations_plan.artefacts.artefact import TERRAFORM, Artefact, artefact
from migrations_plan.artefacts.catalogue import CatalogueSet, catalogue, scope_problems
from migrations_plan.artefacts.terraform import Directory, identity_center
from migrations_plan.gather.generated.behind import Behind
from migrations_plan.gather.target_facts import Offered
from migrations_plan.models import PortalUser
from migrations_plan.policy.documents import PolicyError, parse_policy
from migrations_plan.policy.evaluate import Policies
from migrations_plan.policy.managed import managed_document
from migrations_plan.policy.offers import reachable

# Less in common is not worth a reader's time.
LEAST_ALIKE = 0.9
# From here on a rounded share would read as the whole.
NEARLY_ALL = 0.995


@dataclass(frozen=True, slots=True)
class Match:
    """A live set that resembles one of the catalogue. how: 'by name' or by evaluation; sentence:
    what they have in common."""

    name: str
    how: str
    equal: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One set of the catalogue. matches: of live sets, the best first. unknown: live sets that
    could not be compared, with the reason. problems: where the set of this name is and should not
    be."""

    one: CatalogueSet
    matches: tuple[Match, ...]
    unknown: tuple[str, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A live set: (account, environment) of where it is assigned, and how many people hold it."""

    places: tuple[tuple[str, str], ...]
    people: int


def compared(live: Sequence[Offered], held: Mapping[str, Held], *, whole: bool) -> list[Compared]:
    """Every set of the catalogue. held: by name of the set. whole: who holds it was wholly read."""
    reaches = {one.name: reachable(one.policies) for one in live if one.policies is not None}
    unknown = tuple(f"{one.name}: {one.why}" for one in live if one.policies is None)
    return [
        Compared(
            one,
            tuple(_matches(one, reaches)),
            unknown,
            _problems(one, held.get(one.name), whole=whole),
        )
        for one in catalogue()
    ]


def _problems(one: CatalogueSet, held: Held | None, *, whole: bool) -> tuple[str, ...]:
    if held is None:
        return ()
    return scope_problems(one, held.places, held.people if whole else None)


def _matches(one: CatalogueSet, reaches: dict[str, frozenset[str]]) -> Iterable[Match]:
    mine = _reach(one.managed) if not one.inline else None
    found = []
    for name, reach in reaches.items():
        both, either = (len(mine & reach), len(mine | reach)) if mine is not None else (0, 0)
        alike = both / either if either else 0.0
        if name == one.name or alike >= LEAST_ALIKE:
            found.append((alike, name))
    for alike, name in sorted(found, key=lambda item: (item[1] != one.name, -item[0], item[1])):
        yield _match(one, name, alike, mine is not None)


def _match(one: CatalogueSet, name: str, alike: float, evaluated: bool) -> Match:
    same = name == one.name
    if not evaluated:
        words = "has its name; what it shall hold is the company's own policy, so nothing compares"
        return Match(name, "by name", equal=False, sentence=words)
    if alike == 1.0:
        words = "allows the same, of one action for each service and access level"
    else:
        share = "almost all" if alike > NEARLY_ALL else f"{alike:.0%}"
        words = f"{share} of what either allows, both allow"
    how = "by name and by evaluation" if same and alike >= LEAST_ALIKE else "by evaluation"
    return Match(name, "by name only" if same and alike < LEAST_ALIKE else how, alike == 1.0, words)


@lru_cache(maxsize=64)
def _reach(managed: tuple[str, ...]) -> frozenset[str] | None:
    """What the policies of AWS that a set names allow; None where one is not known here."""
    documents = [managed_document(f"arn:aws:iam::aws:policy/{name}") for name in managed]
    try:
        parsed = tuple(parse_policy(one, name="policy") for one in documents)
    except PolicyError:
        return None
    return reachable(Policies(parsed))


def holders(viewer: PortalUser) -> dict[str, Held]:
    """By name of the set. Three queries."""
    accounts = {one.account_id: one for one in AwsAccount.objects.visible_to(viewer)}
    members: dict[str, set[str]] = defaultdict(set)
    inside = GroupMembership.objects.visible_to(viewer).present()
    for group_id, user_id in inside.values_list("group_id", "user_id"):
        members[group_id].add(user_id)
    rows = AccountAssignment.objects.visible_to(viewer).present().order_by("account_id")
    columns = ("permission_set__name", "account_id", "principal_type", "principal_id")
    places: dict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
    people: dict[str, set[str]] = defaultdict(set)
    for name, account_id, kind, principal in rows.values_list(*columns):
        known = accounts.get(account_id)
        place = (str(known), known.environment) if known else (account_id, "unknown")
        places[name or ""][account_id] = place
        people[name or ""] |= {principal} if kind == "USER" else members[principal]
    return {name: Held(tuple(places[name].values()), len(people[name])) for name in places}


def file(behind: Behind, instance_arn: str, store_id: str, source: str) -> Artefact | None:
    """The sets of one story as Terraform; None for a story without any. Those whose policy the
    company writes itself are left out, and the file says so."""
    mine = [one for one in catalogue() if one.source == source]
    sets = tuple(one.permission_set() for one in mine if not one.inline)
    if not sets:
        return None
    left = tuple(f"{one.name}: {one.inline}" for one in mine if one.inline)
    wanted = Directory(instance_arn, store_id, sets, (), (), behind.instant, left)
    text = identity_center(wanted).text
    return artefact(f"catalogue-{source}.tf", TERRAFORM, text, behind.instant)
