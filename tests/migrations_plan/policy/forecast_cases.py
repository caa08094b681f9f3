"""One call, one access, and what the forecast must say: verdict and words of its sentence."""

from migrations_plan.policy.serving import Caller
from tests.migrations_plan.policy.forecasting import (
    ACCOUNT,
    BUCKET,
    FULL,
    UNREAD,
    a_set,
    access,
    allow,
    call,
    deny,
    paper,
)

OWN = f"arn:aws:iam::{ACCOUNT}:user/ada"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/ops"
READER = a_set(paper(allow("s3:Get*"), name="read"))
DECIDED = {
    "an allow": (call(), access(READER), "allowed", "read allows s3:GetObject"),
    "no allow": (call("s3", "PutObject"), access(READER), "denied", "nothing in the identity"),
    "an explicit deny": (
        call(),
        access(a_set(paper(allow("*")), paper(deny("s3:*", Sid="NoS3"), name="stop"))),
        "denied",
        "(NoS3) of identity policy stop",
    ),
    "a boundary that lacks it": (
        call(),
        access(a_set(paper(allow("*")), boundary=paper(allow("ec2:*"), name="edge"))),
        "denied",
        "nothing in the permissions boundary",
    ),
    "a guardrail above": (
        call(),
        access(READER, scps=((FULL,), (FULL, paper(deny("s3:*"), name="NoStorage")))),
        "denied",
        "service control policy NoStorage at level 1",
    ),
    "a level of guardrails that lacks it": (
        call(),
        access(READER, scps=((FULL,), (paper(allow("ec2:*"), name="OnlyEc2"),))),
        "denied",
        "the service control policies of level 1",
    ),
    "the second of two sets": (
        call("s3", "PutObject"),
        access(READER, a_set(paper(allow("s3:*")), name="Writer")),
        "allowed",
        "Writer: allowed",
    ),
    "two sets that have half each": (
        call("lambda", "CreateFunction20150331", resources=()),
        access(
            a_set(paper(allow("lambda:*")), name="Makes"),
            a_set(paper(allow("iam:PassRole")), name="Passes"),
        ),
        "denied",
        "nothing in the identity policies allows iam:PassRole",
    ),
    "nothing assigned": (call(), access(), "denied", "Nothing is assigned in this account"),
    "assignments that were not read": (
        call(),
        access(unread="what is assigned is not known"),
        "unknown",
        "what is assigned is not known",
    ),
    "an event that maps to nothing": (
        call("unheardof", "DoThings"),
        access(a_set(FULL)),
        "unknown",
        "which IAM action unheardof:DoThings needs is not known",
    ),
    "a resource that was not recorded": (
        call(resources=()),
        access(a_set(paper(allow("s3:*", resource=f"{BUCKET}/*")))),
        "unknown",
        "hangs on the resource",
    ),
    "a resource that was not recorded, and does not matter": (
        call(resources=()),
        access(READER),
        "allowed",
        "",
    ),
    "a resource that was not recorded, and nothing allows the action": (
        call("s3", "PutObject", resources=()),
        access(READER),
        "denied",
        "",
    ),
    "a condition nobody can decide": (
        call(),
        access(a_set(paper(allow("s3:*", Condition={"StringEquals": {"aws:SourceVpc": "vpc-1"}})))),
        "unknown",
        "hangs on aws:SourceVpc",
    ),
    "a condition on the region": (
        call(),
        access(
            a_set(
                paper(
                    allow("s3:*", Condition={"StringEquals": {"aws:RequestedRegion": "us-east-1"}})
                )
            )
        ),
        "denied",
        "",
    ),
    "a policy that was not read": (
        call("s3", "PutObject"),
        access(a_set(paper(allow("s3:Get*")), UNREAD)),
        "unknown",
        "nobody knows what team-policy says: the account does not show it",
    ),
    "a policy that was not read beside an explicit deny": (
        call(),
        access(a_set(paper(deny("s3:*")), UNREAD)),
        "denied",
        "",
    ),
    "a boundary that was not read": (call(), access(a_set(FULL, boundary=UNREAD)), "unknown", ""),
    "guardrails that were not read": (call(), access(READER, scps=((UNREAD,),)), "unknown", ""),
    "guardrails that were not read, where nothing allows it": (
        call("s3", "PutObject"),
        access(READER, scps=((UNREAD,),)),
        "denied",
        "",
    ),
    "a document that is no policy": (
        call(),
        access(a_set(paper({"Effect": "Perhaps"}, name="odd"))),
        "unknown",
        "it cannot be read",
    ),
    "a call that needs no permission": (
        call("sts", "GetCallerIdentity", resources=()),
        access(READER),
        "allowed",
        "needs no permission",
    ),
    "what only some requests need": (
        call("ec2", "RunInstances", resources=()),
        access(a_set(paper(allow("ec2:*")))),
        "unknown",
        "also need iam:PassRole",
    ),
    "what only some requests need, and is given": (
        call("ec2", "RunInstances", resources=()),
        access(a_set(FULL)),
        "allowed",
        "",
    ),
    "a session for long-term credentials only": (
        call("sts", "GetSessionToken", resources=()),
        access(),
        "not-needed",
        "refused to every role session",
    ),
    "a sign-in of the old path": (
        call("signin", "ConsoleLogin", resources=()),
        access(READER),
        "not-needed",
        "Identity Center does it",
    ),
    "one's own password": (
        call("iam", "ChangePassword", resources=()),
        access(READER),
        "not-needed",
        "no IAM user to care for",
    ),
    "a key of one's own": (
        call("iam", "CreateAccessKey", resources=(OWN,)),
        access(READER),
        "not-needed",
        "one's own IAM user",
    ),
    "a key of somebody, nobody knows whose": (
        call("iam", "CreateAccessKey", resources=()),
        access(READER),
        "unknown",
        "does not say on whose IAM user",
    ),
    "a key of somebody else": (
        call("iam", "CreateAccessKey", resources=(f"{OWN}-2",)),
        access(READER),
        "denied",
        "",
    ),
    "a role whose trust is not known": (
        call("sts", "AssumeRole", resources=(f"{ROLE}-2",)),
        access(a_set(FULL)),
        "unknown",
        "the trust policy of the role",
    ),
    "a role that trusts the account": (
        call("sts", "AssumeRole", resources=(ROLE,)),
        access(a_set(FULL)),
        "allowed",
        "",
    ),
}
ADA = Caller(frozenset({OWN}), frozenset({(ROLE, ACCOUNT)}))
