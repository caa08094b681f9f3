"""What people do in a plan that is played: administrators in AWS and in the directory, and whoever
sits before a browser."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import cached_property
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page

from inventory.sample_org.constants import ADMIN_CREDENTIALS
from tests.journeys.browsed import browsed
from tests.journeys.played import A_WHILE, Played, Row

LEAD = "lead@example.com"
COOKIE = "portal_session"
RETRIES = 9


class Administrator:
    """Of the organization: what a person does in AWS's console and in the identity provider."""

    def __init__(self, world: Played) -> None:
        self.world, organization = world, world.organization
        # Identity Center's administration takes some calls a second only.
        self.sso = organization.client("sso-admin", ADMIN_CREDENTIALS, retries=RETRIES)
        self.store = organization.admin_client("identitystore")
        self.organizations = organization.admin_client("organizations")
        instance = self.sso.list_instances()["Instances"][0]
        self.instance = {"InstanceArn": instance["InstanceArn"]}
        self.directory = {"IdentityStoreId": instance["IdentityStoreId"]}

    def iam(self, arn: str) -> tuple[Any, str]:
        """A client of the user's account, and the user's name."""
        return self.world.organization.admin_client("iam", arn.split(":")[4]), arn.split("/")[-1]

    def user_id(self, name: str) -> str:
        pages = self.store.get_paginator("list_users").paginate(**self.directory)
        users = [user for page in pages for user in page["Users"]]
        return next(str(one["UserId"]) for one in users if one["UserName"] == name)

    def group_id(self, name: str) -> str:
        pages = self.store.get_paginator("list_groups").paginate(**self.directory)
        groups = [group for page in pages for group in page["Groups"]]
        return next(str(one["GroupId"]) for one in groups if one["DisplayName"] == name)

    def add_user(self, name: str, group: str) -> None:
        """As SCIM does it: with an id of the identity provider, and in a group."""
        made = self.store.create_user(
            **self.directory,
            UserName=name,
            DisplayName="Test of the directory",
            Name={"GivenName": "Test", "FamilyName": "Directory"},
            Emails=[{"Value": name, "Type": "work", "Primary": True}],
        )["UserId"]
        ids = [{"Issuer": "https://idp.example.com/scim", "Id": f"00u-{name}"}]
        self.store.update_user(
            **self.directory,
            UserId=made,
            Operations=[{"AttributePath": "externalIds", "AttributeValue": ids}],
        )
        self.store.create_group_membership(
            **self.directory, GroupId=self.group_id(group), MemberId={"UserId": made}
        )

    def join(self, name: str, group: str) -> None:
        """Somebody becomes a member of a group."""
        self.store.create_group_membership(
            **self.directory,
            GroupId=self.group_id(group),
            MemberId={"UserId": self.user_id(name)},
        )

    def remove_user(self, name: str) -> None:
        self.store.delete_user(**self.directory, UserId=self.user_id(name))

    @cached_property
    def sets(self) -> dict[str, str]:
        """ARNs of the permission sets by name."""
        found = {}
        for page in self.sso.get_paginator("list_permission_sets").paginate(**self.instance):
            for arn in page["PermissionSets"]:
                told = self.sso.describe_permission_set(**self.instance, PermissionSetArn=arn)
                found[told["PermissionSet"]["Name"]] = arn
        return found

    def mark_as_code(self) -> None:
        """The sets come from a repository from now on, and say so."""
        tag = {"Key": "managed-by", "Value": "terraform"}
        for arn in self.sets.values():
            self.sso.tag_resource(**self.instance, ResourceArn=arn, Tags=[tag])

    def grants(self, set_name: str, account: str) -> list[dict[str, Any]]:
        place = {"AccountId": account, "PermissionSetArn": self.sets[set_name]}
        listed = self.sso.list_account_assignments(**self.instance, **place)
        return list(listed["AccountAssignments"])

    def end_grants(self, set_name: str, account: str, kind: str) -> int:
        """Ends what goes to principals of a kind, USER or GROUP. How many."""
        found = [one for one in self.grants(set_name, account) if one["PrincipalType"] == kind]
        for one in found:
            self.sso.delete_account_assignment(
                **self.instance,
                PermissionSetArn=one["PermissionSetArn"],
                TargetId=account,
                TargetType="AWS_ACCOUNT",
                PrincipalType=kind,
                PrincipalId=one["PrincipalId"],
            )
        return len(found)

    def delete_iam_user(self, arn: str) -> None:
        """The user with everything that AWS wants to be gone first."""
        iam, name = self.iam(arn)
        for key in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]:
            iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
        for policy in iam.list_attached_user_policies(UserName=name)["AttachedPolicies"]:
            iam.detach_user_policy(UserName=name, PolicyArn=policy["PolicyArn"])
        for inline in iam.list_user_policies(UserName=name)["PolicyNames"]:
            iam.delete_user_policy(UserName=name, PolicyName=inline)
        for group in iam.list_groups_for_user(UserName=name)["Groups"]:
            iam.remove_user_from_group(UserName=name, GroupName=group["GroupName"])
        for device in iam.list_mfa_devices(UserName=name)["MFADevices"]:
            iam.deactivate_mfa_device(UserName=name, SerialNumber=device["SerialNumber"])
        for key in iam.list_ssh_public_keys(UserName=name)["SSHPublicKeys"]:
            iam.delete_ssh_public_key(UserName=name, SSHPublicKeyId=key["SSHPublicKeyId"])
        for one in iam.list_signing_certificates(UserName=name)["Certificates"]:
            iam.delete_signing_certificate(UserName=name, CertificateId=one["CertificateId"])
        kept = iam.list_service_specific_credentials(UserName=name)
        for one in kept["ServiceSpecificCredentials"]:
            iam.delete_service_specific_credential(
                UserName=name, ServiceSpecificCredentialId=one["ServiceSpecificCredentialId"]
            )
        self.end_password(arn)
        iam.delete_user(UserName=name)

    def end_password(self, arn: str) -> None:
        """If there is one."""
        iam, name = self.iam(arn)
        with suppress(iam.exceptions.NoSuchEntityException):
            iam.delete_login_profile(UserName=name)

    def guard(self, name: str, text: str) -> None:
        """A service control policy on the root: every unit and account below has it."""
        made = self.organizations.create_policy(
            Name=name, Description=name, Content=text, Type="SERVICE_CONTROL_POLICY"
        )["Policy"]["PolicySummary"]["Id"]
        root = self.organizations.list_roots()["Roots"][0]["Id"]
        self.organizations.attach_policy(PolicyId=made, TargetId=root)


