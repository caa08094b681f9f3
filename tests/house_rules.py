"""The house rules a machine can check, as functions from a file's path and text to complaints."""

import ast
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

FIRST_PARTY = {"accessportal", "inventory", "migrations_plan", "tests", "benchmarks"}
PRODUCT = {"accessportal", "inventory", "migrations_plan"}
# Pure rooms: no Django, no settings, time is an argument.
ISLANDS = (
    "inventory.aws",
    "inventory.cloudtrail",
    "inventory.records",
    "inventory.sample_org",
    "migrations_plan.rules",
    "migrations_plan.policy",
    "migrations_plan.artefacts",
)
# The rooms inside the islands that need more than the standard library and pure data.
BOTO_ROOMS = ("inventory.aws", "inventory.sample_org", "tests", "benchmarks")
NOT_ON_ISLANDS = {"django", "celery", "redis", "psycopg", "structlog", "dj_database_url"}
NOT_FOR_MODELS = {"views", "tasks", "actions", "collect"}
SIGNAL_MODULES = (
    "django.dispatch",
    "django.db.models.signals",
    "django.db.backends.signals",
    "django.core.signals",
    "django.contrib.auth.signals",
    "celery.signals",
)
MOST_FILE_LINES = 300
MOST_FUNCTION_LINES = 40
MOST_TEMPLATE_LINES = 120
# Written in two parts, so that this file does not hold the words it looks for.
UNFINISHED = re.compile(
    r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")) + r")\b"
)
TEMPLATE_CODE = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)
BANNED_TEMPLATE_CODE = {
    r"\|\s*safe(seq)?\b": "the filter safe",
    r"\bmark_safe\b": "mark_safe",
    r"\bautoescape\s+off\b": "autoescape off",
    r"\|\s*urlize": "the filter urlize",
    r"\bhx-on\b": "hx-on",
    r"\b(js|javascript):": "a js: value",
}
BANNED_MARKUP = {
    r"<[^>]*\sstyle\s*=": "a style attribute",
    r"<style\b": "a style element",
    r"<script\b(?![^>]*\ssrc\s*=)": "an inline script",
    r"<[^>]*\son[a-z]+\s*=": "an inline event handler",
}


def within(module: str, rooms: tuple[str, ...]) -> bool:
    return any(module == room or module.startswith(f"{room}.") for room in rooms)


def module_name(path: str) -> str:
    parts = PurePosixPath(path).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(tree: ast.AST) -> Iterator[tuple[ast.stmt, str]]:
    """Each import with the full name of what it brings."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node, f"{node.module or ''}.{alias.name}") for alias in node.names)


def direction_complaints(module: str, name: str) -> Iterator[str]:
    """What a module may not import, by where it stands."""
    here, there = module.split(".")[0], name.split(".")[0]
    if here == "inventory" and there == "migrations_plan":
        yield f"facts never import decisions: {name}"
    if there in {"boto3", "botocore"} and not within(module, BOTO_ROOMS):
        yield f"boto3 lives in inventory/aws and inventory/sample_org only: {name}"
    if within(module, ISLANDS):
        if there in NOT_ON_ISLANDS:
            yield f"an island runs without Django, its settings and servers: {name}"
        if there in FIRST_PARTY and not within(name, ISLANDS):
            yield f"an island imports no house but islands: {name}"
    if here in PRODUCT and there in PRODUCT:
        parts = name.split(".")
        if "views" in parts[1:] and module.split(".")[-1] != "urls":
            yield f"nothing imports views but urls: {name}"
        if "models" in module.split(".") and NOT_FOR_MODELS & set(parts[1:]):
            yield f"models never import what stands above them: {name}"
    if within(name, SIGNAL_MODULES):
        yield f"no signals: {name}"


def import_complaints(module: str, tree: ast.AST) -> Iterator[str]:
    for node, name in imports_of(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            yield f"line {node.lineno}: a relative import"
        if name.endswith(".*"):
            yield f"line {node.lineno}: a wildcard import"
        yield from (f"line {node.lineno}: {text}" for text in direction_complaints(module, name))


def function_complaints(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        lines = (node.end_lineno or node.lineno) - node.lineno + 1
        if lines > MOST_FUNCTION_LINES:
            yield f"{node.name} has {lines} lines, {MOST_FUNCTION_LINES} at most"
        inner = (part for part in ast.walk(node) if isinstance(part, ast.Import | ast.ImportFrom))
        yield from (f"line {part.lineno}: an import inside {node.name}" for part in inner)


def safety_complaints(tree: ast.AST) -> Iterator[str]:
    """Only format_html makes markup: it escapes what it is given. SafeString may be a type."""
    if any(name.split(".")[-1] == "mark_safe" for _node, name in imports_of(tree)):
        yield "mark_safe is banned"
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            if name in {"mark_safe", "SafeString", "SafeText"}:
                yield f"line {node.lineno}: {name}() is banned"


def python_complaints(path: str, text: str) -> list[str]:
    """Everything a Python file does against the house rules."""
    tree = ast.parse(text)
    complaints = list(import_complaints(module_name(path), tree))
    complaints += function_complaints(tree)
    if len(text.splitlines()) > MOST_FILE_LINES:
        complaints.append(f"{len(text.splitlines())} lines, {MOST_FILE_LINES} at most")
    if text.strip() and not ast.get_docstring(tree):
        complaints.append("no docstring says what the module is")
    complaints += safety_complaints(tree)
    return complaints


def template_complaints(text: str) -> list[str]:
    """Everything a template does against the house rules."""
    complaints = [
        name for pattern, name in BANNED_TEMPLATE_CODE.items() if re.search(pattern, text)
    ]
    # A template tag may hold > or =, and names beginning with "on": markup is looked at without.
    markup = TEMPLATE_CODE.sub("", text)
    complaints += [
        name for pattern, name in BANNED_MARKUP.items() if re.search(pattern, markup, re.IGNORECASE)
    ]
    if len(text.splitlines()) > MOST_TEMPLATE_LINES:
        complaints.append(f"{len(text.splitlines())} lines, {MOST_TEMPLATE_LINES} at most")
    return complaints


def unfinished_words(text: str) -> list[str]:
    return UNFINISHED.findall(text)
