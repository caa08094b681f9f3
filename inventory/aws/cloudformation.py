"""CloudFormation templates of the portal's roles, as JSON (which CloudFormation takes as YAML).

cloudformation_template is for a StackSet with service-managed permissions: that reaches every
member account, new ones too, but not the management account. So management_template makes a
reader there as well.
"""

import json

from inventory.aws.permissions import MANAGEMENT_ROLE_NAME, READER_ROLE_NAME
from inventory.aws.policy_documents import (
    POLICY_VERSION,
    bucket_statements,
    management_policy,
    management_trust_policy,
    reader_policy,
    reader_trust_policy,
)
from inventory.records import Document

FORMAT = "2010-09-09"
# AWS lets an external id hold these signs; 16 of them cannot be guessed.
_EXTERNAL_ID: Document = {
    "Type": "String",
    "NoEcho": True,
    "MinLength": 16,
    "MaxLength": 1224,
    "AllowedPattern": "[\\w+=,.@:/-]+",
    "Description": "PORTAL_EXTERNAL_ID of the portal: a long random text of your own.",
}
_ROLE_NAME: Document = {
    "Type": "String",
    "Default": READER_ROLE_NAME,
    "AllowedPattern": "[\\w+=,.@-]{1,64}",
    "Description": "PORTAL_READER_ROLE_NAME of the portal; the same name in every account.",
}
_ROLE_ARN = "arn:aws[a-z-]*:iam::[0-9]{12}:role/.+"


def cloudformation_template() -> str:
    """The reader role of one account: the template of the StackSet."""
    template = _template(
        "Access Portal: the role that reads IAM in this account. It changes nothing.",
        {
            "ManagementRoleArn": {
                "Type": "String",
                "AllowedPattern": _ROLE_ARN,
                "Description": "ARN of the portal's role in the management account.",
            },
            "ExternalId": _EXTERNAL_ID,
            "RoleName": _ROLE_NAME,
        },
        {"Reader": _reader({"Ref": "ManagementRoleArn"}, {"Ref": "RoleName"})},
    )
    template["Outputs"] = {"ReaderRoleArn": {"Value": {"Fn::GetAtt": ["Reader", "Arn"]}}}
    return _text(template)


def management_template() -> str:
    """The management account's two roles: the portal's own, and the reader of this account."""
    template = _template(
        "Access Portal: the roles that read the organization and this account.",
        {
            "PortalPrincipalArn": {
                "Type": "String",
                "AllowedPattern": _ROLE_ARN,
                "Description": "ARN of the role that the portal's machines run as.",
            },
            "ExternalId": _EXTERNAL_ID,
            "ReaderRoleName": _ROLE_NAME,
            "TrailBucket": {
                "Type": "String",
                "Default": "",
                "Description": "Bucket of the organization trail; empty: logs are not read.",
            },
        },
        {
            "Portal": _portal(),
            "TrailBucketPolicy": _trail_bucket_policy(),
            "Reader": _reader({"Fn::GetAtt": ["Portal", "Arn"]}, {"Ref": "ReaderRoleName"}),
        },
    )
    template["Conditions"] = {
        "ReadsLogs": {"Fn::Not": [{"Fn::Equals": [{"Ref": "TrailBucket"}, ""]}]}
    }
    template["Outputs"] = {"ManagementRoleArn": {"Value": {"Fn::GetAtt": ["Portal", "Arn"]}}}
    return _text(template)


def _reader(management_role: Document, role_name: Document) -> Document:
    trust = reader_trust_policy("", "")
    statement = trust["Statement"][0]
    statement["Principal"] = {"AWS": management_role}
    statement["Condition"] = {"StringEquals": {"sts:ExternalId": {"Ref": "ExternalId"}}}
    return _role(role_name, "Access Portal reads IAM here.", trust, reader_policy())


def _portal() -> Document:
    trust = management_trust_policy("")
    trust["Statement"][0]["Principal"] = {"AWS": {"Ref": "PortalPrincipalArn"}}
    policy = management_policy(reader_role_name="${ReaderRoleName}", partition="${AWS::Partition}")
    for statement in policy["Statement"]:
        if "${" in statement["Resource"]:
            statement["Resource"] = {"Fn::Sub": statement["Resource"]}
    return _role(MANAGEMENT_ROLE_NAME, "Access Portal reads the organization.", trust, policy)


def _trail_bucket_policy() -> Document:
    statements = bucket_statements("${TrailBucket}", "${AWS::Partition}")
    for statement in statements:
        statement["Resource"] = {"Fn::Sub": statement["Resource"]}
    return {
        "Type": "AWS::IAM::RolePolicy",
        "Condition": "ReadsLogs",
        "Properties": {
            "PolicyName": "read-trail-bucket",
            "RoleName": {"Ref": "Portal"},
            "PolicyDocument": {"Version": POLICY_VERSION, "Statement": statements},
        },
    }


def _role(name: Document | str, description: str, trust: Document, policy: Document) -> Document:
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": name,
            "Description": description,
            "MaxSessionDuration": 3600,
            "AssumeRolePolicyDocument": trust,
            "Policies": [{"PolicyName": "read", "PolicyDocument": policy}],
        },
    }


def _template(description: str, parameters: Document, resources: Document) -> Document:
    return {
        "AWSTemplateFormatVersion": FORMAT,
        "Description": description,
        "Parameters": parameters,
        "Resources": resources,
    }


def _text(template: Document) -> str:
    return json.dumps(template, indent=2) + "\n"
