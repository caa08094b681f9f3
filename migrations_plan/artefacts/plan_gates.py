"""The names of the gates that plans may hang on: each is true, false or unknown, from facts.

A gate of a person is judged by the readiness rules and named person:NAME here. The others are about
the organization or a wave; what each means stands beside its name, and it is unknown, never true,
until a rule judges it from a whole and fresh read.
"""

from collections.abc import Mapping

PERSON = "person:"

# The readiness gates of a person, in the words of migrations_plan/rules.
PERSON_GATES: Mapping[str, str] = {
    "owner": "somebody confirmed whose IAM users these are",
    "identity": "the person is in Identity Center and enabled",
    "assigned": "assigned in every account that they used or said they need",
    "forecast": "nothing that they used would be denied",
    "signed-in": "signed in to the access portal",
    "sso-console": "opened a console through SSO",
    "sso-cli": "used the command line through SSO, if they use it at all",
    "tools": "their tools are new enough to refresh a session",
    "workload": "no program works with their keys",
    "quiet": "their old path was quiet for as long as the plan says",
}

# Of the organization, of its settings, or of a wave.
FACT_GATES: Mapping[str, str] = {
    "administrators-known": "it is known of every IAM user whether it is an administrator",
    "assigned-by-groups": "no person is assigned directly, every grant goes to a group",
    "auditor-reads-everywhere": "the auditors' set only reads, and is assigned in every account",
    "break-glass-reviewed": "every use of break-glass was reviewed in time, with an outcome",
    "break-glass-set": "a short, marked break-glass permission set is there",
    "contacts-set": "the account has alternate contacts for billing and security",
    "data-events-known": "it is known of which services data events are logged",
    "disabled-decided": "of every disabled user it was decided: delete, keep with an end, or move",
    "exceptions-bound": "every exception has owner, end, rotation and a verified source address",
    "external-directory": "people in Identity Center come from an identity provider",
    "guardrail-proven": "every attack on the guardrail is denied in every member account",
    "identity-center-enabled": "Identity Center has an instance",
    "keys-gone": "the users of the wave have no access key",
    "keys-inactive": "no access key of the wave is active",
    "keys-read": "access keys were read in every account",
    "leavers-gone": "no credential of somebody who has left is active",
    "mixed-split": "no user is shared by a person and a program",
    "no-human-users": "no IAM user of a person is left, break-glass aside",
    "no-new-denials": "nothing was denied on the new path that should work",
    "no-production-write": "what should only read in production cannot write, by evaluation",
    "no-regressions": "no new user, password or key, and none awake again",
    "old-path-quiet": "no call came over the old path in the days that were wholly read",
    "one-exempt-role": "exactly as many roles are exempt from the guardrail as the plan says",
    "org-admins-few": "as few people hold the organization's administration as the plan says",
    "organization-read": "the organization and its accounts were read",
    "parallel-long-enough": "both ways were open for as long as the plan says",
    "passwords-gone": "no IAM user of the wave has a console password",
    "production-admin-on-call": "whoever is on call holds ProductionAdmin, by a group",
    "production-sets-reviewed": "every set in a production account has the reviewers it needs",
    "root-mfa": "the root user has a second factor, or no credentials",
    "root-no-key": "the root user has no access key",
    "root-unused": "the root user was not used lately",
    "scim-arrives": "a test user, or somebody lately, came into Identity Center by SCIM",
    "scim-leaves": "a removed test user opens nothing, and how long a session could live is known",
    "sessions-bounded": "no permission set gives a longer session than the plan says",
    "sets-as-code": "every permission set has a tag of code, or a review that names it",
    "sets-described": "there are permission sets, and their contents were read",
    "sets-reviewed": "every permission set was reviewed within the time that the plan says",
    "sets-scoped": "every permission set of the catalogue is assigned only where it belongs",
    "snapshot-kept": "a whole read of IAM is in the history of every account",
    "start-url-recorded": "the portal's start address is set",
    "statements-hold": "the seven statements held on every day of the period",
    "tails-quiet": "no session that began before the cutover can be alive any more",
    "tested": "everybody of the waves confirmed that the new access works",
    "told": "everybody of the waves was told when the old access ends",
    "trail-covers": "the log was wholly read for every account and day that counts",
    "users-denied": "everything is denied to every user of the wave",
    "users-mapped": "every IAM user has an owner, or is a program's, or an exception",
    "users-read": "IAM users were read in every account",
    "volunteer-signed-in": "somebody signed in through Identity Center and opened an account",
    "work-addresses": "every person's address is of one of the company's domains",
    "workload-policies-narrow": "no role of a program allows more than its use, wildcards aside",
    "workloads-moved": "no program works with a key, exceptions aside",
}


def known(name: str) -> bool:
    """Whether there is such a gate."""
    if name.startswith(PERSON):
        return name.removeprefix(PERSON) in PERSON_GATES
    return name in FACT_GATES


def meaning(name: str) -> str:
    """What is so when the gate is passed. Raises KeyError for a name that is none."""
    if name.startswith(PERSON):
        return PERSON_GATES[name.removeprefix(PERSON)]
    return FACT_GATES[name]
