"""Forms of plans: what comes from outside is cut to size and checked here, then handed on."""

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_date

from migrations_plan.actions.plans.changing import MOST_SHIFT, Edit
from migrations_plan.actions.plans.making import Wanted
from migrations_plan.artefacts.plan_content import CHOICES, Content
from migrations_plan.artefacts.plan_template import SETTINGS, TEMPLATES, WHO
from migrations_plan.models import ScimDrill
from migrations_plan.rules.plan_calendar import WEEKDAYS

MOST_HOLIDAYS = 400
MOST_TEXT = 40_000
SEPARATORS = re.compile(r"[\s,;]+")
ITEM_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


class DatesField(forms.CharField):
    """Dates as YYYY-MM-DD, parted by spaces, commas or lines."""

    def clean(self, value: Any) -> tuple[date, ...]:
        """Each once, in order."""
        words = [word for word in SEPARATORS.split(str(super().clean(value) or "")) if word]
        if len(words) > MOST_HOLIDAYS:
            raise ValidationError(f"Please give {MOST_HOLIDAYS} dates at most.")
        return tuple(sorted({_date(word) for word in words}))


def _date(word: str) -> date:
    try:
        found = parse_date(word)
    except ValueError:
        found = None
    if found is None:
        raise ValidationError(f"{word[:40]!a} is not a date like 2026-12-25.")
    return found


class WeekdaysField(forms.TypedMultipleChoiceField):
    """Days of the week, 0 is Monday."""

    def __init__(self) -> None:
        super().__init__(choices=list(enumerate(WEEKDAYS)), coerce=int)


class CalendarForm(forms.Form):
    """What making and editing a plan share."""

    name = forms.CharField(max_length=120)
    contact = forms.CharField(max_length=200)
    cutover_at = forms.TimeField()
    working_days = WeekdaysField()
    holidays = DatesField(required=False, max_length=MOST_TEXT)
    reason = forms.CharField(max_length=1000)


class MakeForm(CalendarForm):
    """A new plan."""

    template = forms.ChoiceField(choices=[(name, name) for name in TEMPLATES])
    starts_on = forms.DateField()
    time_zone = forms.CharField(max_length=64)
    everybody = forms.BooleanField(required=False)

    def wanted(self) -> Wanted:
        """The plan as it was filled in."""
        values = dict(self.cleaned_data)
        values.pop("reason")
        return Wanted(**values)


class EditForm(CalendarForm):
    """Everything of a plan that may be changed; its fields follow what the plan consists of."""

    version = forms.IntegerField()

    def __init__(self, data: Any, content: Content) -> None:
        super().__init__(data)
        self.content = content
        for name in content.settings:
            least, most = SETTINGS[name]
            self.fields[f"setting-{name}"] = forms.IntegerField(min_value=least, max_value=most)
        for name in content.choices:
            words = [(word, word) for word in CHOICES[name]]
            self.fields[f"choice-{name}"] = forms.ChoiceField(choices=words)
        for word in WHO:
            self.fields[f"owner-{word}"] = forms.CharField(max_length=120, required=False)
        for day in content.days:
            self.fields[f"day-{day.name}"] = forms.DateField()
        names = [(item.name, item.title) for item in content.items]
        self.fields["optional"] = forms.MultipleChoiceField(choices=names, required=False)
        for item, _ in names:
            self.fields[f"by-{item}"] = forms.CharField(max_length=120, required=False)

    def _of(self, prefix: str) -> dict[str, Any]:
        start = f"{prefix}-"
        return {
            name.removeprefix(start): value
            for name, value in self.cleaned_data.items()
            if name.startswith(start)
        }

    def edit(self) -> Edit:
        """The plan as it was changed."""
        values = self.cleaned_data
        return Edit(
            name=values["name"],
            contact=values["contact"],
            cutover_at=values["cutover_at"],
            holidays=values["holidays"],
            working_days=tuple(values["working_days"]),
            settings=self._of("setting"),
            choices=self._of("choice"),
            owners={word: name.strip() for word, name in self._of("owner").items()},
            item_owners={item: name.strip() for item, name in self._of("by").items()},
            dates=self._of("day"),
            optional=frozenset(values["optional"]),
        )


class ChangeForm(forms.Form):
    """A change with nothing but a reason. version: of the plan that was looked at."""

    version = forms.IntegerField()
    reason = forms.CharField(max_length=1000)


class ShiftForm(ChangeForm):
    """Everything from a date on, by working days."""

    from_day = forms.DateField()
    days = forms.IntegerField(min_value=-MOST_SHIFT, max_value=MOST_SHIFT)


class AddItemForm(ChangeForm):
    """An item of one's own."""

    day = forms.CharField(max_length=64)
    title = forms.CharField(max_length=200)
    confirm = forms.CharField(max_length=400)
    who = forms.ChoiceField(choices=[(word, word) for word in WHO])

    def item_name(self) -> str:
        """A name for addresses, from the title."""
        words = re.sub(r"[^a-z0-9]+", "-", self.cleaned_data["title"].lower()).strip("-")
        name = f"own-{words}"[:63].rstrip("-")
        return name if ITEM_NAME.fullmatch(name) and words else "own-item"


class RemoveItemForm(ChangeForm):
    """An item that is left out."""

    item = forms.CharField(max_length=64)


class WaveForm(ChangeForm):
    """A wave's name and day."""

    name = forms.CharField(max_length=80)
    cutover_on = forms.DateField()


class MoveWaveForm(ChangeForm):
    """Another day for a wave."""

    cutover_on = forms.DateField()


class MembersForm(ChangeForm):
    """Who goes into a wave, by e-mail address, account id or ARN, parted by spaces or lines."""

    kind = forms.ChoiceField(choices=[(k, k) for k in ("person", "account", "workload")])
    who = forms.CharField(max_length=MOST_TEXT)

    def words(self) -> list[str]:
        """One each. ARNs may hold commas: they are parted by white space alone."""
        text = str(self.cleaned_data["who"])
        if self.cleaned_data["kind"] == "workload":
            return text.split()
        return [word for word in SEPARATORS.split(text) if word]


class TakeOutForm(ChangeForm):
    """Members who leave their wave."""

    members = forms.TypedMultipleChoiceField(coerce=int)

    def __init__(self, data: Any, pks: list[int]) -> None:
        super().__init__(data)
        field = self.fields["members"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = [(pk, str(pk)) for pk in pks]


class TickForm(forms.Form):
    """What somebody confirms by hand."""

    subject = forms.CharField(max_length=760, required=False)
    on = forms.DateField()
    note = forms.CharField(max_length=2000)
    link = forms.CharField(max_length=500, required=False)


class UseReviewForm(forms.Form):
    """A use of break-glass was looked at."""

    session = forms.CharField(max_length=128)
    outcome = forms.CharField(max_length=1000)
    added = forms.CharField(max_length=320, required=False)


class DrillForm(forms.Form):
    """A test user was added in the identity provider, or removed. Times are UTC."""

    kind = forms.ChoiceField(choices=ScimDrill.KINDS)
    user = forms.CharField(max_length=320)
    started_at = forms.DateTimeField()
    reason = forms.CharField(max_length=1000)
