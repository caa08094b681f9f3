"""A cutover from the handing out to the late use, over a simulated organisation that is changed and
read over HTTP: by the very scripts with AWS's own CLI, or by the calls that they make."""

import subprocess
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from inventory import jobs
from inventory.models import AwsAccount, IamUser
from inventory.sample_org.process import SampleOrganization
from migrations_plan.actions.plans import handing_out
from migrations_plan.artefacts.cutover_kept import again
from migrations_plan.models import Assessment, Handout, IdentityClass, PersonState
from migrations_plan.passes import assessing
from migrations_plan.rules.readiness import GATES
from tests import builders, usage_rows
from tests.aws_cli import aws_cli_folder, cli_environment
from tests.cutover_drill import DENY_ALL, Drill, new_drill
from tests.faults.collecting import worker_for
from tests.forecasts import text
from tests.waves import a_plan, a_wave

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

DEV = "777788889999"


class Story:
    """An administrator with two keys, one of them active, and a password."""

    def __init__(self, organization, folder):
        self.organization, self.folder = organization, folder
        self.drill: Drill = new_drill(organization, folder, DEV, ("ana.old",))
        self.worker = worker_for(organization)
        self.lead = builders.signed_in("lead")
        jobs.request(now=timezone.now(), by="test", sources=["organization"])
        self.work()
        jobs.request(now=timezone.now(), by="test", account_ids=[DEV])
        self.work()
        AwsAccount.objects.filter(pk=DEV).update(environment="dev")
        self.user = IamUser.objects.get(account=DEV, user_name="ana.old")
        self.person = self._ready()
        self.plan = a_plan()
        self.wave = a_wave(self.plan, self.person)

    def work(self) -> None:
        while self.worker.work_one():
            pass

    def _ready(self):
        person = builders.person("ana@example.com", name="Ana")
        builders.owner(self.user, person)
        now = timezone.now()
        IdentityClass.objects.create(
            subject=self.user.arn, user_arn=self.user.arn, kind="human", judged="human", made_at=now
        )
        for gate in GATES:
            Assessment.objects.create(
                person=person, gate=gate.name, verdict="ready", sentence="It is so.", at=now,
                seen_at=now, day=now.date(),
            )  # fmt: skip
        return person

    def hand_out(self) -> Handout:
        made = handing_out.hand_out(
            by=self.lead.user, wave=self.wave, reason="Day four.", now=timezone.now()
        )
        for one in again(made.users, made.roles, made.scripts, made.as_of).values():
            (self.folder / one.name).write_bytes(one.text.encode())
        return made

    def by_script(self, kind: str) -> None:
        command = ["bash", str(self.folder / f"{kind}-wave-1-{DEV}.sh")]
        if kind != "verify":
            command.append("--apply")
        env = cli_environment(self.organization.endpoint, self.drill.credentials, self.folder)
        done = subprocess.run(
            command, env=env, capture_output=True, text=True, check=False, timeout=240
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def by_calls(self, kind: str) -> None:
        """What the script of this kind asks AWS for."""
        iam, name = self.drill.iam, "ana.old"
        (kept,) = Handout.objects.latest("pk").users
        if kind == "verify":
            assert {status for _, status in self.drill.keys(name)} == {"Inactive"}
            assert DENY_ALL in self.drill.policies(name)
            return
        if kind == "login-profiles":
            iam.delete_login_profile(UserName=name)
            return
        for key in kept["keys"]:
            status = "Active" if kind == "rollback" and key["active"] else "Inactive"
            iam.update_access_key(UserName=name, AccessKeyId=key["id"], Status=status)
        change = iam.attach_user_policy if kind == "cutover" else iam.detach_user_policy
        change(UserName=name, PolicyArn=DENY_ALL)

    def page(self, name="plan-watch") -> str:
        return str(text(self.lead.get(reverse(name, args=[self.plan.pk, self.wave.pk]))))

    def read_again(self, made: Handout) -> None:
        handing_out.look_again(by=self.lead.user, handout=made, now=timezone.now())
        self.work()


@pytest.fixture
def story(tmp_path, monkeypatch):
    with SampleOrganization.start("fourteen", tmp_path) as organization:
        for name, value in organization.environment().items():
            monkeypatch.setenv(name, value)
        yield Story(organization, tmp_path)


def whole_story(story: Story, run: Any) -> None:
    before = story.drill.state()
    made = story.hand_out()
    assert sorted(key["active"] for key in made.users[0]["keys"]) == [False, True]

    run("cutover")
    added = handing_out.started(
        by=story.lead.user, handout=made, at=timezone.now(), reason="", now=timezone.now()
    )
    assert added == 6
    assert "of 1 nobody knows yet" in story.page()
    story.work()
    assert "1 of 1 IAM user is off." in story.page()
    run("verify")

    active = next(key for key in made.users[0]["keys"] if key["active"])["id"]
    story.drill.iam.update_access_key(UserName="ana.old", AccessKeyId=active, Status="Active")
    story.read_again(made)
    body = story.page()
    assert "<strong>1 was missed</strong>" in body
    assert f"The key {active} is still active." in body

    run("rollback")
    assert story.drill.state() == before
    story.read_again(made)
    assert "AWSDenyAll is not attached." in story.page()

    run("cutover")
    story.read_again(made)
    assert "1 of 1 IAM user is off." in story.page()
    run("login-profiles")
    story.read_again(made)
    assert "<td>none</td>" in story.page()
    late_use(story)


def late_use(story: Story) -> None:
    """Two days later, when every session from before is over, the user is used."""
    now = timezone.now()
    assessing.assess(now, [story.person.pk])
    assert PersonState.objects.get(person=story.person).state == "disabled"
    later = now + timedelta(hours=40)
    used = usage_rows.used(usage_rows.actor_of(story.user), later.date(), hours={0: 1})
    type(used).objects.filter(pk=used.pk).update(first_at=later, last_at=later, succeeded_at=later)
    assessing.assess(later + timedelta(hours=1), [story.person.pk])

    assert PersonState.objects.get(person=story.person).state == "regressed"
    assert "used: reopened" in story.page()
    assert "0 of 1 disabled IAM user may be deleted" in story.page("plan-disabled")


def test_the_calls_of_the_scripts_cut_over_and_back_and_the_pages_say_so(story):
    whole_story(story, story.by_calls)


@pytest.mark.nightly
def test_the_scripts_cut_over_and_back_and_the_pages_say_so(story):
    aws_cli_folder()
    whole_story(story, story.by_script)
