"""Fetching small log objects from a bucket on loopback: objects per second of one process.

The bucket is a process of its own, so the processor time is that of the portal alone. Nothing is
counted: this is the part of a backfill that parsing cannot make faster.
"""

import gzip
import os
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from inventory.aws.rates import no_limits
from inventory.aws.s3_logs import S3Logs
from inventory.aws.session import AwsSettings, Connections
from inventory.usage.working import FETCH_THREADS

OBJECTS = 2000
ROUNDS = 5
BODY_BYTES = 4096
LEAST_PER_SECOND = 250


def make_bucket(folder: Path) -> None:
    """Objects of the size of a usual one, which hold nothing that could be packed further."""
    chance = random.Random(7)
    place = folder / "AWSLogs/123456789012/CloudTrail/eu-west-1/2026/03/02"
    place.mkdir(parents=True)
    for number in range(OBJECTS):
        body = gzip.compress(chance.randbytes(BODY_BYTES), 1)
        name = f"123456789012_CloudTrail_eu-west-1_20260302T0000Z_{number:06}.json.gz"
        (place / name).write_bytes(body)


def measure(url: str) -> tuple[float, float, float]:
    """Objects a second listed and fetched, and milliseconds of processor time a fetched object."""
    settings = AwsSettings(
        endpoint_url=url,
        profile=None,
        region="eu-central-1",
        management_role_arn=None,
        reader_role_name="reader",
        external_id=None,
    )
    source = S3Logs(Connections(settings, limits=no_limits()), "s3://trail-logs")
    started = time.perf_counter()
    found = [one for part in source.find(None, lambda: None) for one in part.objects]
    listed = time.perf_counter() - started
    started, processor = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(FETCH_THREADS) as pool:
        bodies = list(pool.map(lambda one: source.fetch(one.uri, lambda: None).data, found))
    seconds, spent = time.perf_counter() - started, time.process_time() - processor
    if len(bodies) != OBJECTS or not all(bodies):
        raise RuntimeError("not every object arrived whole")
    return OBJECTS / listed, OBJECTS / seconds, spent / OBJECTS * 1000


def main(_arguments: Sequence[str]) -> int:
    """Some rounds; the exit status says whether the median is below the promise."""
    os.environ |= {"AWS_ACCESS_KEY_ID": "AKIABENCH", "AWS_SECRET_ACCESS_KEY": "bench"}
    folder = Path(os.environ["BENCH_SCRATCH"]) / "bucket"
    make_bucket(folder)
    command = [sys.executable, "-m", "tests.s3_server", str(folder)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        rounds = sorted((measure(url) for _ in range(ROUNDS)), key=lambda one: one[1])
        server.terminate()
    listed, fetched, milliseconds = rounds[len(rounds) // 2]
    print(f"\nfetching: {OBJECTS} objects of {BODY_BYTES} bytes, {FETCH_THREADS} threads, median")
    print(f"  listed {listed:8.0f} objects/s")
    print(f"  fetched {fetched:7.0f} objects/s ({rounds[0][1]:.0f} to {rounds[-1][1]:.0f})")
    print(f"  {milliseconds:.2f} ms of processor time an object")
    if fetched < LEAST_PER_SECOND:
        print(f"BROKEN fetching: {fetched:.0f} objects/s, {LEAST_PER_SECOND} promised")
        return 1
    return 0
