"""What people and programs work on: buckets, instances, functions, stacks of each account.

The same few things come back day after day, as in a real company, so that "which resources did
they use" has an answer worth forecasting with.
"""

from dataclasses import dataclass
from functools import cache
from random import Random

from inventory.sample_org.ids import Ids
from inventory.sample_org.worlds import hostile

INSTANCES = 6
# An object key of S3 may hold almost anything; so may a tag.
STRANGE_KEYS = (
    f"uploads/{hostile.SCRIPT}.csv",
    f"uploads/{hostile.FORMULA}",
    f"uploads/{hostile.RIGHT_TO_LEFT}",
)


@dataclass(frozen=True)
class Props:
    """The things of one account in one region."""

    account: str
    region: str
    buckets: tuple[str, ...]
    instances: tuple[str, ...]
    functions: tuple[str, ...]
    stacks: tuple[str, ...]
    tables: tuple[str, ...]
    databases: tuple[str, ...]
    secrets: tuple[str, ...]
    keys: tuple[str, ...]
    group: str

    def arn(self, service: str, rest: str) -> str:
        return f"arn:aws:{service}:{self.region}:{self.account}:{rest}"


@cache
def props_of(ids: Ids, account: str, region: str) -> Props:
    """The same things whenever they are asked for."""
    where = (account, region)

    def several(kind: str, names: tuple[str, ...], length: int = 6) -> tuple[str, ...]:
        return tuple(f"{one}-{ids.hexadecimal(length, kind, one, *where)}" for one in names)

    return Props(
        account=account,
        region=region,
        buckets=tuple(f"example-{one}-{account}-{region}" for one in ("data", "logs", "assets")),
        instances=tuple(
            f"i-0{ids.hexadecimal(16, 'instance', str(number), *where)}"
            for number in range(INSTANCES)
        ),
        functions=("orders-api", "thumbnailer", "nightly-report"),
        stacks=several("stack", ("network", "service", "pipeline")),
        tables=("orders", "sessions"),
        databases=several("database", ("main", "reporting")),
        secrets=several("secret", ("app/database", "app/token")),
        keys=(ids.uuid("key", *where),),
        group=f"sg-0{ids.hexadecimal(16, 'group', *where)}",
    )


def object_key(rng: Random) -> str:
    if rng.random() < 0.03:
        return rng.choice(STRANGE_KEYS)
    return f"exports/2026/{rng.randint(1, 12):02}/part-{rng.randint(0, 400):04}.parquet"
