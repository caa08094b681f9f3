"""What the journal's actions are called on pages. An action without words here is shown as its own
name with spaces, which a test does not allow for any that the code writes."""

ACTIONS = {
    "acknowledge-finding": "Acknowledged a finding",
    "add-plan-item": "Added an item to a plan",
    "add-wave": "Added a wave",
    "ask-access": "Asked for access",
    "bind-exception": "Set the terms of an exception",
    "cancel-plan": "Cancelled a plan",
    "collect-now": "Asked for a collection",
    "confirm-target": "Confirmed target access",
    "decide-access": "Decided a request for access",
    "decide-workload": "Decided what takes the place of a program's key",
    "declare-class": "Declared what an IAM user is used as",
    "edit-plan": "Changed a plan",
    "end-waiver": "Took back a waiver",
    "finish-plan": "Closed a finished plan",
    "link-iam-user": "Confirmed an owner",
    "make-plan": "Made a plan",
    "move-wave": "Moved a wave",
    "override-environment": "Set an environment by hand",
    "pause-plan": "Paused a plan",
    "put-into-wave": "Put into a wave",
    "recompute-scenario": "Answered a scenario again",
    "reject-owner": "Rejected a suggested owner",
    "remove-plan-item": "Left an item out of a plan",
    "remove-target": "Took back target access",
    "remove-wave": "Removed a wave",
    "resume-plan": "Went on with a plan",
    "retry-logs": "Put log objects back on the work list",
    "review-permission-set": "Reviewed a permission set",
    "save-scenario": "Saved a scenario",
    "set-thresholds": "Changed the thresholds",
    "set-up-lead": "Set up the first lead",
    "shift-plan": "Shifted a plan",
    "take-back-declaration": "Took back a declaration",
    "take-back-tick": "Took back a confirmation",
    "take-out-of-wave": "Took out of a wave",
    "tick-item": "Confirmed an item of a plan",
    "unacknowledge-finding": "Took back an acknowledgement",
    "unlink-iam-user": "Took back an owner",
    "unreject-owner": "Took back a rejection",
    "waive-gate": "Waived a gate",
}


def words(action: str) -> str:
    """'Confirmed an owner' for 'link-iam-user'."""
    return ACTIONS.get(action) or action.replace("-", " ").capitalize()
