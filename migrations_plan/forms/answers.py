"""Forms of what people say of themselves."""

from django import forms

from migrations_plan.actions.plans.answering import MOST_TEXT
from migrations_plan.models import KeyPlace


class NoteForm(forms.Form):
    """What they tried, or what does not work."""

    note = forms.CharField(
        max_length=MOST_TEXT,
        error_messages={"required": "Please say what you tried, or what does not work."},
    )


class NeedForm(forms.Form):
    """Whether they need an account; forget: nothing is said of it any more."""

    account_id = forms.RegexField(
        r"^[0-9]{12}$",
        error_messages={
            "required": "Please name the account by its id.",
            "invalid": "An account id has twelve digits.",
        },
    )
    answer = forms.ChoiceField(
        choices=[("needed", "needed"), ("not-needed", "not needed"), ("forget", "forget")]
    )
    note = forms.CharField(max_length=MOST_TEXT, required=False)


class KeyStoryForm(forms.Form):
    """Where an old key lives, how they got it, and when they removed it there."""

    access_key_id = forms.CharField(max_length=128)
    place = forms.ChoiceField(
        choices=KeyPlace.choices, error_messages={"required": "Please say where the key lives."}
    )
    got_how = forms.CharField(max_length=MOST_TEXT, required=False)
    removed_on = forms.DateField(required=False)
