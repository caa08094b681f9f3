"""Who did it, for each kind of userIdentity that AWS documents (samples.py names the pages)."""

import json

import pytest

from inventory.cloudtrail.reader import decode
from inventory.cloudtrail.records import Actor, Credential
from tests.inventory.cloudtrail import samples as given
from tests.inventory.cloudtrail.identity_cases import CASES


def read(record: given.Json) -> Actor:
    (event,) = decode(json.dumps({"Records": [record]}).encode()).events
    return event.caller.actor


@pytest.mark.parametrize("name", CASES)
def test_each_kind_of_identity_is_on_its_path(name):
    record, path, expected = CASES[name]

    actor = read(record)

    assert actor.path == path
    assert {field: getattr(actor, field) for field in expected} == expected


def test_mfa_of_a_permission_sets_session_changes_nothing():
    """mfaAuthenticated speaks of IAM users and root; of SSO sessions it is always false."""
    attributes = {"creationDate": given.STARTED, "mfaAuthenticated": "true"}
    with_mfa = given.permission_set(context={"attributes": attributes})
    assert read(given.event(with_mfa)) == read(given.event(given.permission_set()))


def test_the_same_identity_is_judged_by_where_it_calls():
    """Without a key the source decides: at signin it is the console, elsewhere a service's own."""
    record = given.iam_user("")
    at_signin = given.event(record, eventSource="signin.amazonaws.com", eventName="CheckMfa")
    elsewhere = given.event(record, eventSource="codecommit.amazonaws.com")

    assert read(elsewhere).credential == Credential.SERVICE_SPECIFIC
    assert read(at_signin).credential == Credential.CONSOLE
    assert read(elsewhere).credential == Credential.SERVICE_SPECIFIC


def test_no_role_session_name_reaches_an_ordinary_roles_actor():
    actors = {read(given.event(given.session("", name=f"run-{number}"))) for number in range(5)}
    assert len(actors) == 1
