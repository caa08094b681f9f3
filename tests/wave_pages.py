"""A wave of one person, who may be cut over, and its pages as a lead sees them."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from migrations_plan.models import Assessment, Handout
from tests import builders
from tests.forecasts import text
from tests.migrations_plan.test_handing_out import Cut
from tests.waves import a_handout, asked


class Page:
    """A lead and what they see of a wave."""

    def __init__(self, cut):
        self.cut = cut
        self.lead = builders.signed_in("lead")
        self.other = builders.signed_in("lead")
        self.args = [cut.plan.pk, cut.wave.pk]

    def url(self, name, *more):
        return reverse(name, args=[*self.args, *more])

    def get(self, name="plan-cutover", client=None):
        answer = (client or self.lead).get(self.url(name))
        assert answer.status_code == 200
        return text(answer)

    def post(self, name, *more, client=None, **values):
        return (client or self.lead).post(self.url(name, *more), values, follow=True)

    def hand_out(self):
        self.post("plan-hand-out", reason="Day four.")
        return Handout.objects.latest("pk")


def now_cut(environment="dev"):
    """As tests.ready has it, and judged as of now: pages look at the clock."""
    return Cut(environment, now=timezone.now())


def ready(page):
    """Whatever the hour is, every gate is ready."""
    Assessment.objects.update(verdict="ready", stale_after=None)
    return page


def ran(page, hours=1, **more):
    at = timezone.now() - timedelta(hours=hours)
    return a_handout(page.cut.wave, page.cut.user, ran_at=at, **more)


def read_since(page, **keys):
    """Everything is read again, with the user as the script leaves it, or not."""
    cut, now = page.cut, timezone.now()
    builders.read_everything(cut.account, at=now - timedelta(minutes=1))
    asked(cut.user, now - timedelta(minutes=1))
    cut.user.attached_policies = ["arn:aws:iam::aws:policy/AWSDenyAll"]
    cut.user.save()
    cut.key.status = keys.get("status", "Inactive")
    cut.key.save()
