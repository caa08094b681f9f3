"""Reading some IAM users again at once, however lately AWS was asked about them."""

from collections.abc import Collection
from datetime import datetime

from inventory import jobs
from inventory.models import UserRead

# Whom the read of users tells of, and what is asked user by user. AWS makes a credential report
# every four hours at most: it shows no change of the last minutes.
SOURCES = (
    "authorization_details", "access_keys", "login_profiles", "ssh_public_keys",
    "signing_certificates", "service_specific_credentials",
)  # fmt: skip
# No digest of a report's row: whoever has it is due.
ASKED_AGAIN = "asked again"


def read_again(*, users: Collection[tuple[str, str]], by: str, now: datetime) -> int:
    """Puts reads of exactly these users' accounts on the work list: (account, user name). How many
    were added; what waits already is not added again. To be called in a transaction."""
    account_ids = sorted({account_id for account_id, _ in users})
    UserRead.objects.filter(
        source__in=SOURCES,
        account_id__in=account_ids,
        user_name__in=sorted({name for _, name in users}),
    ).update(report_digest=ASKED_AGAIN)
    return jobs.request(now=now, by=by, sources=SOURCES, account_ids=account_ids)
