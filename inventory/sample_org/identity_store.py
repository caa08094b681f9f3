"""The identity store: users with status, external ids and dates, which moto leaves out."""

import json
from typing import Any

from moto.identitystore.models import IdentityStoreBackend, IdentityStoreData
from moto.identitystore.models import identitystore_backends as stores
from moto.identitystore.responses import IdentityStoreResponse

from inventory.sample_org.clock import now_seconds
from inventory.sample_org.constants import HOME_REGION, MANAGEMENT_ACCOUNT_ID
from inventory.sample_org.errors import JsonError
from inventory.sample_org.paging import json_page
from inventory.sample_org.side import SIDE

DEFAULT_PAGE = 20


def home_store() -> tuple[str, IdentityStoreData]:
    """The id of the one identity store, and what is in it."""
    known = stores[MANAGEMENT_ACCOUNT_ID][HOME_REGION].identity_stores
    return next(iter(known.items()))


def _present(value: Any) -> Any:
    """AWS leaves out what is not set."""
    if isinstance(value, dict):
        return {key: _present(part) for key, part in value.items() if part not in (None, [], "")}
    return [_present(part) for part in value] if isinstance(value, list) else value


def user_json(user: Any) -> dict[str, Any]:
    known = user._asdict() | {"Name": user.Name._asdict() if user.Name else None}
    extra = SIDE.directory.get(user.UserId, {"UserStatus": "ENABLED"})
    shown: dict[str, Any] = _present(known | extra)
    return shown


def group_json(group: Any) -> dict[str, Any]:
    shown: dict[str, Any] = _present(group._asdict() | SIDE.directory.get(group.GroupId, {}))
    return shown


class StoreBase(IdentityStoreResponse):
    """Only the organisation's own store exists, and only in the home region."""

    @property
    def identitystore_backend(self) -> IdentityStoreBackend:
        backend = stores[MANAGEMENT_ACCOUNT_ID][HOME_REGION]
        wanted = self._get_param("IdentityStoreId")
        if self.region != HOME_REGION or wanted not in backend.identity_stores:
            raise JsonError("ResourceNotFoundException", f"IdentityStore {wanted} not found.")
        return backend

    def _store(self) -> IdentityStoreData:
        return self.identitystore_backend.identity_stores[self._get_param("IdentityStoreId")]

    def _page(self, name: str, items: list[Any]) -> str:
        size, token = self._get_param("MaxResults"), self._get_param("NextToken")
        part, following = json_page(items, token, size, DEFAULT_PAGE)
        more = {"NextToken": following} if following else {}
        return json.dumps({name: part, **more})

    def _matching(self, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for rule in self._get_param("Filters") or []:
            items = [i for i in items if i.get(rule["AttributePath"]) == rule["AttributeValue"]]
        return items


class StoreReads(StoreBase):
    """Users, groups and memberships."""

    def list_users(self) -> str:
        users = [user_json(user) for user in self._store().users.values()]
        return self._page("Users", self._matching(users))

    def describe_user(self) -> str:
        wanted = self._get_param("UserId")
        user = self._store().users.get(wanted)
        if user is None:
            raise JsonError("ResourceNotFoundException", "USER not found.")
        return json.dumps(user_json(user))

    def list_groups(self) -> str:
        groups = [group_json(group) for group in self._store().groups.values()]
        return self._page("Groups", self._matching(groups))

    def list_group_memberships(self) -> str:
        store, wanted = self._store(), self._get_param("GroupId")
        if wanted not in store.groups:
            raise JsonError("ResourceNotFoundException", "GROUP not found.")
        found = [m for m in store.group_memberships.values() if m["GroupId"] == wanted]
        return self._page("GroupMemberships", found)


class StoreWrites(StoreBase):
    """Writes keep the side table in step, and a deleted user leaves its groups."""

    def create_user(self) -> str:
        created = super().create_user()
        now = now_seconds()
        entry = {"UserStatus": "ENABLED", "CreatedAt": now, "UpdatedAt": now}
        SIDE.directory[json.loads(created)["UserId"]] = entry
        return created

    def update_user(self) -> str:
        """Knows userStatus and externalIds besides plain attributes, since a drill needs one to
        leave, and one whom an identity provider made."""
        store, wanted = self._store(), self._get_param("UserId")
        if wanted not in store.users:
            raise JsonError("ResourceNotFoundException", "USER not found.")
        extra = SIDE.directory.setdefault(wanted, {"UserStatus": "ENABLED"})
        for operation in self._get_param("Operations") or []:
            attribute = operation["AttributePath"]
            name = attribute[:1].upper() + attribute[1:]
            if name in ("UserStatus", "ExternalIds"):
                extra[name] = operation["AttributeValue"]
            elif name in store.users[wanted]._fields and name != "UserId":
                changed = {name: operation.get("AttributeValue")}
                store.users[wanted] = store.users[wanted]._replace(**changed)
            else:
                raise JsonError("ValidationException", f"Unknown attribute {attribute}.")
        extra["UpdatedAt"] = now_seconds()
        return "{}"

    def delete_user(self) -> str:
        store, wanted = self._store(), self._get_param("UserId")
        if store.users.pop(wanted, None) is None:
            raise JsonError("ResourceNotFoundException", "USER not found.")
        for key, membership in list(store.group_memberships.items()):
            if membership["MemberId"]["UserId"] == wanted:
                store.group_memberships.pop(key)
        return "{}"


class SampleIdentityStore(StoreReads, StoreWrites):
    """Every identitystore operation the sample answers."""
