"""What the journal's actions are called on pages. An action without words here is shown as its own
name with spaces, which a test does not allow for any that the code writes."""

ACTIONS = {
    "acknowledge-finding": "Acknowledged a finding",
    "ask-access": "Asked for access",
    "collect-now": "Asked for a collection",
    "confirm-target": "Confirmed target access",
    "decide-access": "Decided a request for access",
    "declare-class": "Declared what an IAM user is used as",
    "end-waiver": "Took back a waiver",
    "link-iam-user": "Confirmed an owner",
    "override-environment": "Set an environment by hand",
    "recompute-scenario": "Answered a scenario again",
    "reject-owner": "Rejected a suggested owner",
    "remove-target": "Took back target access",
    "retry-logs": "Put log objects back on the work list",
    "review-permission-set": "Reviewed a permission set",
    "save-scenario": "Saved a scenario",
    "set-thresholds": "Changed the thresholds",
    "set-up-lead": "Set up the first lead",
    "take-back-declaration": "Took back a declaration",
    "unacknowledge-finding": "Took back an acknowledgement",
    "unlink-iam-user": "Took back an owner",
    "unreject-owner": "Took back a rejection",
    "waive-gate": "Waived a gate",
}


def words(action: str) -> str:
    """'Confirmed an owner' for 'link-iam-user'."""
    return ACTIONS.get(action) or action.replace("-", " ").capitalize()
