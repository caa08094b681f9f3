"""State that moto has no place for, kept beside moto's own.

moto keeps its backends in module globals, one organisation per process; so does this module. Only
the front and the handlers touch it, and they run under one lock, since moto itself is not made for
threads.
"""

from dataclasses import dataclass, field
from datetime import datetime
from threading import RLock
from typing import Any

from inventory.sample_org.ids import Ids
from inventory.sample_org.spec import Root, World

MOTO_LOCK = RLock()


@dataclass
class Report:
    """One credential report: AWS keeps the bytes for four hours, whatever changes meanwhile."""

    generated: datetime
    content: str
    ready: bool = False


@dataclass
class Side:
    ids: Ids = field(default_factory=Ids)
    seed: int = 0
    data_dir: str = "."
    world: World | None = None
    roots: dict[str, Root] = field(default_factory=dict)
    reports: dict[str, Report] = field(default_factory=dict)
    service_credentials: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    # Identity store attributes by user or group id: UserStatus, ExternalIds, CreatedAt, UpdatedAt.
    directory: dict[str, dict[str, Any]] = field(default_factory=dict)
    boundaries: dict[str, dict[str, Any]] = field(default_factory=dict)
    organization_features: list[str] = field(default_factory=list)
    owners: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)

    def member_accounts(self) -> set[str]:
        return {account.id for account in self.world.accounts} if self.world else set()


SIDE = Side()
