"""What engineers say of themselves on My access: each answer is of the signed-in person."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accessportal.web.htmx import wants_partial
from accessportal.web.roles import require_role, viewer
from inventory.models import AccessKey
from migrations_plan.actions.plans import answering
from migrations_plan.forms.answers import KeyStoryForm, NeedForm, NoteForm
from migrations_plan.gather.my_answers import kept
from migrations_plan.gather.person_answers import need_rows
from migrations_plan.models import Person

UNBOUND = "This sign-in is not bound to a person, so it can answer for nobody."


@require_role("lead", "auditor", "engineer")
@require_POST
def tested(request: HttpRequest) -> HttpResponse:
    """The new access serves."""

    def answer(form: forms.Form) -> str:
        note = form.cleaned_data["note"]
        answering.confirm_test(by=viewer(request), note=note, now=timezone.now())
        return "You have said that you tested your new access. It can be taken back."

    return _answered(request, NoteForm(request.POST), answer, "my-access", "tested")


@require_role("lead", "auditor", "engineer")
@require_POST
def untested(request: HttpRequest) -> HttpResponse:
    """It does not serve after all."""

    def answer(form: forms.Form) -> str:
        reason = form.cleaned_data["note"]
        answering.take_back_test(by=viewer(request), reason=reason, now=timezone.now())
        return "It is taken back; your security leads see why."

    return _answered(request, NoteForm(request.POST), answer, "my-access", "tested")


@require_role("lead", "auditor", "engineer")
@require_POST
def need(request: HttpRequest) -> HttpResponse:
    """Whether an account is needed, or that nothing is said of it any more."""

    def answer(form: forms.Form) -> str:
        data, who, now = form.cleaned_data, viewer(request), timezone.now()
        account_id = data["account_id"]
        if data["answer"] == "forget":
            answering.forget_need(by=who, account_id=account_id, now=now)
            return f"Nothing is said of {account_id} any more."
        needed = data["answer"] == "needed"
        answering.say_need(by=who, account_id=account_id, needed=needed, note=data["note"], now=now)
        return f"You have said that you {'need' if needed else 'do not need'} {account_id}."

    return _answered(request, NeedForm(request.POST), answer, "my-accounts", "")


@require_role("lead", "auditor", "engineer")
@require_POST
def key(request: HttpRequest) -> HttpResponse:
    """Where an old key lives; somebody else's key is as good as none."""

    def answer(form: forms.Form) -> str:
        data = form.cleaned_data
        try:
            answering.tell_key(by=viewer(request), now=timezone.now(), **data)
        except AccessKey.DoesNotExist:
            raise Http404("no such key of theirs") from None
        return f"Thank you: what you know of {data['access_key_id']} is kept."

    return _answered(request, KeyStoryForm(request.POST), answer, "my-access", "keys")


def _answered(
    request: HttpRequest,
    form: forms.Form,
    answer: Callable[[forms.Form], str],
    page: str,
    place: str,
) -> HttpResponse:
    """Runs the answer; says how it went on the page it came from."""
    if viewer(request).person_id is None:
        messages.error(request, UNBOUND)
    elif not form.is_valid():
        problems = [str(text) for texts in form.errors.values() for text in texts]
        messages.error(request, " ".join(dict.fromkeys(problems)))
    else:
        try:
            messages.success(request, answer(form))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
    return redirect(f"{reverse(page)}{f'#{place}' if place else ''}")


@require_role("lead", "auditor")
def of_person(request: HttpRequest, pk: int) -> HttpResponse:
    """What somebody has said of themselves, for leads and auditors to read."""
    who = viewer(request)
    person = get_object_or_404(Person.objects.visible_to(who), pk=pk)
    said, now = kept(person, who), timezone.now()
    context = {
        "now": now,
        "person": person,
        "back": reverse("person", args=[pk]),
        "kept": said,
        "needs": need_rows(person, said, now),
    }
    part = "_part" if wants_partial(request) else "page"
    return render(request, f"migrations_plan/person_answers/{part}.html", context)
