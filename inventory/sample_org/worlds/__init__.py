"""The worlds one can start, each a company out of a migration story."""

from collections.abc import Callable

from inventory.sample_org.spec import World
from inventory.sample_org.worlds.fifty import fifty
from inventory.sample_org.worlds.fourteen import fourteen

_WORLDS: dict[str, Callable[[int], World]] = {"fifty": fifty, "fourteen": fourteen}


def build_world(name: str, seed: int) -> World:
    """The world as plain data; ids, dates of the calendar and moto come later."""
    return _WORLDS[name](seed)
