"""A Terraform module that makes the portal's roles in the whole organization.

Applied in the management account: the portal's role, this account's reader, and a StackSet that
puts the reader into every member account from the CloudFormation template beside it.
"""

from inventory.aws.permissions import MANAGEMENT_ROLE_NAME, READER_ROLE_NAME
from inventory.aws.policy_documents import management_policy, reader_policy
from inventory.records import Document

_PARTITION = "${data.aws_partition.current.partition}"

_HEAD = f"""\
# Access Portal: read-only roles for a whole AWS Organization. Generated; do not edit.
# Apply in the management account. StackSets need trusted access to the organization.

terraform {{
  required_version = ">= 1.3"
  required_providers {{
    aws = {{
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }}
  }}
}}

variable "portal_principal_arn" {{
  description = "ARN of the role that the portal's machines run as."
  type        = string
}}

variable "external_id" {{
  description = "PORTAL_EXTERNAL_ID of the portal: a long random text of your own."
  type        = string
  sensitive   = true

  validation {{
    condition     = can(regex("^[[:word:]+=,.@:/-]{{16,1224}}$", var.external_id))
    error_message = "The external id must have 16 to 1224 letters, digits and +=,.@:/-_ signs."
  }}
}}

variable "organizational_unit_ids" {{
  description = "Where to put the reader role: usually the organization's root (r-...)."
  type        = list(string)
}}

variable "reader_role_name" {{
  description = "PORTAL_READER_ROLE_NAME of the portal; the same name in every account."
  type        = string
  default     = "{READER_ROLE_NAME}"
}}

variable "trail_bucket" {{
  description = "Bucket of the organization trail; null: logs are not read."
  type        = string
  default     = null
}}

data "aws_partition" "current" {{}}
"""

_ROLES = f"""\
data "aws_iam_policy_document" "portal_trust" {{
  statement {{
    sid     = "PortalHostOnly"
    actions = ["sts:AssumeRole"]

    principals {{
      type        = "AWS"
      identifiers = [var.portal_principal_arn]
    }}
  }}
}}

data "aws_iam_policy_document" "reader_trust" {{
  statement {{
    sid     = "PortalOnly"
    actions = ["sts:AssumeRole"]

    principals {{
      type        = "AWS"
      identifiers = [aws_iam_role.portal.arn]
    }}

    condition {{
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = [var.external_id]
    }}
  }}
}}

resource "aws_iam_role" "portal" {{
  name               = "{MANAGEMENT_ROLE_NAME}"
  description        = "Access Portal reads the organization."
  assume_role_policy = data.aws_iam_policy_document.portal_trust.json
}}

resource "aws_iam_role_policy" "portal" {{
  name   = "read"
  role   = aws_iam_role.portal.id
  policy = data.aws_iam_policy_document.portal.json
}}

resource "aws_iam_role" "reader" {{
  name               = var.reader_role_name
  description        = "Access Portal reads IAM here."
  assume_role_policy = data.aws_iam_policy_document.reader_trust.json
}}

resource "aws_iam_role_policy" "reader" {{
  name   = "read"
  role   = aws_iam_role.reader.id
  policy = data.aws_iam_policy_document.reader.json
}}

resource "aws_cloudformation_stack_set" "readers" {{
  name             = "access-portal-readers"
  description      = "Access Portal reads IAM in every member account."
  permission_model = "SERVICE_MANAGED"
  capabilities     = ["CAPABILITY_NAMED_IAM"]
  template_body    = file("${{path.module}}/reader-role.cloudformation.json")

  parameters = {{
    ManagementRoleArn = aws_iam_role.portal.arn
    ExternalId        = var.external_id
    RoleName          = var.reader_role_name
  }}

  auto_deployment {{
    enabled                          = true
    retain_stacks_on_account_removal = false
  }}

  lifecycle {{
    # AWS fills this in for service-managed StackSets; without this every plan shows a change.
    ignore_changes = [administration_role_arn]
  }}
}}

resource "aws_cloudformation_stack_set_instance" "readers" {{
  stack_set_name = aws_cloudformation_stack_set.readers.name

  deployment_targets {{
    organizational_unit_ids = var.organizational_unit_ids
  }}
}}

output "management_role_arn" {{
  description = "PORTAL_MANAGEMENT_ROLE_ARN of the portal."
  value       = aws_iam_role.portal.arn
}}
"""

_LOGS = """
  dynamic "statement" {
    for_each = var.trail_bucket == null ? [] : [var.trail_bucket]

    content {
      sid       = "ListTrailBucket"
      actions   = ["s3:ListBucket"]
      resources = ["arn:%(partition)s:s3:::${statement.value}"]
    }
  }

  dynamic "statement" {
    for_each = var.trail_bucket == null ? [] : [var.trail_bucket]

    content {
      sid       = "ReadTrailObjects"
      actions   = ["s3:GetObject"]
      resources = ["arn:%(partition)s:s3:::${statement.value}/*AWSLogs/*"]
    }
  }
""".replace("%(partition)s", _PARTITION)


def terraform() -> str:
    """The module's main.tf, as `terraform fmt` would write it."""
    portal = management_policy(reader_role_name="${var.reader_role_name}", partition=_PARTITION)
    return "\n".join(
        [
            _HEAD,
            _policy("portal", portal, _LOGS),
            _policy("reader", reader_policy(), ""),
            _ROLES,
        ]
    )


def _policy(name: str, policy: Document, more: str) -> str:
    blocks = "\n".join(_statement(statement) for statement in policy["Statement"])
    return f'data "aws_iam_policy_document" "{name}" {{\n{blocks}{more}}}\n'


def _statement(statement: Document) -> str:
    actions = "".join(f'      "{action}",\n' for action in statement["Action"])
    return (
        "  statement {\n"
        f'    sid       = "{statement["Sid"]}"\n'
        f'    resources = ["{statement["Resource"]}"]\n\n'
        f"    actions = [\n{actions}    ]\n"
        "  }\n"
    )
