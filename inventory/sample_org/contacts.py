"""Alternate contacts, with AWS's rule that the management account may not name itself."""

from moto.account.responses import AccountResponse
from moto.core.responses import ActionResult

from inventory.sample_org.constants import MANAGEMENT_ACCOUNT_ID
from inventory.sample_org.errors import JsonError
from inventory.sample_org.side import SIDE


class SampleContacts(AccountResponse):
    """Every account operation the sample answers."""

    def get_alternate_contact(self) -> ActionResult:
        wanted = self._get_param("AccountId")
        if wanted == MANAGEMENT_ACCOUNT_ID:
            message = "The management account can't be managed using the AccountId parameter."
            raise JsonError("ValidationException", message)
        if wanted and wanted not in SIDE.member_accounts():
            message = "User is not authorized to access this account."
            raise JsonError("AccessDeniedException", message)
        return super().get_alternate_contact()
