"""Who calls, in the logs made for benchmarks and property tests: sessions of each kind of identity,
with the events that hand their credentials out. Everything follows from the seed."""

import string
from datetime import datetime
from random import Random
from typing import Any

Event = dict[str, Any]
UPPER = string.ascii_uppercase + "234567"
SETS = ("ReadOnly", "PowerUser", "Billing", "ProductionReadOnly", "DataScience", "Admin")
ROLES = ("app-web", "app-worker", "etl", "github-deploy", "eks-node", "lambda-exec", "ops", "audit")
STORE = "arn:aws:identitystore::999999999999:identitystore/d-1234567890"
CLI = "aws-cli/2.{}.19 md/awscrt#0.31 ua/2.1 os/macos#25.1 lang/python#3.13 md/command#{}.{}"
AGENTS = (
    "Boto3/1.44.5 md/Botocore#1.44.5 ua/2.1 os/linux lang/python#3.12 cfg/retry-mode#standard",
    "APN/1.0 HashiCorp/1.0 Terraform/1.13.5 (+https://www.terraform.io) terraform-provider-aws/6.2",
    "aws-sdk-go-v2/1.39.2 os/linux lang/go#1.25.1 md/GOOS#linux md/GOARCH#amd64 api/s3#1.88.3",
    "aws-sdk-java/2.31.11 md/io#sync md/http#Apache ua/2.1 os/Linux lang/java#21.0.8",
)
BROWSER = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/{}.0 Safari/537"
)


class People:
    """The organisation: accounts, IAM users, Identity Center users, roles."""

    def __init__(
        self, random: Random, accounts: int = 24, users: int = 420, sso: int = 600
    ) -> None:
        self.random = random
        self.accounts = [f"{random.randrange(10**11, 10**12)}" for _ in range(accounts)]
        self.users = [self._user(number) for number in range(users)]
        self.sso = [(f"user{number}@example.com", self.uuid()) for number in range(sso)]
        self.role_ids = {(a, r): self.id("AROA") for a in self.accounts for r in (*ROLES, *SETS)}
        self.suffixes = {
            (a, s): f"{random.getrandbits(64):016x}" for a in self.accounts for s in SETS
        }

    def id(self, prefix: str) -> str:
        return prefix + "".join(self.random.choices(UPPER, k=16))

    def uuid(self) -> str:
        text = f"{self.random.getrandbits(128):032x}"
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-8{text[17:20]}-{text[20:]}"

    def _user(self, number: int) -> Event:
        account = self.random.choice(self.accounts)
        name = f"user.{number}" if number % 4 else f"svc-{number}"
        return {
            "type": "IAMUser",
            "principalId": self.id("AIDA"),
            "arn": f"arn:aws:iam::{account}:user/{name}",
            "accountId": account,
            "accessKeyId": self.id("AKIA"),
            "userName": name,
        }

    def role(self, account: str, name: str, session: str, key: str, at: datetime) -> Event:
        """A session of an ordinary role."""
        return _session(
            account, name, f"role/{name}", self.role_ids[account, name], session, key, at
        )

    def permission_set(
        self, account: str, name: str, session: str, key: str, at: datetime
    ) -> Event:
        """A session of a permission set's role."""
        role = f"AWSReservedSSO_{name}_{self.suffixes[account, name]}"
        path = f"role/aws-reserved/sso.amazonaws.com/eu-west-1/{role}"
        return _session(account, role, path, self.role_ids[account, name], session, key, at)


def _session(
    account: str, role: str, path: str, role_id: str, session: str, key: str, at: datetime
) -> Event:
    return {
        "type": "AssumedRole",
        "principalId": f"{role_id}:{session}",
        "arn": f"arn:aws:sts::{account}:assumed-role/{role}/{session}",
        "accountId": account,
        "accessKeyId": key,
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": role_id,
                "arn": f"arn:aws:iam::{account}:{path}",
                "accountId": account,
                "userName": role,
            },
            "webIdFederationData": {},
            "attributes": {"creationDate": f"{at:%Y-%m-%dT%H:%M:%SZ}", "mfaAuthenticated": "false"},
        },
    }


def handed_out(caller: Event, role_arn: str, session: str, key: str, name: str) -> Event:
    """The event of STS that hands out a role's credentials."""
    return {
        "userIdentity": caller,
        "eventSource": "sts.amazonaws.com",
        "eventName": name,
        "requestParameters": {"roleArn": role_arn, "roleSessionName": session},
        "responseElements": {
            "credentials": {"accessKeyId": key, "expiration": "Nov 10, 2026, 12:55:24 PM"},
            "assumedRoleUser": {
                "arn": role_arn.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/")
                + f"/{session}"
            },
        },
        "resources": [{"ARN": role_arn, "accountId": role_arn[13:25], "type": "AWS::IAM::Role"}],
    }
