"""Forms behind what is generated: choices in an address, cut to size and checked."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from migrations_plan.artefacts.scp import Guardrail, HolderOfTag, OneRole

MOST_LINES = 20
STRONG, FIRST = "strong", "first"


class NamesField(forms.CharField):
    """ARNs or names, one after the other; too many are refused, because a policy that lacks one of
    them is another policy."""

    def clean(self, value: Any) -> tuple[str, ...]:
        """Each once, in their order."""
        names = tuple(dict.fromkeys(super().clean(value).split()))
        if len(names) > MOST_LINES:
            raise ValidationError(f"Please name {MOST_LINES} at most.")
        return names


class GuardrailForm(forms.Form):
    """Which policy, who is exempt from it, and where it shall hang."""

    variant = forms.ChoiceField(choices=[(STRONG, STRONG), (FIRST, FIRST)], required=False)
    role = forms.CharField(max_length=200, required=False)
    tag = forms.CharField(max_length=128, required=False)
    value = forms.CharField(max_length=256, required=False)
    cutover_roles = NamesField(max_length=2000, required=False)
    federation_roles = NamesField(max_length=2000, required=False)
    federation = forms.BooleanField(required=False)
    mfa_devices = forms.BooleanField(required=False)

    def wanted(self) -> Guardrail:
        """What was asked for; without a role the exemption is a tag."""
        given = self.cleaned_data
        usual = HolderOfTag()
        tag = HolderOfTag(given["tag"] or usual.key, given["value"] or usual.value)
        return Guardrail(
            OneRole(given["role"]) if given["role"] else tag,
            given["cutover_roles"],
            federation=given["federation"],
            federation_roles=given["federation_roles"],
            mfa_devices=given["mfa_devices"],
        )


class BreakGlassForm(forms.Form):
    """Where, who hears of it, and who can come in without Identity Center."""

    account = forms.RegexField(r"^[0-9]{12}$", required=False)
    channel = forms.CharField(max_length=80, required=False)
    provider = forms.CharField(max_length=300, required=False)
    people = NamesField(max_length=2000, required=False)

    def named(self) -> tuple[str, ...]:
        """ARNs of users or roles."""
        found: tuple[str, ...] = self.cleaned_data["people"]
        return found


class RunbookForm(forms.Form):
    """What no read tells: in the company's words."""

    directory = forms.CharField(max_length=80, required=False)
    channel = forms.CharField(max_length=80, required=False)
    repository = forms.CharField(max_length=200, required=False)
    portal_hours = forms.IntegerField(min_value=1, max_value=2160, required=False)
    reviewers = forms.IntegerField(min_value=1, max_value=10, required=False)
    production_reviewers = forms.IntegerField(min_value=1, max_value=10, required=False)


def of_address(request: HttpRequest, form: type[forms.Form], first: dict[str, Any]) -> Any:
    """The form as the address fills it; what it does not name begins as `first` says. NUL goes,
    because PostgreSQL refuses it."""
    given = {name: str(text).replace("\0", "") for name, text in request.GET.items()}
    asked = any(name in given for name in form.base_fields)
    found = form(given if asked else first)
    found.is_valid()
    return found


def problems(form: forms.Form) -> tuple[str, ...]:
    """What is wrong with it, in sentences."""
    return tuple(
        f"{name.replace('_', ' ').capitalize()}: {said}"
        for name, listed in form.errors.items()
        for said in listed
    )
