"""Forms of signing in, and of the first lead."""

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
