"""What an engineer does with the configuration: the file for new and for old tools, and the steps.

New tools share one [sso-session]; older CLIs and some Terraform providers of 2023 and before know
only profiles that hold the address themselves. Wrappers (granted, aws-vault) read the same file and
renew sessions for tools that cannot.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from migrations_plan.artefacts import cli_config
from migrations_plan.artefacts.artefact import INI, Artefact, commented, markdown
from migrations_plan.artefacts.cli_config import Target
from migrations_plan.artefacts.quoting import md, md_block, md_code, sh, sh_option


@dataclass(frozen=True, slots=True)
class OwnAccess:
    """Everything that one person may open. start_url and region: of Identity Center."""

    start_url: str
    region: str
    targets: tuple[Target, ...]
    as_of: datetime


def config_file(access: OwnAccess, *, legacy: bool = False) -> Artefact | None:
    """The text for ~/.aws/config; None where nothing usable is known.

    legacy: for tools that do not know [sso-session].
    """
    start = cli_config.start_url(access.start_url)
    session = cli_config.session(start, access.region)
    blocks = [
        legacy_profile(start, access.region, target)
        if legacy
        else cli_config.profile(start, access.region, target)
        for target in _ordered(access.targets)
    ]
    found = [block for block in blocks if block]
    if session is None or not found:
        return None
    about = "For ~/.aws/config. It holds no secret: aws sso login opens a session for a while."
    name = "aws-config-legacy" if legacy else "aws-config"
    text = "\n".join(found if legacy else [session, *found])
    return commented(name, INI, text, access.as_of, about=about)


def legacy_profile(start: str | None, region: str | None, target: Target) -> str | None:
    """A profile that holds the address itself. It cannot renew its session: the older form."""
    shared = cli_config.profile(start, region, target)
    if shared is None or start is None:
        return None
    lines = [
        line.replace(
            f"sso_session = {cli_config.session_name(start)}",
            f"sso_start_url = {start}\nsso_region = {region}",
        )
        for line in shared.splitlines()
    ]
    return "\n".join(lines) + "\n"


def instructions(access: OwnAccess) -> Artefact | None:
    """The steps, with commands for the person's own accounts; None where nothing usable is."""
    start = cli_config.start_url(access.start_url)
    targets = _ordered(access.targets)
    usable = [one for one in targets if cli_config.profile(start, access.region, one)]
    if start is None or not usable:
        return None
    body = [
        "",
        *_doors(start, usable),
        *_sign_in(start, usable),
        *_older_tools(start, access.region, usable[0]),
        *_stuck(),
    ]
    return markdown("aws-cli.md", "AWS on the command line", "\n".join(body), access.as_of)


def login(start: str) -> str:
    """The command that opens a session for every profile of the file."""
    return f"aws sso login {sh_option('sso-session', cli_config.session_name(start))}"


def who_am_i(target: Target) -> str:
    """The command that shows whom AWS takes one for; it needs no permission."""
    return f"aws sts get-caller-identity {sh_option('profile', cli_config.profile_name(target))}"


def expected_identity(target: Target) -> str:
    """How the answer begins when everything is right."""
    return f"arn:aws:sts::{target.account_id}:assumed-role/AWSReservedSSO_{target.role_name}_"


def _ordered(targets: Sequence[Target]) -> list[Target]:
    """Each once, by name, told apart where two would share one."""
    listed = sorted(set(targets), key=lambda one: (one.account_name, one.account_id, one.role_name))
    return cli_config.distinct(listed)


def _doors(start: str, targets: Sequence[Target]) -> Iterable[str]:
    yield "## In the browser"
    yield ""
    for one in targets:
        link = cli_config.console_link(start, one)
        yield f"- {md(one.account_name)}, {md_code(one.role_name)}: <{link}>"
    yield ""


def _sign_in(start: str, targets: Sequence[Target]) -> Iterable[str]:
    yield "## In the terminal"
    yield ""
    yield "1. Put the configuration into `~/.aws/config` (AWS CLI 2.9 or newer)."
    yield "2. Open a session; it opens all profiles at once:"
    yield ""
    yield md_block(login(start), "sh")
    yield "3. See whom AWS takes you for, in each account:"
    yield ""
    yield md_block("\n".join(who_am_i(one) for one in targets), "sh")
    yield "   The answer's `Arn` begins like this; an IAM user in it (`:user/`) means that an old"
    yield "   key is still in front, in `~/.aws/credentials` or in the environment:"
    yield ""
    yield md_block("\n".join(expected_identity(one) for one in targets), "text")


def _older_tools(start: str, region: str, example: Target) -> Iterable[str]:
    name = cli_config.profile_name(example)
    yield "## Tools that do not renew a session"
    yield ""
    yield "Older CLIs, and some Terraform providers of 2023 and before, need the older form of the"
    yield "file, or one of these in front of them:"
    yield ""
    commands = [
        f"granted sso login --sso-region {sh(region)} --sso-start-url {sh(start)}",
        f"assume {sh(name)}",
        f"aws-vault exec {sh(name)} -- {who_am_i_plain()}",
    ]
    yield md_block("\n".join(commands), "sh")


def who_am_i_plain() -> str:
    """The same question inside a wrapper, which sets the profile itself."""
    return "aws sts get-caller-identity"


def _stuck() -> Iterable[str]:
    yield "## If it does not work"
    yield ""
    yield "- *The SSO session has expired*: open it again, as in step 2."
    yield "- *Unable to locate credentials*: name the profile, or set `AWS_PROFILE`."
    yield "- *AccessDenied*: write down the action that it names; it may be missing in the"
    yield "  permission set, and the portal shows it to whoever can add it."
    yield "- Remove what is left of the old way: keys in `~/.aws/credentials`, and"
    yield "  `AWS_ACCESS_KEY_ID` in your shell's files. They are used wherever no profile is named."
