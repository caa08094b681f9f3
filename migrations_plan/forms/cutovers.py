"""Forms of the end of a wave's day."""

from django import forms

from migrations_plan.forms.decisions import ReasonForm
from migrations_plan.models import DisabledFate


class RanForm(forms.Form):
    """When scripts ran (UTC); empty: just now. A note is welcome, and not asked for."""

    at = forms.DateTimeField(required=False)
    reason = forms.CharField(max_length=1000, required=False)


class FateForm(ReasonForm):
    """What shall become of a disabled user. until: the last day of a keep (UTC)."""

    fate = forms.ChoiceField(choices=DisabledFate.choices)
    until = forms.DateField(required=False)
