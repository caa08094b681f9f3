"""Parts of addresses in AWS's form. Importing this module makes them known to path()."""

from django.urls import register_converter


class AccountId:
    """Twelve digits, leading zeros included, so text and not a number."""

    regex = "[0-9]{12}"

    def to_python(self, value: str) -> str:
        """As it stands."""
        return value

    def to_url(self, value: str) -> str:
        """As it stands."""
        return value


ACCOUNT_ID = "account_id"
register_converter(AccountId, ACCOUNT_ID)
