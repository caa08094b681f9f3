"""AWS Organizations: real pages, only service control policies, and nothing for member accounts."""

import json
from typing import Any

from moto.organizations.models import OrganizationsBackend, organizations_backends
from moto.organizations.responses import OrganizationsResponse

from inventory.sample_org.constants import MANAGEMENT_ACCOUNT_ID
from inventory.sample_org.errors import JsonError
from inventory.sample_org.paging import page

MAXIMUM_PAGE = 20
# Below AWS's maximum, which AWS allows itself too: twelve accounts then need a second page.
DEFAULT_PAGE = 10


def home_backend() -> OrganizationsBackend:
    return organizations_backends[MANAGEMENT_ACCOUNT_ID]["aws"]


class SampleOrganizations(OrganizationsResponse):
    """Every organizations operation the sample answers."""

    def _page(self, name: str, items: list[Any]) -> str:
        size = self._get_param("MaxResults")
        if size is not None and not 1 <= int(size) <= MAXIMUM_PAGE:
            message = f"You provided a MaxResults outside 1 to {MAXIMUM_PAGE}."
            raise JsonError("InvalidInputException", message)
        try:
            part, following = page(items, self._get_param("NextToken"), int(size or DEFAULT_PAGE))
        except ValueError as error:
            message = "You provided an invalid value: NextToken."
            raise JsonError("InvalidInputException", message) from error
        more = {"NextToken": following} if following else {}
        return json.dumps({name: part, **more})

    def _parent(self) -> str:
        wanted = str(self._get_param("ParentId"))
        if not any(unit.id == wanted for unit in home_backend().ou):
            message = "You specified parent that doesn't exist."
            raise JsonError("ParentNotFoundException", message)
        return wanted

    def list_accounts(self) -> str:
        return self._page("Accounts", [one.describe() for one in home_backend().accounts])

    def list_accounts_for_parent(self) -> str:
        parent = self._parent()
        accounts = [one for one in home_backend().accounts if one.parent_id == parent]
        return self._page("Accounts", [one.describe() for one in accounts])

    def list_roots(self) -> str:
        roots = home_backend().list_roots()["Roots"]
        return self._page("Roots", roots)

    def list_organizational_units_for_parent(self) -> str:
        parent = self._parent()
        units = [unit for unit in home_backend().ou if getattr(unit, "parent_id", None) == parent]
        shown = [{"Id": unit.id, "Arn": unit.arn, "Name": unit.name} for unit in units]
        return self._page("OrganizationalUnits", shown)

    def list_policies(self) -> str:
        wanted = self._get_param("Filter")
        policies = [one for one in home_backend().policies if one.type == wanted]
        summaries = [one.describe()["Policy"]["PolicySummary"] for one in policies]
        return self._page("Policies", summaries)

    def list_targets_for_policy(self) -> str:
        arguments = {"PolicyId": self._get_param("PolicyId")}
        return self._page("Targets", home_backend().list_targets_for_policy(**arguments)["Targets"])
