"""The portal's way to a bucket of tests.s3_server, quick to give up."""

from inventory.aws.rates import no_limits
from inventory.aws.retries import Patience
from inventory.aws.session import AwsSettings, Connections
from inventory.usage import finding
from inventory.usage.log_sources import LogSources
from tests.s3_server import BUCKET


def connections_to(s3, read_timeout):
    settings = AwsSettings(
        endpoint_url=s3.url,
        profile=None,
        region="us-east-1",
        management_role_arn=None,
        reader_role_name="reader",
        external_id=None,
        read_timeout_seconds=read_timeout,
    )
    patience = Patience(max_attempts=2, sleep=lambda seconds: None)
    return Connections(settings, limits=no_limits(), patience=patience)


def bucket_sources(s3, *, read_timeout=20):
    return LogSources(lambda: connections_to(s3, read_timeout))


def list_bucket(sources, now, days=None):
    return finding.list_logs(sources.listing(f"s3://{BUCKET}/", now), days, now=now)
