"""The one place that turns settings into a connection to AWS."""

from functools import lru_cache

from django.conf import settings

from inventory.aws.session import AwsSettings, Connections


@lru_cache(maxsize=1)
def connections() -> Connections:
    """This process's connection, with its sessions, clients and rate limits."""
    return Connections(aws_settings())


def aws_settings() -> AwsSettings:
    """AWS settings as the environment gives them."""
    return AwsSettings(
        endpoint_url=settings.AWS_ENDPOINT_URL or None,
        profile=settings.AWS_PROFILE or None,
        region=settings.AWS_REGION,
        management_role_arn=settings.PORTAL_MANAGEMENT_ROLE_ARN or None,
        reader_role_name=settings.PORTAL_READER_ROLE_NAME,
        external_id=settings.PORTAL_EXTERNAL_ID or None,
        read_timeout_seconds=settings.PORTAL_AWS_READ_TIMEOUT,
        max_attempts=settings.PORTAL_AWS_MAX_ATTEMPTS,
    )
