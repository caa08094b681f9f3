"""Parts of addresses in AWS's form."""


class AccountId:
    """Twelve digits, leading zeros included, so text and not a number."""

    regex = "[0-9]{12}"

    def to_python(self, value: str) -> str:
        """As it stands."""
        return value

    def to_url(self, value: str) -> str:
        """As it stands."""
        return value
