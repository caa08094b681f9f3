"""What follows from facts follows at the end of the commands that bring them."""

import pytest
from django.core.management import call_command
from django.utils import timezone

from migrations_plan.models import AssessPass
from migrations_plan.passes import assessing
from tests.log_files import make_logs

pytestmark = pytest.mark.django_db


def test_an_import_of_logs_is_judged_at_once_however_slow_the_last_pass_was(tmp_path, capsys):
    assessing.assess_due(timezone.now())
    AssessPass.objects.update(seconds=100_000.0)

    call_command("import_cloudtrail", str(make_logs(3).write(tmp_path)))

    assert AssessPass.objects.get().seconds < 100_000


def test_an_import_that_brings_nothing_new_judges_nothing_again(tmp_path, capsys):
    folder = str(make_logs(3).write(tmp_path))
    call_command("import_cloudtrail", folder)
    # As if it had cost nothing: a pass that has to pay for itself first does not come again.
    AssessPass.objects.update(seconds=0)
    before = AssessPass.objects.get().at

    call_command("import_cloudtrail", folder)

    assert AssessPass.objects.get().at == before
