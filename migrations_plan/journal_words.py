"""What the journal's actions are called on pages. An action without words here is shown as its own
name with spaces, which a test does not allow for any that the code writes."""

ACTIONS = {
    "acknowledge-finding": "Acknowledged a finding",
    "collect-now": "Asked for a collection",
    "link-iam-user": "Confirmed an owner",
    "override-environment": "Set an environment by hand",
    "retry-logs": "Put log objects back on the work list",
    "review-permission-set": "Reviewed a permission set",
    "set-up-lead": "Set up the first lead",
    "unacknowledge-finding": "Took back an acknowledgement",
    "unlink-iam-user": "Took back an owner",
}


def words(action: str) -> str:
    """'Confirmed an owner' for 'link-iam-user'."""
    return ACTIONS.get(action) or action.replace("-", " ").capitalize()
