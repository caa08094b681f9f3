"""The shape of the house, proven on every file of it; and each rule shown to catch its offender."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.house_rules import (
    FIRST_PARTY,
    ISLANDS,
    module_name,
    python_complaints,
    template_complaints,
    unfinished_words,
)

ROOT = Path(__file__).parents[1]
TEXT_SUFFIXES = {".py", ".html", ".css", ".js", ".md", ".toml", ".yml", ".yaml", ".txt", ".svg"}


def tracked_files() -> list[str]:
    """What is in git, and what is new and not ignored; not what is deleted."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return sorted({name for name in listed.stdout.split("\0") if (ROOT / name).is_file()})


FILES = tracked_files()
PYTHON = [
    name
    for name in FILES
    if name.endswith(".py")
    and "/migrations/" not in name
    and (name.split("/")[0] in FIRST_PARTY or name == "manage.py")
]
TEMPLATES = [name for name in FILES if name.startswith("templates/") and name.endswith(".html")]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_there_is_something_to_look_at():
    assert "tests/test_architecture.py" in PYTHON


@pytest.mark.parametrize("name", PYTHON)
def test_python_files_keep_the_house_rules(name):
    assert python_complaints(name, read(name)) == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_templates_keep_the_house_rules(name):
    assert template_complaints(read(name)) == []


def test_nothing_is_left_unfinished():
    texts = [
        name for name in FILES if Path(name).suffix in TEXT_SUFFIXES and "/vendor/" not in name
    ]

    assert {
        name: unfinished_words(read(name)) for name in texts if unfinished_words(read(name))
    } == {}


def test_islands_run_without_django():
    """Imports say what a file asks for; only a fresh process shows what really comes along."""
    modules = [module_name(name) for name in PYTHON]
    islands = [name for name in modules if any(f"{name}.".startswith(f"{i}.") for i in ISLANDS)]
    asked = "import importlib, sys\n" + "\n".join(
        f"importlib.import_module({name!r})" for name in islands if not name.endswith("__main__")
    )
    asked += "\nsys.exit(', '.join(sorted({'django', 'celery'} & set(sys.modules))) or 0)"

    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.stderr.strip() == ""
    assert done.returncode == 0


PYTHON_OFFENCES = {
    "facts import decisions": ("inventory/store.py", "import migrations_plan.models"),
    "boto3 outside its rooms": ("inventory/collect.py", "import boto3"),
    "botocore in decisions": ("migrations_plan/gather.py", "from botocore.config import Config"),
    "Django on an island": ("inventory/aws/iam.py", "from django.utils import timezone"),
    "Django in a rule": ("migrations_plan/rules/staleness.py", "import django"),
    "settings on an island": ("inventory/cloudtrail/reader.py", "from django.conf import settings"),
    "a model on an island": (
        "migrations_plan/policy/forecast.py",
        "from inventory.models import X",
    ),
    "a store on an island": ("inventory/records/iam.py", "from inventory import store"),
    "boto3 in a rule": ("migrations_plan/rules/readiness.py", "import boto3"),
    "a view imported": (
        "migrations_plan/actions/links.py",
        "from migrations_plan.views import people",
    ),
    "a view in a view": ("inventory/views/runs.py", "from inventory.views.collection import rows"),
    "a task in a model": ("inventory/models/runs.py", "from inventory.tasks import collect_all"),
    "an action in a model": (
        "migrations_plan/models/plan.py",
        "from migrations_plan import actions",
    ),
    "collect in a model": ("inventory/models/iam.py", "from inventory.collect import collect"),
    "a signal": ("inventory/apps.py", "from django.db.models.signals import post_save"),
    "a receiver": ("inventory/apps.py", "from django.dispatch import receiver"),
    "a relative import": ("inventory/store.py", "from . import models"),
    "a wildcard import": ("inventory/store.py", "from inventory.records import *"),
    "an import in a function": ("inventory/store.py", "def late():\n    import json"),
    "an import in a method": ("inventory/a.py", "class A:\n    def b(self):\n        import json"),
    "a long function": ("inventory/store.py", "def long():\n" + "    pass\n" * 40),
    "a long file": ("inventory/store.py", "A = 1\n" * 300),
    "markup made safe": ("inventory/store.py", "from django.utils.safestring import mark_safe"),
    "markup made safe by type": ("inventory/store.py", "SafeString('x')"),
    "markup made safe by name": ("inventory/store.py", "safestring.mark_safe('x')"),
}


@pytest.mark.parametrize(("path", "line"), PYTHON_OFFENCES.values(), ids=PYTHON_OFFENCES.keys())
def test_an_offence_in_python_is_noticed(path, line):
    assert len(python_complaints(path, f'"""What it is."""\n{line}\n')) >= 1


def test_a_module_without_a_docstring_is_noticed():
    assert python_complaints("inventory/store.py", "A = 1\n") != []


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("migrations_plan/gather.py", "from inventory.models import IamUser"),
        ("inventory/aws/iam.py", "import boto3\nfrom inventory.records import IamUserRecord"),
        ("migrations_plan/urls.py", "from migrations_plan.views import people"),
        ("accessportal/celery.py", "from celery import Celery"),
        ("accessportal/tags.py", "from django.utils.safestring import SafeString"),
        ("migrations_plan/rules/readiness.py", "from migrations_plan.rules.verdict import Verdict"),
        ("inventory/store.py", "def short():\n" + "    pass\n" * 39),
        ("tests/inventory/test_store.py", "import boto3\nfrom inventory import store"),
    ],
)
def test_what_the_house_allows_passes(path, line):
    assert python_complaints(path, f'"""What it is."""\n{line}\n') == []


@pytest.mark.parametrize(
    "markup",
    [
        "{{ name|safe }}",
        "{{ names|safeseq }}",
        "{% autoescape off %}{{ name }}{% endautoescape %}",
        "{{ text|urlize }}",
        '<button hx-on:click="go()">Go</button>',
        "<div hx-vals='js:{a: 1}'></div>",
        '<a href="javascript:go()">Go</a>',
        '<div style="width: 3%"></div>',
        '<div class="{% if a > b %}x{% endif %}" style="width: {{ n }}%"></div>',
        "<style>p {}</style>",
        "<script>go()</script>",
        '<script type="module">go()</script>',
        '<a onclick="go()">Go</a>',
        "<img src=x onerror=go()>",
        "line\n" * 121,
    ],
)
def test_an_offence_in_a_template_is_noticed(markup):
    assert len(template_complaints(markup)) == 1


@pytest.mark.parametrize(
    "markup",
    [
        '<script src="{% static "portal.js" %}" defer></script>',
        "{% with once=1 %}<p>on = off, style = plain</p>{% endwith %}",
        '<circle fill="none" stroke-width="2"></circle>',
        '<input name="safe" value="{{ safe }}">',
    ],
)
def test_plain_templates_pass(markup):
    assert template_complaints(markup) == []


@pytest.mark.parametrize("word", ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"])
def test_an_unfinished_word_is_noticed(word):
    assert unfinished_words(f"# {word}: later") == [word]
