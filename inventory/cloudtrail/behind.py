"""Who is behind a session: how sessions are told apart, and what a later finding changes. Pure."""

from inventory.cloudtrail.records import Actor, Path

HALF = 2


def resolved(pending: Actor, behind: Actor) -> Actor:
    """The actor of a session, now that it is known (better) who is behind the session.

    behind: the IAM user or root, the Identity Center user, or the workload. The session key stays
    while even that is only half known, so that the counts can move once more.
    """
    if behind.user_id:
        return pending._replace(
            path=Path.NEW,
            arn=behind.arn,
            user_id=behind.user_id,
            identity_store_arn=behind.identity_store_arn,
            session_key="",
        )
    if behind.path == Path.NEW:
        return pending._replace(path=Path.NEW, arn=behind.arn or pending.arn)
    if pending.path == Path.NEW:
        return pending
    if behind.path in (Path.OLD, Path.ROOT):
        return pending._replace(
            path=behind.path,
            arn=behind.arn,
            principal_id=behind.principal_id,
            account_id=behind.account_id,
            user_name=behind.user_name,
            session_key="" if behind.arn.startswith("arn:") else pending.session_key,
        )
    if behind.path == Path.WORKLOAD:
        return pending._replace(path=Path.WORKLOAD, arn=pending.role_arn, session_key="")
    return pending


def certainty(behind: Actor | None) -> int:
    """How much a claim about who is behind a session is worth: the larger is believed, whatever
    was read first. Up to HALF more may come; an Identity Center user named by the session itself
    is above whoever made it."""
    if behind is None:
        return 0
    if behind.user_id:
        return 5
    if behind.path in (Path.OLD, Path.ROOT):
        return 4 if behind.arn.startswith("arn:") else HALF
    return {Path.WORKLOAD: 3, Path.NEW: 1}.get(behind.path, 0)
