"""Temporary credentials: which sessions events hand out or show in use, and who is behind them."""

from collections.abc import Mapping

from inventory.cloudtrail.behind import HALF, certainty
from inventory.cloudtrail.events import Caller, Event
from inventory.cloudtrail.identities import RESERVED_ROLE
from inventory.cloudtrail.networks import AWS, network
from inventory.cloudtrail.records import Actor, Credential, Path, Session, SessionKind

ACCOUNT_ACCESS = "account-access.amazonaws.com"
_KINDS = {
    "GetSessionToken": SessionKind.SESSION_TOKEN,
    "GetFederationToken": SessionKind.FEDERATION_TOKEN,
    "AssumeRoot": SessionKind.ROOT,
}
_USED_KINDS = {
    Credential.PERMISSION_SET: SessionKind.PERMISSION_SET,
    Credential.ROLE: SessionKind.ROLE,
}
# When two events disagree on what a session is, the earlier of these stands.
_ORDER = list(SessionKind)


def issued_session(event: Event) -> Session | None:
    """The session whose credentials the event handed out; None when it handed out none.

    Service-linked roles show by themselves that a service holds them, so theirs are left out.
    """
    issued = event.issued
    if issued is None or "/aws-service-role/" in issued.role_arn:
        return None
    role_name = (issued.arn.partition(":assumed-role/")[2] or issued.role_arn).split("/")[0]
    reserved = RESERVED_ROLE.fullmatch(role_name)
    session = Session(
        key=issued.access_key_id,
        kind=_KINDS.get(event.name, SessionKind.ROLE),
        started_at=event.time,
        account_id=_account_of(issued.role_arn or issued.arn) or event.account_id,
        issued=True,
        role_arn=issued.role_arn,
        network=network(event.ip),
        access_key_id=issued.access_key_id,
    )
    if reserved:
        session.kind = SessionKind.PERMISSION_SET
        session.permission_set = reserved[1]
    else:
        _add_maker(session, event.caller.actor, enhanced=issued.enhanced)
    return session


def _account_of(arn: str) -> str:
    return arn.split(":")[4] if arn.count(":") >= 5 else ""


def _add_maker(session: Session, maker: Actor, *, enhanced: bool) -> None:
    """Says who made the session, or by which other session that will be known."""
    if enhanced or (maker.path == Path.AWS and maker.arn == ACCOUNT_ACCESS):
        # Made for a user whom only the session's own events name.
        session.actor = Actor(Path.NEW, maker.kind, "")
        return
    session.issuer_key = maker.session_key
    if maker.user_id:
        session.actor = person(maker._replace(path=Path.NEW))
    elif maker.path == Path.AWS:
        session.actor = person(maker._replace(path=Path.WORKLOAD))
    elif maker.path in (Path.OLD, Path.ROOT, Path.NEW, Path.WORKLOAD):
        session.actor = person(maker)


def person(actor: Actor) -> Actor:
    """Who is behind, whatever the credential at the time."""
    path, kind, arn, principal_id, account_id, user_name, *_, user_id, store, _role, _key = actor
    return Actor(
        path,
        kind,
        arn,
        principal_id,
        account_id,
        user_name,
        user_id=user_id,
        identity_store_arn=store,
    )


def used_session(caller: Caller) -> Session:
    """The session that a caller with a session_key is in. started_at: '' when CloudTrail does not
    say when it was made."""
    actor = caller.actor
    return Session(
        key=caller.session_key,
        kind=_USED_KINDS.get(actor.credential, SessionKind.ROOT),
        started_at=caller.started_at,
        account_id=actor.account_id,
        actor=person(actor),
        permission_set=actor.permission_set,
        role_arn=actor.role_arn,
        access_key_id="" if caller.session_key.startswith("c:") else caller.session_key,
    )


def merged(one: Session, other: Session) -> Session:
    """What two events tell about one session, in whatever order they were read."""
    issuer = max(one.issuer_key, other.issuer_key)
    return Session(
        key=one.key,
        kind=min(one.kind, other.kind, key=_ORDER.index),
        started_at=min(filter(None, (one.started_at, other.started_at)), default=""),
        account_id=max(one.account_id, other.account_id),
        actor=max(one.actor, other.actor, key=believed),
        issuer_key=issuer,
        issued=one.issued or other.issued,
        permission_set=max(one.permission_set, other.permission_set),
        role_arn=max(one.role_arn, other.role_arn, key=lambda arn: (len(arn), arn)),
        network=nearer(one.network, other.network),
        access_key_id=max(one.access_key_id, other.access_key_id),
    )


def believed(actor: Actor | None) -> tuple[int, tuple[str, ...]]:
    """Orders claims about who is behind a session, the best last; no two are equal."""
    return certainty(actor), tuple(actor or ())


def nearer(one: str, other: str) -> str:
    """Of two networks the one to show: a real one before AWS's own, before none."""
    return min(one, other, key=_nearness)


def _nearness(text: str) -> tuple[bool, bool, str]:
    return (text == "", text == AWS, text)


def who_is_behind(
    key: str, sessions: Mapping[str, Session], known: Mapping[str, Actor]
) -> Actor | None:
    """Follows a session to whoever made it, through chains of any length; None when not known.

    sessions: of the events at hand. known: what was known before, of any session.
    """
    best: Actor | None = None
    passed = set()
    while key and key not in passed:
        passed.add(key)
        session = sessions.get(key)
        claims = (best, known.get(key), session.actor if session else None)
        best = max(claims, key=believed)
        if session is None or certainty(best) > HALF:
            break
        key = session.issuer_key
    return best
