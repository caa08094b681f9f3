"""What belongs to the old path itself, and what AWS refused over it: no cutover loses either."""

from collections.abc import Collection

from migrations_plan.policy.needs import Needed

SIGN_IN_SOURCE = "signin.amazonaws.com"
# Codes by which services say that a policy refused a call.
REFUSALS = frozenset(
    {
        "accessdenied",
        "accessdeniedexception",
        "authorizationerror",
        "authorizationerrorexception",
        "forbidden",
        "forbiddenexception",
        "notauthorized",
        "notauthorizedexception",
        "unauthorizedaccess",
        "unauthorizedexception",
        "unauthorizedoperation",
    }
)
# What an IAM user does to itself. Somebody in Identity Center has none of these to care for.
OWN_CREDENTIALS = frozenset(
    f"iam:{name}"
    for name in (
        "CreateAccessKey", "DeleteAccessKey", "UpdateAccessKey", "ListAccessKeys",
        "GetAccessKeyLastUsed", "GetLoginProfile", "UpdateLoginProfile", "GetUser",
        "ListMFADevices", "EnableMFADevice", "DeactivateMFADevice", "ResyncMFADevice",
        "ListSigningCertificates", "UploadSigningCertificate", "UpdateSigningCertificate",
        "DeleteSigningCertificate", "ListSSHPublicKeys", "GetSSHPublicKey", "UploadSSHPublicKey",
        "UpdateSSHPublicKey", "DeleteSSHPublicKey", "CreateServiceSpecificCredential",
        "ListServiceSpecificCredentials", "ResetServiceSpecificCredential",
        "UpdateServiceSpecificCredential", "DeleteServiceSpecificCredential",
    )
)  # fmt: skip
OWN_PASSWORD = "iam:ChangePassword"  # noqa: S105 - an action, not a password

SIGNS_IN = "Signing in to the old path itself: after the cutover Identity Center does it."
LONG_TERM = (
    "{} is refused to every role session; after the cutover Identity Center gives the session."
)
OWN = "{} on one's own IAM user: there is no IAM user to care for after the cutover."
WHOSE = (
    "Unknown: the log does not say on whose IAM user {} was called; on one's own it is not needed."
)


def is_refusal(error: str) -> bool:
    """Whether an errorCode says that AWS refused the call for lack of a right."""
    return error.rpartition(".")[2].lower() in REFUSALS


def not_needed(event_source: str, needed: Needed | None) -> str:
    """Why a call is not needed after the cutover, whatever it was made on; '' when it may be."""
    if event_source.lower() == SIGN_IN_SOURCE:
        return SIGNS_IN
    if needed is None:
        return ""
    if needed.never_by_roles:
        return LONG_TERM.format(needed.actions[0] if needed.actions else "sts:GetSessionToken")
    if OWN_PASSWORD in needed.actions:
        return OWN.format(OWN_PASSWORD)
    return ""


def own_user(action: str, resource: str | None, own_arns: Collection[str]) -> str:
    """Why a call on a resource is not needed, because the resource is the caller's own IAM user."""
    return OWN.format(action) if action in OWN_CREDENTIALS and resource in own_arns else ""
