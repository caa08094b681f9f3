"""Makes the data file of AWS's managed policies: `python -m benchmarks.managed_policies`.

moto keeps what iam:ListPolicies and iam:GetPolicyVersion said of every policy that AWS manages.
Deterministic: the same moto gives the same bytes.
"""

import json
import lzma
from importlib.metadata import version
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data

from migrations_plan.policy.managed import DATA

NOTE = """\
# Where this data is from

`aws_managed_policies.json.xz`: the default version of every IAM policy that AWS manages.

- Source: {source} (Apache-2.0), which keeps AWS's own answers; the documents are AWS's.
- Newest policy version in it: {as_of}. Policies: {count}.
- Made by: `python -m benchmarks.managed_policies`, after updating moto. A test compares.
"""


def managed_policies_file() -> dict[str, Any]:
    """The file's content, sorted."""
    listed: dict[str, Any] = json.loads(aws_managed_policies_data)
    return {
        "source": f"moto {version('moto')}, moto/iam/aws_managed_policies.py",
        "as_of": max(policy["UpdateDate"] for policy in listed.values())[:10],
        "policies": {
            f"{policy['Path'].lstrip('/')}{name}": {
                "version": policy["DefaultVersionId"],
                "updated": policy["UpdateDate"],
                "document": policy["Document"],
            }
            for name, policy in sorted(listed.items())
        },
    }


def main() -> None:
    """Writes the data file and the note beside it."""
    content = managed_policies_file()
    text = json.dumps(content, separators=(",", ":"), sort_keys=True).encode()
    DATA.parent.mkdir(exist_ok=True)
    DATA.write_bytes(lzma.compress(text, preset=9 | lzma.PRESET_EXTREME))
    note = NOTE.format(
        source=content["source"], as_of=content["as_of"], count=len(content["policies"])
    )
    (DATA.parent / "SOURCE.md").write_text(note, encoding="utf-8")


if __name__ == "__main__":
    main()