class Office:
    """People before the portal's pages, at the instant of a story."""

    def __init__(self, browser: Browser, world: Played) -> None:
        self.browser, self.world = browser, world
        self.errors: list[str] = []

    @contextmanager
    def open(self, *names: str) -> Iterator[dict[str, Page]]:
        """A page of each of these people, signed in, at the portal's first address."""
        asked = listed({"name": name} for name in names)
        cookies = {row["name"]: row["session"] for row in self.world.rows("enter", asked)}
        with browsed(self.world.env, self.world.now) as address:
            pages = {name: self._page(address, cookies[name]) for name in names}
            yield pages
            for page in pages.values():
                page.context.close()
        # What was asked for in a page is due by the portal's next command, whose clock stands.
        self.world.now += A_WHILE

    def _page(self, address: str, session: str) -> Page:
        context = self.browser.new_context(
            base_url=address, timezone_id="UTC", locale="en-GB", accept_downloads=True
        )
        context.add_cookies([{"name": COOKIE, "value": session, "url": address}])
        page = context.new_page()
        page.set_default_timeout(timedelta(minutes=2) / timedelta(milliseconds=1))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._heard)
        page.goto("/")
        return page

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(message.text)


def listed(rows: Iterable[Row]) -> str:
    """Rows as a command of the portal takes them."""
    return json.dumps(list(rows))


def press(page: Page, button: str, **filled: str) -> str:
    """Fills fields by their labels, presses a button, and gives what the next page says."""
    for label, text in filled.items():
        page.get_by_label(label).fill(text)
    page.get_by_role("button", name=button, exact=True).first.click()
    page.wait_for_load_state()
    return said(page)


def said(page: Page) -> str:
    """The text of the page, white space as one space."""
    return " ".join(page.locator("main").inner_text().split())
