"""How large a world is. Everything in it follows from the size and the seed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """Whole numbers of everything; seed makes names and dates repeatable."""

    name: str
    accounts: int
    users: int
    people: int
    groups: int
    permission_sets: int
    pairs: int
    seed: int = 7

    def users_in(self, index: int) -> int:
        """Users of the account with this index; the first account has five times its share."""
        if self.accounts == 1:
            return self.users
        share = self.users // (self.accounts + 4)
        first = self.users - share * (self.accounts - 1)
        return first if index == 0 else share


TINY = Size("tiny", accounts=3, users=10, people=10, groups=3, permission_sets=3, pairs=6)
LARGE = Size(
    "large",
    accounts=500,
    users=10_000,
    people=3_000,
    groups=150,
    permission_sets=60,
    pairs=3_000,
)
SIZES = {size.name: size for size in (TINY, LARGE)}
