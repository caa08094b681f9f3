"""Builds a world inside moto: the one entry that a server calls before it listens."""

from pathlib import Path

from inventory.sample_org.clock import CLOCK
from inventory.sample_org.ids import Ids
from inventory.sample_org.moto_setup import prepare
from inventory.sample_org.seed_directory import seed_directory
from inventory.sample_org.seed_iam import seed_iam
from inventory.sample_org.seed_organization import seed_organization
from inventory.sample_org.side import SIDE
from inventory.sample_org.spec import World
from inventory.sample_org.worlds import build_world


def seed(world_name: str, seed_number: int, data_dir: Path) -> World:
    """Prepares moto and seeds it. Once per process: moto's state is global."""
    prepare()
    CLOCK.load(data_dir)
    SIDE.ids = Ids(world_name, seed_number)
    SIDE.seed, SIDE.data_dir = seed_number, str(data_dir)
    world = build_world(world_name, seed_number)
    SIDE.world = world
    seed_organization(world)
    seed_iam(world)
    seed_directory(world)
    return world
