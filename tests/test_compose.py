"""What docker-compose.yml and the Dockerfile promise, read from the files: no engine is needed."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docker-compose.yml").read_text()
SERVICES = yaml.safe_load(TEXT)["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
PORTAL = ("migrate", "web", "worker", "beat")
LONG_RUNNING = ("db", "redis", "web", "worker", "beat")


def test_the_services_are_the_ones_of_the_design():
    assert sorted(SERVICES) == sorted(["db", "redis", *PORTAL])


@pytest.mark.parametrize("name", LONG_RUNNING)
def test_a_long_running_service_has_a_healthcheck_and_comes_back(name):
    check = SERVICES[name]["healthcheck"]

    assert check["test"][0] == "CMD"
    assert {"interval", "timeout", "retries"} <= set(check)
    assert SERVICES[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_the_portal_waits_for_its_servers_and_the_schema(name):
    conditions = {other: when["condition"] for other, when in SERVICES[name]["depends_on"].items()}

    assert conditions == {
        "db": "service_healthy",
        "redis": "service_healthy",
        "migrate": "service_completed_successfully",
    }


def test_the_schema_is_migrated_once_after_the_database_is_up():
    assert SERVICES["migrate"]["command"] == ["python", "manage.py", "migrate", "--noinput"]
    assert SERVICES["migrate"]["restart"] == "no"
    assert SERVICES["migrate"]["depends_on"] == {"db": {"condition": "service_healthy"}}


def test_only_the_web_is_published_and_only_on_this_machine():
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}

    assert list(published) == ["web"]
    assert all(port.startswith("127.0.0.1:") for port in published["web"])


def test_no_secret_has_a_default():
    """${NAME:?...} refuses to start; any other form would start with less."""
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD"):
        uses = re.findall(r"\$\{" + name + r"[^}]*\}", TEXT)
        assert uses
        assert all(use.startswith(f"${{{name}:?") for use in uses)
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if re.search("SECRET|PASSWORD|TOKEN", name):
                assert re.fullmatch(r"\$\{\w+:\?[^}]+\}", value), name


def test_redis_refuses_rather_than_forgets():
    command = SERVICES["redis"]["command"]

    assert command[command.index("--maxmemory-policy") + 1] == "noeviction"


@pytest.mark.parametrize("name", PORTAL)
def test_the_portal_runs_with_as_little_as_it_can(name):
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"user", "privileged", "network_mode", "pid"} & set(service)


def test_there_is_one_beat():
    beats = [name for name, service in SERVICES.items() if "beat" in service.get("command", [])]

    assert beats == ["beat"]
    assert SERVICES["beat"].get("deploy", {}).get("replicas", 1) == 1


def test_images_are_pinned_to_a_major_version():
    images = [SERVICES["db"]["image"], SERVICES["redis"]["image"]]
    images += re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)

    assert images == ["postgres:15", "redis:7", "python:3.11-slim", "python:3.11-slim"]


def test_the_image_runs_locked_code_as_nobody_in_particular():
    assert "--require-hashes --no-deps -r requirements/run.lock" in DOCKERFILE
    assert "collectstatic" in DOCKERFILE.split("USER portal")[0]
    assert "HEALTHCHECK" in DOCKERFILE
    assert re.findall(r"^USER (\S+)", DOCKERFILE, re.MULTILINE) == ["portal"]
    assert not re.search(r"^(ARG|ENV) .*(SECRET|PASSWORD|TOKEN)", DOCKERFILE, re.MULTILINE)


def test_the_image_holds_only_what_was_named():
    ignored = (ROOT / ".dockerignore").read_text().split("\n")
    named = {line[1:] for line in ignored if line.startswith("!")}

    assert "*" in ignored
    assert not {".env", ".git", ".data", "tests"} & named
    assert {"manage.py", "accessportal", "inventory", "migrations_plan", "templates"} <= named
