"""Owners and targets from a CSV file: a preview that names every bad row, then the good ones."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accessportal.web.roles import require_role, viewer
from migrations_plan.actions.owners import import_links
from migrations_plan.actions.targets import import_targets
from migrations_plan.decision_files import (
    LINK_COLUMNS,
    MOST_BYTES,
    TARGET_COLUMNS,
    FileProblem,
    Line,
    link_lines,
    target_lines,
)
from migrations_plan.models import PortalUser

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file. name: of the page that it belongs to."""

    name: str
    title: str
    columns: Sequence[str]
    read: Callable[[str], list[Line]]


LINKS = Kind("owners", "Owners from a file", LINK_COLUMNS, link_lines)
TARGETS = Kind("targets", "Targets from a file", TARGET_COLUMNS, target_lines)


@require_role("lead")
def links(request: HttpRequest) -> HttpResponse:
    """Owners of IAM users."""
    return _answer(request, LINKS)


@require_role("lead")
def targets(request: HttpRequest) -> HttpResponse:
    """Permission sets that people are meant to have."""
    return _answer(request, TARGETS)


def _answer(request: HttpRequest, kind: Kind) -> HttpResponse:
    text, problem, lines = "", "", list[Line]()
    if request.method == "POST":
        text, problem = _text(request)
        if not problem:
            try:
                lines = kind.read(text)
            except FileProblem as error:
                problem = str(error)
    good = [line for line in lines if line.value is not None]
    if good and request.POST.get("apply") and _applied(request, kind, good):
        return redirect(kind.name)
    context = {
        "kind": kind,
        "text": text,
        "problem": problem,
        "good": good[:MOST_SHOWN],
        "bad": [line for line in lines if line.problem][:MOST_SHOWN],
        "goods": len(good),
        "bads": sum(bool(line.problem) for line in lines),
        "same": sum(not line.problem and line.value is None for line in lines),
        "read": bool(lines),
    }
    return render(request, "migrations_plan/decision_file/page.html", context)


def _text(request: HttpRequest) -> tuple[str, str]:
    """The file's text, or what was read of it before; and why it is none."""
    file = request.FILES.get("file")
    if file is None:
        text = request.POST.get("text", "")
        return text, "" if text.strip() else "Please choose a file."
    if (file.size or 0) > MOST_BYTES:
        return "", f"The file is larger than {MOST_BYTES:,} bytes."
    try:
        return file.read().decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        return "", "The file is not UTF-8 text."


def _applied(request: HttpRequest, kind: Kind, good: Sequence[Line]) -> bool:
    try:
        done = _apply(viewer(request), kind, good)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return False
    plural = "row was" if done == 1 else "rows were"
    messages.success(request, f"{done} {plural} applied, each with a line in the journal.")
    return True


def _apply(by: PortalUser, kind: Kind, good: Sequence[Line]) -> int:
    values, now = [line.value for line in good], timezone.now()
    if kind is LINKS:
        return import_links(by=by, links=values, now=now)
    return import_targets(by=by, wanted=values, now=now)
