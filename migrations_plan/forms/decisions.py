"""Forms of single decisions, each with its reason."""

from django import forms

from migrations_plan.models import Person
from migrations_plan.rules.readiness import GATES
from migrations_plan.rules.thresholds import (
    LEAST_QUIET_DAYS,
    LEAST_SESSION_HOURS,
    LEAST_WINDOW_DAYS,
    MOST_QUIET_DAYS,
    MOST_SESSION_HOURS,
    MOST_WINDOW_DAYS,
)


class ReasonForm(forms.Form):
    """A decision needs a reason: it goes into the journal."""

    reason = forms.CharField(max_length=1000)


class AcknowledgeForm(ReasonForm):
    """Why a finding may wait, and until which day (UTC), that day included."""

    until = forms.DateField()


class OwnerForm(ReasonForm):
    """Whose IAM user it is, by e-mail address."""

    email = forms.CharField(max_length=320)

    def clean_email(self) -> str:
        """Lower case."""
        return str(self.cleaned_data["email"]).lower()


class EnvironmentForm(ReasonForm):
    """What an account is for."""

    environment = forms.CharField(max_length=16)


class DecideRequestForm(ReasonForm):
    """What a lead says to a request."""

    decision = forms.ChoiceField(choices=[("granted", "yes"), ("declined", "no")])


class WaiverForm(ReasonForm):
    """Which gate of whom may pass, why, and until which day (UTC), that day included."""

    gate = forms.ChoiceField(choices=[(gate.name, gate.title) for gate in GATES])
    until = forms.DateField()
    person = forms.ModelMultipleChoiceField(Person.objects.all())


class ThresholdsForm(ReasonForm):
    """Numbers within the bounds of rules.thresholds."""

    quiet_days = forms.IntegerField(min_value=LEAST_QUIET_DAYS, max_value=MOST_QUIET_DAYS)
    window_days = forms.IntegerField(min_value=LEAST_WINDOW_DAYS, max_value=MOST_WINDOW_DAYS)
    session_hours = forms.IntegerField(min_value=LEAST_SESSION_HOURS, max_value=MOST_SESSION_HOURS)


class DeclarationForm(ReasonForm):
    """What an IAM user or a key is, and until which day (UTC), that day included."""

    kind = forms.CharField(max_length=12)
    until = forms.DateField(required=False)


class TargetForm(ReasonForm):
    """A permission set that somebody shall have in an account."""

    account_id = forms.RegexField(r"^[0-9]{12}$")
    permission_set = forms.CharField(max_length=32)
