# Access Portal: read-only roles for a whole AWS Organization. Generated; do not edit.
# Apply in the management account. StackSets need trusted access to the organization.

terraform {
  required_version = ">= 1.3"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

variable "portal_principal_arn" {
  description = "ARN of the role that the portal's machines run as."
  type        = string
}

variable "external_id" {
  description = "PORTAL_EXTERNAL_ID of the portal: a long random text of your own."
  type        = string
  sensitive   = true

  validation {
    condition     = can(regex("^[[:word:]+=,.@:/-]{16,1224}$", var.external_id))
    error_message = "The external id must have 16 to 1224 letters, digits and +=,.@:/-_ signs."
  }
}

variable "organizational_unit_ids" {
  description = "Where to put the reader role: usually the organization's root (r-...)."
  type        = list(string)
}

variable "reader_role_name" {
  description = "PORTAL_READER_ROLE_NAME of the portal; the same name in every account."
  type        = string
  default     = "access-portal-reader"
}

variable "trail_bucket" {
  description = "Bucket of the organization trail; null: logs are not read."
  type        = string
  default     = null
}

data "aws_partition" "current" {}

data "aws_iam_policy_document" "portal" {
  statement {
    sid       = "ReadOrganization"
    resources = ["*"]

    actions = [
      "organizations:DescribeOrganization",
      "organizations:DescribePolicy",
      "organizations:ListAccounts",
      "organizations:ListAccountsForParent",
      "organizations:ListOrganizationalUnitsForParent",
      "organizations:ListPolicies",
      "organizations:ListRoots",
      "organizations:ListTargetsForPolicy",
    ]
  }

  statement {
    sid       = "ReadIdentityCenter"
    resources = ["*"]

    actions = [
      "sso:DescribePermissionSet",
      "sso:GetInlinePolicyForPermissionSet",
      "sso:GetPermissionsBoundaryForPermissionSet",
      "sso:ListAccountAssignments",
      "sso:ListAccountsForProvisionedPermissionSet",
      "sso:ListCustomerManagedPolicyReferencesInPermissionSet",
      "sso:ListInstances",
      "sso:ListManagedPoliciesInPermissionSet",
      "sso:ListPermissionSets",
      "sso:ListTagsForResource",
    ]
  }

  statement {
    sid       = "ReadIdentityStore"
    resources = ["*"]

    actions = [
      "identitystore:ListGroupMemberships",
      "identitystore:ListGroups",
      "identitystore:ListUsers",
    ]
  }

  statement {
    sid       = "ReadTrails"
    resources = ["*"]

    actions = [
      "cloudtrail:DescribeTrails",
      "cloudtrail:GetEventSelectors",
      "cloudtrail:GetTrailStatus",
    ]
  }

  statement {
    sid       = "ReadContactsAndRootFeatures"
    resources = ["*"]

    actions = [
      "account:GetAlternateContact",
      "iam:ListOrganizationsFeatures",
    ]
  }

  statement {
    sid       = "BecomeReaderInEachAccount"
    resources = ["arn:${data.aws_partition.current.partition}:iam::*:role/${var.reader_role_name}"]

    actions = [
      "sts:AssumeRole",
    ]
  }

  dynamic "statement" {
    for_each = var.trail_bucket == null ? [] : [var.trail_bucket]

    content {
      sid       = "ListTrailBucket"
      actions   = ["s3:ListBucket"]
      resources = ["arn:${data.aws_partition.current.partition}:s3:::${statement.value}"]
    }
  }

  dynamic "statement" {
    for_each = var.trail_bucket == null ? [] : [var.trail_bucket]

    content {
      sid       = "ReadTrailObjects"
      actions   = ["s3:GetObject"]
      resources = ["arn:${data.aws_partition.current.partition}:s3:::${statement.value}/*AWSLogs/*"]
    }
  }
}

data "aws_iam_policy_document" "reader" {
  statement {
    sid       = "ReadIam"
    resources = ["*"]

    actions = [
      "iam:GenerateCredentialReport",
      "iam:GetAccessKeyLastUsed",
      "iam:GetAccountAuthorizationDetails",
      "iam:GetAccountSummary",
      "iam:GetCredentialReport",
      "iam:GetLoginProfile",
      "iam:GetOpenIDConnectProvider",
      "iam:ListAccessKeys",
      "iam:ListAccountAliases",
      "iam:ListMFADevices",
      "iam:ListOpenIDConnectProviders",
      "iam:ListSAMLProviders",
      "iam:ListSSHPublicKeys",
      "iam:ListServiceSpecificCredentials",
      "iam:ListSigningCertificates",
    ]
  }

  statement {
    sid       = "ReadEventsWithoutTrail"
    resources = ["*"]

    actions = [
      "cloudtrail:LookupEvents",
    ]
  }
}

data "aws_iam_policy_document" "portal_trust" {
  statement {
    sid     = "PortalHostOnly"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = [var.portal_principal_arn]
    }
  }
}

data "aws_iam_policy_document" "reader_trust" {
  statement {
    sid     = "PortalOnly"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = [aws_iam_role.portal.arn]
    }

    condition {
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = [var.external_id]
    }
  }
}

resource "aws_iam_role" "portal" {
  name               = "access-portal"
  description        = "Access Portal reads the organization."
  assume_role_policy = data.aws_iam_policy_document.portal_trust.json
}

resource "aws_iam_role_policy" "portal" {
  name   = "read"
  role   = aws_iam_role.portal.id
  policy = data.aws_iam_policy_document.portal.json
}

resource "aws_iam_role" "reader" {
  name               = var.reader_role_name
  description        = "Access Portal reads IAM here."
  assume_role_policy = data.aws_iam_policy_document.reader_trust.json
}

resource "aws_iam_role_policy" "reader" {
  name   = "read"
  role   = aws_iam_role.reader.id
  policy = data.aws_iam_policy_document.reader.json
}

resource "aws_cloudformation_stack_set" "readers" {
  name             = "access-portal-readers"
  description      = "Access Portal reads IAM in every member account."
  permission_model = "SERVICE_MANAGED"
  capabilities     = ["CAPABILITY_NAMED_IAM"]
  template_body    = file("${path.module}/reader-role.cloudformation.json")

  parameters = {
    ManagementRoleArn = aws_iam_role.portal.arn
    ExternalId        = var.external_id
    RoleName          = var.reader_role_name
  }

  auto_deployment {
    enabled                          = true
    retain_stacks_on_account_removal = false
  }

  lifecycle {
    # AWS fills this in for service-managed StackSets; without this every plan shows a change.
    ignore_changes = [administration_role_arn]
  }
}

resource "aws_cloudformation_stack_set_instance" "readers" {
  stack_set_name = aws_cloudformation_stack_set.readers.name

  deployment_targets {
    organizational_unit_ids = var.organizational_unit_ids
  }
}

output "management_role_arn" {
  description = "PORTAL_MANAGEMENT_ROLE_ARN of the portal."
  value       = aws_iam_role.portal.arn
}
