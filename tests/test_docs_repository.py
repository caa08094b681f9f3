"""What the papers of the house say is so: start page, dependencies, version, targets, locks."""

import hashlib
import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LARGEST_FILE_BYTES = 2_000_000
# By the words such hosts have in their names, so that none is named here either.
REGISTRY = re.compile(
    r"\b(?:pypi|pythonhosted|npmjs|yarnpkg|artifactory|nexus|devpi|jfrog)\.[a-z0-9]|"
    r"\b(?:registry|mirror)\.[a-z0-9-]+\.[a-z]{2,}|"
    r"--(extra-)?index-url[ =]|--find-links[ =]|PIP_INDEX|^registry=",
    re.IGNORECASE | re.MULTILINE,
)
HOME = re.compile(r"(?<![\w.$}])/(home/\w|root/|Users/\w|work/\w)")
PIN = re.compile(r"^([a-z0-9][\w.\[\],-]*)==(\S+)", re.MULTILINE)
TARGET = re.compile(r"^([a-z][\w-]*):(?!=)(.*)$", re.MULTILINE)


def tracked_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in listed.stdout.split("\0") if (ROOT / name).is_file()]


FILES = tracked_files()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LOCKS = sorted((ROOT / "requirements").glob("*.lock"))


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("command", ["make demo", "make run", "make test"])
def test_the_readme_shows_how_to_begin(command):
    assert command in text_of("README.md")


@pytest.mark.parametrize("requirement", PROJECT["dependencies"])
def test_each_dependency_says_what_it_is_for(requirement):
    name = re.split(r"[\[~<>=! ]", requirement)[0]
    lines = [line for line in text_of("docs/dependencies.md").splitlines() if f"| {name} |" in line]

    assert len(lines) == 1
    assert all(len(cell.split()) > 2 for cell in lines[0].split("|")[2:4]), "says too little"


def test_the_changelog_begins_with_this_version():
    versions = re.findall(r"^## \[(\d[^\]]*)\]", text_of("CHANGELOG.md"), re.MULTILINE)

    assert versions[:1] == [PROJECT["version"]]


def test_the_licence_is_the_one_the_project_names():
    assert PROJECT["license"] == "Apache-2.0"
    assert "Apache License" in text_of("LICENSE")
    assert "END OF TERMS AND CONDITIONS" in text_of("LICENSE")


def test_every_target_of_the_makefile_has_help_and_is_no_file():
    makefile = text_of("Makefile")
    targets = {name: rest for name, rest in TARGET.findall(makefile) if name != ".PHONY"}
    phony = re.findall(r"^\.PHONY:(.*)$", makefile, re.MULTILINE)

    assert [name for name, rest in targets.items() if not re.search(r"## \w", rest)] == []
    assert set(" ".join(phony).split()) == set(targets)


def test_a_bare_machine_can_run_the_pipeline():
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert text_of(".ci/run").rstrip().endswith("exec make test")


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_locks_have_hashes_and_no_address(lock):
    text = lock.read_text()
    hashes = [line for line in text.splitlines() if line.strip().startswith("--hash=sha256:")]
    without = re.findall(r"==.*(?<!\\)$", text, re.MULTILINE)

    assert "://" not in text
    assert PIN.findall(text)
    assert without == []
    assert len(PIN.findall(text)) + len(hashes) == len(text.splitlines())


def test_what_runs_is_what_was_tested():
    """dev.lock holds every pin of the others. One name may have two, for different Pythons."""
    pins = {lock.name: set(PIN.findall(lock.read_text())) for lock in LOCKS}

    assert set(pins) == {"run.lock", "demo.lock", "dev.lock"}
    assert pins["run.lock"] <= pins["demo.lock"] <= pins["dev.lock"]


def test_no_file_is_large():
    sizes = {str(path): path.stat().st_size for path in FILES}

    assert {name: size for name, size in sizes.items() if size > LARGEST_FILE_BYTES} == {}


def offences_in(text: str) -> list[str]:
    return [match.group() for pattern in (REGISTRY, HOME) for match in pattern.finditer(text)]


def test_no_file_names_a_registry_or_somebodys_home():
    texts = {path: path.read_text(encoding="utf-8", errors="ignore") for path in FILES}
    found = {str(path): offences_in(text) for path, text in texts.items() if path != Path(__file__)}

    assert {name: offences for name, offences in found.items() if offences} == {}


@pytest.mark.parametrize(
    "line",
    [
        "FROM registry.example.com/x",
        "FROM npmjs.example/x",
        "pip install --index-url https://mirror.example x",
        "cd /home/ana/portal",
        f'HOME = "{Path("/") / "root" / "portal"}"',
    ],
)
def test_a_registry_or_a_home_is_noticed(line):
    assert offences_in(line) != []


def test_vendored_files_are_the_ones_that_were_reviewed():
    vendor = ROOT / "static" / "vendor"
    lists = sorted(vendor.glob("*.sha256"))
    pairs = [line.split() for path in lists for line in path.read_text().splitlines()]
    promised = {name: digest for digest, name in pairs}
    there = [path for path in vendor.iterdir() if path.suffix != ".sha256"]
    actual = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in there}

    assert lists
    assert actual == promised


def test_the_vendored_style_sheet_asks_for_nothing_else():
    """A source map that is not there would be a 404 in every browser's console."""
    for sheet in (ROOT / "static" / "vendor").glob("*.css"):
        text = sheet.read_text(encoding="utf-8")
        assert "sourceMappingURL" not in text
        assert not re.search(r"url\((?![\"']?data:)", text)
