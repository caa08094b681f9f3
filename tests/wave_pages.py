"""A wave of one person, who may be cut over, and its pages as a lead sees them."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from migrations_plan.actions.plans import handing_out
from migrations_plan.models import Assessment, Handout
from tests import builders
from tests.forecasts import text
from tests.ready import World
from tests.waves import a_handout, a_plan, a_wave, asked


class Cut(World):
    """Ana is ready, and in a wave; her credentials were read user by user."""

    def __init__(self, environment="dev", **more):
        super().__init__(**more)
        self.account.environment = environment
        self.account.save()
        self.user.attached_policies = []
        self.user.save()
        asked(self.user, self.now - timedelta(minutes=20))
        self.lead = builders.portal_user("lead")
        self.other = builders.portal_user("lead")
        self.plan = a_plan(starts_on=self.now.date())
        self.wave = a_wave(self.plan, self.person)
        self.judged()

    def hand_out(self, **more):
        values = {"by": self.lead, "wave": self.wave, "reason": "Day four.", "now": self.now}
        return handing_out.hand_out(**(values | more))

    def approve(self, handout, **more):
        values = {"by": self.other, "handout": handout, "reason": "Read.", "now": self.now}
        handing_out.approve(**(values | more))

    def started(self, handout, **more):
        values = {
            "by": self.lead,
            "handout": handout,
            "at": self.now,
            "reason": "",
            "now": self.now,
        }
        return handing_out.started(**(values | more))


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
