"""Identity Center's people and groups, as an administrator changes them in a played world."""

from typing import Any

from tests.journeys.played import Played


class Directory:
    """The identity store of a world. People are named by address, groups by name."""

    def __init__(self, made: Played) -> None:
        instances = made.organization.admin_client("sso-admin").list_instances()["Instances"]
        self._client = made.organization.admin_client("identitystore")
        self._store = {"IdentityStoreId": instances[0]["IdentityStoreId"]}

    def leave_groups(self, email: str) -> list[str]:
        """Takes somebody out of every group; says which they were."""
        user_id, left = self._user(email), []
        for group in self._all("list_groups"):
            for one in self._all("list_group_memberships", GroupId=group["GroupId"]):
                if one["MemberId"]["UserId"] == user_id:
                    place = {"MembershipId": one["MembershipId"], **self._store}
                    self._client.delete_group_membership(**place)
                    left.append(group["DisplayName"])
        return left

    def join_groups(self, email: str, names: list[str]) -> None:
        member = {"UserId": self._user(email)}
        for group in self._all("list_groups"):
            if group["DisplayName"] in names:
                place = {"GroupId": group["GroupId"], **self._store}
                self._client.create_group_membership(MemberId=member, **place)

    def disable(self, email: str) -> None:
        change = {"AttributePath": "userStatus", "AttributeValue": "DISABLED"}
        self._client.update_user(UserId=self._user(email), Operations=[change], **self._store)

    def _user(self, email: str) -> str:
        users = self._all("list_users")
        return next(str(one["UserId"]) for one in users if one["UserName"] == email)

    def _all(self, operation: str, **place: str) -> list[Any]:
        pages = self._client.get_paginator(operation).paginate(**self._store, **place)
        return [one for page in pages for one in next(iter(self._lists(page)))]

    @staticmethod
    def _lists(page: dict[str, Any]) -> list[list[Any]]:
        return [value for value in page.values() if isinstance(value, list)]
