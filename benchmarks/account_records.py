"""Records of one account of a made-up world, as the sources that are read per account give them."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from benchmarks.worlds import Size
from inventory.records import (
    AccessKeyRecord,
    AccountSummaryRecord,
    CredentialReportRowRecord,
    Document,
    IamGroupRecord,
    IamPolicyRecord,
    IamRoleRecord,
    IamUserRecord,
    IdentityProviderRecord,
    LoginProfileRecord,
    MfaDeviceRecord,
    Record,
    ServiceSpecificCredentialRecord,
    SshPublicKeyRecord,
)

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
SERVICES = ("s3", "ec2", "sts", "lambda", "dynamodb", "kms", "logs")
REGIONS = ("eu-central-1", "us-east-1", "eu-west-1")
FIRST_NAMES = ("ana", "bo", "chen", "dia", "eli", "fay", "gus", "hana", "ivo", "jun", "kim", "lea")
TEAMS = ("payments", "search", "data", "platform", "mobile", "growth", "security", "billing")
ROOT = "<root_account>"
GROUPS = ("Administrators", "Developers", "Operators", "Billing", "ReadOnly")


def account_id_of(index: int) -> str:
    """Twelve digits that no other index has."""
    return f"{100_000_000_000 + index * 7_919:012d}"


def statement(effect: str, action: str | list[str], resource: str = "*") -> Document:
    """A policy document with one statement."""
    one = {"Effect": effect, "Action": action, "Resource": resource}
    return {"Version": "2012-10-17", "Statement": [one]}


@dataclass
class AccountRecords:
    """The records of one account by source name; dates are counted back from `at`."""

    size: Size
    index: int
    at: datetime
    by_source: dict[str, list[Record]] = field(default_factory=dict)
    user_names: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.account_id = account_id_of(self.index)
        self.chance = random.Random(f"{self.size.seed}:{self.index}")
        self._shared()
        for number in range(self.size.users_in(self.index)):
            self._user(number)
        self._root_row()

    def add(self, source: str, record: Record) -> None:
        self.by_source.setdefault(source, []).append(record)

    def days(self, most: int, least: int = 1) -> datetime:
        """A moment between so many days ago, on a whole second as AWS gives it."""
        days, seconds = self.chance.randint(least, most), self.chance.randrange(86_400)
        back = timedelta(days=days, seconds=seconds)
        return (self.at - back).replace(microsecond=0)

    def maybe(self, share: float) -> bool:
        return self.chance.random() < share

    def arn(self, kind: str, name: str) -> str:
        return f"arn:aws:iam::{self.account_id}:{kind}/{name}"

    def _shared(self) -> None:
        for name in GROUPS:
            self.add("authorization_details", self._group(name))
        for number in range(10):
            self.add("authorization_details", self._role(f"service-{number}"))
        policies = (
            (ADMINISTRATOR, "AdministratorAccess", statement("Allow", "*")),
            (READ_ONLY, "ReadOnlyAccess", statement("Allow", ["s3:Get*", "ec2:Describe*"])),
            *(self._own_policy(number) for number in range(4)),
        )
        for arn, name, document in policies:
            self.add("authorization_details", self._policy(arn, name, document))
        self.add("account_summary", self._summary())
        self.add("identity_providers", self._provider())

    def _own_policy(self, number: int) -> tuple[str, str, Document]:
        name = f"team-policy-{number}"
        actions = [f"{service}:*" for service in self.chance.sample(SERVICES, 3)]
        return self.arn("policy", name), name, statement("Allow", actions)

    def _group(self, name: str) -> IamGroupRecord:
        attached = (ADMINISTRATOR,) if name == "Administrators" else (READ_ONLY,)
        return IamGroupRecord(
            account_id=self.account_id,
            arn=self.arn("group", name),
            group_id=f"AGPA{self.index:06d}{name.upper()}",
            group_name=name,
            path="/",
            created_at=self.days(1500, 400),
            attached_policies=attached,
            inline_policies={},
        )

    def _role(self, name: str) -> IamRoleRecord:
        used = self.days(300) if self.maybe(0.7) else None
        return IamRoleRecord(
            account_id=self.account_id,
            arn=self.arn("role", name),
            role_id=f"AROA{self.index:06d}{name.upper()}",
            role_name=name,
            path="/",
            created_at=self.days(1500, 400),
            trust_policy=statement("Allow", "sts:AssumeRole", ""),
            attached_policies=(READ_ONLY,),
            inline_policies={},
            permissions_boundary=None,
            tags={"team": self.chance.choice(TEAMS)},
            last_used_at=used,
            last_used_region=REGIONS[0] if used else None,
        )

    def _policy(self, arn: str, name: str, document: Document) -> IamPolicyRecord:
        return IamPolicyRecord(
            account_id=self.account_id,
            arn=arn,
            policy_name=name,
            path="/",
            aws_managed=":aws:policy/" in arn,
            default_version_id="v1",
            document=document,
            attachment_count=3,
            created_at=self.days(1500, 400),
            updated_at=self.days(399),
        )

    def _summary(self) -> AccountSummaryRecord:
        return AccountSummaryRecord(
            account_id=self.account_id,
            alias=f"acme-{self.index:03d}",
            root_mfa_enabled=self.maybe(0.9),
            root_access_keys_present=self.maybe(0.03),
            root_signing_certificates_present=False,
            root_password_present=True,
            summary={"Users": self.size.users_in(self.index), "Groups": len(GROUPS), "Roles": 10},
        )

    def _provider(self) -> IdentityProviderRecord:
        return IdentityProviderRecord(
            account_id=self.account_id,
            arn=self.arn("oidc-provider", "token.actions.example.com"),
            provider_type="oidc",
            url="token.actions.example.com",
            client_ids=("sts.amazonaws.com",),
            created_at=self.days(900, 300),
            valid_until=None,
        )

    def _user(self, number: int) -> None:
        name = f"{self.chance.choice(FIRST_NAMES)}.{self.chance.choice(TEAMS)}.{number:03d}"
        self.user_names.append(name)
        created = self.days(1400, 30)
        self.add("authorization_details", self._iam_user(name, number, created))
        slots = range(self.chance.choice((0, 1, 1, 2)))
        keys = [self._key(name, number, slot, created) for slot in slots]
        password, mfa = self.maybe(0.7), self.maybe(0.5)
        for key in keys:
            self.add("access_keys", key)
        if password:
            self.add("login_profiles", self._profile(name, created))
        if mfa:
            self.add("mfa_devices", self._mfa(name, created))
        if self.maybe(0.05):
            self.add("ssh_public_keys", self._ssh_key(name, number))
        if self.maybe(0.03):
            self.add("service_specific_credentials", self._service_credential(name, number))
        row = self._report_row(name, created, password=password, mfa=mfa, keys=keys)
        self.add("credential_report", row)

    def _iam_user(self, name: str, number: int, created: datetime) -> IamUserRecord:
        groups = tuple(sorted(self.chance.sample(GROUPS, self.chance.randint(0, 2))))
        inline = {"own-bucket": statement("Allow", "s3:*", f"arn:aws:s3:::{name}/*")}
        return IamUserRecord(
            account_id=self.account_id,
            arn=self.arn("user", name),
            user_id=f"AIDA{self.index:06d}{number:010d}",
            user_name=name,
            path="/",
            created_at=created,
            groups=groups,
            attached_policies=(ADMINISTRATOR,) if self.maybe(0.15) else (),
            inline_policies=inline if self.maybe(0.1) else {},
            permissions_boundary=None,
            tags={"email": f"{name}@example.com"} if self.maybe(0.6) else {},
        )

    def _key(self, name: str, number: int, slot: int, created: datetime) -> AccessKeyRecord:
        used = self.days(200) if self.maybe(0.8) else None
        return AccessKeyRecord(
            account_id=self.account_id,
            user_name=name,
            access_key_id=f"AKIA{self.index:06d}{number:08d}{slot:02d}",
            status="Active" if self.maybe(0.9) else "Inactive",
            created_at=max(created, self.days(1300, 10)),
            last_used_read=True,
            last_used_at=used,
            last_used_service=self.chance.choice(SERVICES) if used else None,
            last_used_region=self.chance.choice(REGIONS) if used else None,
        )

    def _profile(self, name: str, created: datetime) -> LoginProfileRecord:
        return LoginProfileRecord(
            account_id=self.account_id,
            user_name=name,
            created_at=created,
            password_reset_required=False,
        )

    def _mfa(self, name: str, created: datetime) -> MfaDeviceRecord:
        return MfaDeviceRecord(
            account_id=self.account_id,
            user_name=name,
            serial_number=self.arn("mfa", name),
            enabled_at=created,
        )

    def _ssh_key(self, name: str, number: int) -> SshPublicKeyRecord:
        return SshPublicKeyRecord(
            account_id=self.account_id,
            user_name=name,
            ssh_public_key_id=f"APKA{self.index:06d}{number:010d}",
            status="Active",
            uploaded_at=self.days(700),
        )

    def _service_credential(self, name: str, number: int) -> ServiceSpecificCredentialRecord:
        return ServiceSpecificCredentialRecord(
            account_id=self.account_id,
            user_name=name,
            credential_id=f"ACCA{self.index:06d}{number:010d}",
            service_name="codecommit.amazonaws.com",
            status="Active",
            created_at=self.days(700),
            expires_at=None,
        )

    def _report_row(
        self,
        name: str,
        created: datetime | None,
        *,
        password: bool,
        mfa: bool,
        keys: list[AccessKeyRecord],
    ) -> CredentialReportRowRecord:
        first, second = [*keys, None, None][:2]
        return CredentialReportRowRecord(
            account_id=self.account_id,
            arn=self.arn("user", name) if name != ROOT else f"arn:aws:iam::{self.account_id}:root",
            user_name=name,
            user_created_at=created,
            password_enabled=password,
            password_last_used_at=self.days(400) if password and self.maybe(0.8) else None,
            password_last_changed_at=self.days(600) if password else None,
            password_next_rotation_at=None,
            mfa_active=mfa,
            access_key_1_active=first is not None and first.status == "Active",
            access_key_1_last_rotated_at=first.created_at if first else None,
            access_key_1_last_used_at=first.last_used_at if first else None,
            access_key_1_last_used_region=first.last_used_region if first else None,
            access_key_1_last_used_service=first.last_used_service if first else None,
            access_key_2_active=second is not None and second.status == "Active",
            access_key_2_last_rotated_at=second.created_at if second else None,
            access_key_2_last_used_at=second.last_used_at if second else None,
            access_key_2_last_used_region=second.last_used_region if second else None,
            access_key_2_last_used_service=second.last_used_service if second else None,
            cert_1_active=False,
            cert_1_last_rotated_at=None,
            cert_2_active=False,
            cert_2_last_rotated_at=None,
            words={"cert_1_last_rotated": "N/A", "cert_2_last_rotated": "N/A"},
            extra={},
        )

    def _root_row(self) -> None:
        row = self._report_row(
            ROOT, self.days(1600, 1500), password=True, mfa=self.maybe(0.9), keys=[]
        )
        self.add("credential_report", row)
