"""People with everything that My access shows: their own, and nobody else's."""

from datetime import time, timedelta

from django.urls import reverse
from django.utils import timezone

from inventory.models import IdentityCenterInstance
from migrations_plan.actions.plans.making import drafted
from migrations_plan.models import Message, Plan, Wave, WaveMember
from tests import builders, plans


def instance():
    made = builders.run("identity_center")
    now = timezone.now()
    return IdentityCenterInstance.objects.create(
        run=made,
        first_seen_at=now,
        observed_at=now,
        changed_at=now,
        digest="0" * 64,
        instance_arn="arn:aws:sso:::instance/ssoins-1",
        identity_store_id="d-1",
        owner_account_id="1" * 12,
        region="eu-central-1",
    )


class Somebody:
    """A person with a group, a grant, an IAM user with a key, and a sign-in."""

    def __init__(self, name):
        self.name = name
        self.user = builders.store_user(f"{name}@example.com")
        self.group = builders.store_group(f"group-of-{name}")
        builders.membership(self.group, self.user)
        self.account = builders.account(f"account-of-{name}")
        self.set = builders.permission_set(f"SetOf{name}")
        builders.assignment(self.account, self.set, self.group.group_id)
        self.old_account = builders.account(f"old-account-of-{name}")
        self.iam_user = builders.iam_user(f"iam-of-{name}", account=self.old_account, active_keys=1)
        self.key = builders.access_key(self.iam_user)
        self.person = builders.person(
            f"{name}@example.com", name=name, identity_center_user_id=self.user.user_id
        )
        builders.owner(self.iam_user, self.person)
        self.client = builders.signed_in("engineer", person=self.person)
        self.spoken = []

    def marks(self):
        """Everything by which one would know this person's data."""
        return [
            self.group.display_name,
            self.account.name,
            self.account.account_id,
            self.set.name,
            self.iam_user.user_name,
            self.old_account.name,
            self.key.access_key_id,
            self.user.email,
            *self.spoken,
        ]


def speak(somebody):
    """Everything that one can say of oneself, and be told."""
    post = somebody.client.post
    name = somebody.name
    key = {"access_key_id": somebody.key.access_key_id, "got_how": f"got-by-{name}"}
    need = {"account_id": somebody.old_account.account_id, "answer": "needed"}
    assert post(reverse("my-tested"), {"note": f"tested-by-{name}"}).status_code == 302
    assert post(reverse("my-key"), {**key, "place": "ci"}).status_code == 302
    assert post(reverse("my-account-need"), {**need, "note": f"for-{name}"}).status_code == 302
    in_wave(somebody.person, name)
    somebody.spoken = [f"got-by-{name}", f"tested-by-{name}", f"for-{name}", f"wave-of-{name}"]
    somebody.spoken += [f"subject-to-{name}", f"body-to-{name}"]


def in_wave(person, name, *, on=None, state="running", sent="sent"):
    """A plan with a wave for this person alone, and a message about it."""
    now = timezone.now()
    plan = Plan.objects.create(
        name=f"plan-{builders.number()}",
        template="x",
        state=state,
        starts_on=now.date(),
        time_zone="Europe/Berlin",
        cutover_at=time(18),
        contact="x",
        working_days=[0, 1, 2, 3, 4],
        content=drafted(plans.wanted())[0].as_json(),
        made_by="x",
        made_at=now,
    )
    day = on or now.date() + timedelta(days=3)
    wave = Wave.objects.create(plan=plan, name=f"wave-of-{name}", position=1, cutover_on=day)
    WaveMember.objects.create(plan=plan, wave=wave, kind="person", person=person)
    Message.objects.create(
        plan=plan,
        wave=wave,
        person=person,
        stage="test",
        channel="email",
        to=person.email,
        subject=f"subject-to-{name}",
        body=f"body-to-{name}",
        state=sent,
        queued_by="x",
        queued_at=now,
        sent_at=now if sent == "sent" else None,
    )
    return plan
