"""What figures cannot be read without: the machine, its load, versions. No names, no paths."""

import os
import platform
import subprocess

import boto3
import django


def machine_note() -> str:
    """One line for the top of a report."""
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{os.cpu_count()} cores, load {load}; Python {platform.python_version()}, "
        f"Django {django.__version__}, boto3 {boto3.__version__}; commit {_commit()}"
    )


def _commit() -> str:
    asked = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return asked.stdout.strip() or "unknown"
