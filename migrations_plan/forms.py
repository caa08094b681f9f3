"""Forms: what comes from outside is cut to size and checked here, then handed to actions."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from migrations_plan.models import PortalUser

LONGEST_PASSWORD = 1024


class SignInForm(forms.Form):
    """A local account. Names are e-mail addresses, so case does not matter."""

    username = forms.CharField(max_length=254)
    password = forms.CharField(max_length=LONGEST_PASSWORD, strip=False)

    def clean_username(self) -> str:
        """Lower case."""
        return str(self.cleaned_data["username"]).lower()


class SetupForm(forms.Form):
    """The first lead."""

    username = forms.EmailField(max_length=254)
    password = forms.CharField(max_length=LONGEST_PASSWORD, strip=False)
    again = forms.CharField(max_length=LONGEST_PASSWORD, strip=False)

    def clean_username(self) -> str:
        """Lower case, and not taken."""
        username = str(self.cleaned_data["username"]).lower()
        if PortalUser.objects.filter(username=username).exists():
            raise ValidationError("This e-mail address already has a sign-in.")
        return username

    def clean(self) -> dict[str, Any]:
        """Both passwords are equal and good."""
        data = super().clean() or {}
        password = data.get("password", "")
        if password != data.get("again", ""):
            self.add_error("again", "The two passwords differ.")
        elif password:
            try:
                validate_password(password, PortalUser(username=data.get("username", "")))
            except ValidationError as error:
                self.add_error("password", error)
        return data


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
