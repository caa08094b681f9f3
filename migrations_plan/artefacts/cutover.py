"""The scripts that end the old access of one wave, in bash with AWS's own CLI; people run them.

For each account of the wave: cutover, rollback, verification, and apart from them, for later, the
deletion of passwords. The portal itself changes nothing in AWS. In order: keys become Inactive,
then AWSDenyAll is attached (which stops sessions of GetSessionToken too), then the older sessions
of roles are denied; passwords last, since a guardrail may forbid to make a new one. All are dry
runs without --apply, stop at the first error, and can be run again.
"""

from collections.abc import Iterable, Sequence

from migrations_plan.artefacts import cutover_bash as bash
from migrations_plan.artefacts import cutover_steps as step
from migrations_plan.artefacts.artefact import BASH, Artefact, commented
from migrations_plan.artefacts.cutover_facts import (
    AccountPart,
    AssumedRole,
    Key,
    LegacyUser,
    Wave,
    parts_of,
)
from migrations_plan.artefacts.quoting import comment_text, sh, slug

MOST_POLICY_NAME = 128
NOT_BACK = (
    "A deleted password does not come back. A service control policy against new IAM users forbids",
    "to make another one (iam:CreateLoginProfile), for administrators too. Run this when nobody of",
    "the wave needs the old way any more, and after the verification says ok.",
)


def cutover_scripts(wave: Wave) -> tuple[Artefact, ...]:
    """All scripts of a wave, account by account. Raises CutoverError."""
    scripts: list[Artefact] = []
    for part in parts_of(wave):
        scripts += [cutover(part), rollback(part), verification(part)]
        if part.users:
            scripts.append(login_profiles(part))
    return tuple(scripts)


def cutover(part: AccountPart) -> Artefact:
    """Ends the access of the users of one account."""
    steps: list[str] = []
    checks = [f"not_myself {sh(user.arn)}" for user in part.users]
    checks += [f"not_myself {sh(role.name)}" for role in part.ordinary]
    checks += [
        " ".join(("only_known_keys", sh(user.name), *(sh(key.id) for key in _keys(user))))
        for user in part.users
    ]
    for number, user in enumerate(part.users, 1):
        lines = [f"key_inactive {sh(user.name)} {sh(key.id)}" for key in _keys(user)]
        steps.append(_function(f"user_{number}_keys", user.arn, lines or ["say '  no keys'"]))
        others = [f"Has also: {what}. It is refused too." for what in user.other_credentials]
        lines = [f"deny_user {sh(user.name)}"]
        steps.append(_function(f"user_{number}_deny", user.arn, lines, others))
    for number, role in enumerate(part.ordinary, 1):
        said = f"say {sh(f'  role {role.name}: {_users_of(role)}')}"
        lines = [said, f"deny_role {sh(role.name)}"]
        steps.append(_function(f"role_{number}_sessions", role.arn, lines, [_users_of(role)]))
    body = [
        *_start(part, bash.ARGUMENTS),
        *(bash.CALLER, bash.NOT_MYSELF, bash.CHANGING, bash.CLOCK, bash.REMEMBERING),
        *_needed(part.users, bash.KEYS_OF, bash.HAS_DENY, step.KNOWN_KEYS, step.CUT_USERS),
        *_needed(_all_keys(part), bash.KEY_STATUS, step.CUT_KEYS),
        *_needed(part.ordinary, bash.PRESENT, bash.ROLE_DENY, step.CUT_ROLES),
        _function("check_all", f"account {part.account_id}", ["check_caller", *checks]),
        *steps,
        _untouched(part.untouched),
        _calls(["check_all", *_order(part, ("keys", "deny", "sessions"))], dry_run=True),
    ]
    return _script(part, "cutover", "ends the old access of", body)


def rollback(part: AccountPart) -> Artefact:
    """Gives back exactly what the cutover took: only keys that were active before."""
    steps: list[str] = []
    for number, role in enumerate(part.ordinary, 1):
        steps.append(
            _function(f"role_{number}_sessions", role.arn, [f"undeny_role {sh(role.name)}"])
        )
    for number, user in enumerate(part.users, 1):
        changed = "no" if user.denied else "yes"
        lines = [f"undeny_user {sh(user.name)} {changed}"]
        steps.append(_function(f"user_{number}_deny", user.arn, lines))
        lines = [
            f"key_active {sh(user.name)} {sh(key.id)} {'yes' if key.active else 'no'}"
            for key in _keys(user)
        ]
        steps.append(_function(f"user_{number}_keys", user.arn, lines or ["say '  no keys'"]))
    body = [
        *_start(part, bash.ROLLBACK_ARGUMENTS),
        *(bash.CALLER, bash.CHANGING, step.UNDO),
        *_needed(part.users, bash.HAS_DENY, step.UNDO_DENIALS),
        *_needed(_all_keys(part), bash.KEYS_OF, bash.KEY_STATUS, step.UNDO_KEYS),
        *_needed(part.ordinary, bash.PRESENT, bash.ROLE_DENY, step.UNDO_ROLES),
        *steps,
        _calls(
            ["check_caller", "check_record", *_order(part, ("sessions", "deny", "keys"))],
            dry_run=True,
        ),
        'if [[ $APPLY == yes && $WITHOUT_RECORD == no && $LEFT == 0 ]]; then\n  : >"$RECORD"\nfi\n',
        'exit "$LEFT"\n',
    ]
    about = "gives back what the cutover took from"
    return _script(part, "rollback", about, body, ["Passwords are not part of it.", ""])


def verification(part: AccountPart) -> Artefact:
    """Reads again and says each credential's state; exit status 1 where one is not as wanted."""
    checks = [f"check_user {sh(user.name)}" for user in part.users]
    checks += [f"check_role {sh(role.name)}" for role in part.ordinary]
    body = [
        *_start(part, bash.VERIFY_ARGUMENTS if part.users else bash.ROLE_VERIFY_ARGUMENTS),
        *(bash.CALLER, bash.CLOCK, step.VERIFY, bash.PRESENT),
        *_needed(part.users, bash.KEYS_OF, bash.HAS_DENY, bash.LOGIN_PROFILE, step.VERIFY_USERS),
        *_needed(part.ordinary, bash.ROLE_DENY, step.VERIFY_ROLES),
        step.TAILS,
        _untouched(part.untouched),
        _calls(["check_caller", *checks, "tails"], dry_run=False),
        'exit "$BAD"\n',
    ]
    return _script(part, "verify", "verifies the cutover of", body)


def login_profiles(part: AccountPart) -> Artefact:
    """Deletes the passwords: a script of its own, for later."""
    checks = [f"is_cut {sh(user.name)}" for user in part.users]
    steps = [
        _function(f"user_{number}_password", user.arn, [f"profile_gone {sh(user.name)}"])
        for number, user in enumerate(part.users, 1)
    ]
    body = [
        *_start(part, bash.PLAIN_ARGUMENTS, record=False),
        *(bash.CALLER, bash.CHANGING, bash.KEYS_OF, bash.HAS_DENY),
        *(bash.PRESENT, bash.LOGIN_PROFILE, step.DELETE_PROFILES),
        _function("check_all", f"account {part.account_id}", ["check_caller", *checks]),
        *steps,
        _calls(
            ["check_all", *(f"user_{number}_password" for number in _numbers(part.users))],
            dry_run=True,
        ),
    ]
    about = "deletes the passwords of"
    return _script(part, "login-profiles", about, body, [*NOT_BACK, ""])


def role_policy_name(wave: str) -> str:
    """Of the deny policy on roles: by it the rollback knows its own."""
    return f"access-portal-cutover-{slug(wave)}"[:MOST_POLICY_NAME].rstrip("-")


def _keys(user: LegacyUser) -> list[Key]:
    return sorted(user.keys, key=lambda key: key.id)


def _all_keys(part: AccountPart) -> list[Key]:
    return [key for user in part.users for key in user.keys]


def _users_of(role: AssumedRole) -> str:
    if role.also_used_by is None:
        return "WARNING: who else uses it is not known; their open sessions end too."
    if not role.also_used_by:
        return "nobody else was seen using it."
    names = comment_text(", ".join(sorted(role.also_used_by)))
    return f"WARNING: also used by {names}; their open sessions end too."


def _script(
    part: AccountPart, kind: str, about: str, body: Iterable[str], notes: Sequence[str] = ()
) -> Artefact:
    name = "-".join(word for word in (kind, slug(part.wave), part.account_id) if word)
    says = "".join(f"# {line}".rstrip() + "\n" for line in ["", *notes])
    text = says + "\n".join(block.strip("\n") + "\n" for block in body if block)
    about = f"{kind}: {about} wave {part.wave} in account {part.account_id}. Dry run by default."
    return commented(f"{name}.sh", BASH, text, part.as_of, about=about)


def _start(part: AccountPart, arguments: str, *, record: bool = True) -> list[str]:
    name = "-".join(word for word in ("cutover", slug(part.wave), part.account_id) if word)
    lines = [f"ACCOUNT={part.account_id}", "CALLER=''"]
    if part.users:
        lines.append(f"DENY_ALL=arn:{part.partition}:iam::aws:policy/AWSDenyAll")
    if record and part.ordinary:
        lines.append(f"ROLE_POLICY={sh(role_policy_name(part.wave))}")
    if record:
        lines.append('HERE=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)')
        lines.append(f"RECORD=$HERE/{name}.record")
    return [bash.HEAD, "\n".join(lines), arguments]


def _needed(things: Sequence[object], *blocks: str) -> tuple[str, ...]:
    """The functions that only things of this kind need."""
    return blocks if things else ()


def _function(name: str, about: str, lines: Sequence[str], notes: Sequence[str] = ()) -> str:
    comments = "".join(f"# {comment_text(text)}\n" for text in (about, *notes))
    return f"{comments}{name}() {{\n" + "".join(f"  {line}\n" for line in lines) + "}\n"


def _order(part: AccountPart, kinds: Sequence[str]) -> list[str]:
    """The steps, kind by kind: all keys of all users before anything else."""
    return [
        f"role_{number}_sessions" if kind == "sessions" else f"user_{number}_{kind}"
        for kind in kinds
        for number in _numbers(part.ordinary if kind == "sessions" else part.users)
    ]


def _numbers(things: Sequence[object]) -> range:
    return range(1, len(things) + 1)


def _calls(names: Sequence[str], *, dry_run: bool) -> str:
    end = "[[ $APPLY == yes ]] || say 'Dry run: nothing was changed. --apply changes it.'\n"
    return "\n".join(names) + "\n" + (end if dry_run else "")


def _untouched(roles: Sequence[AssumedRole]) -> str:
    return "".join(f"# Not touched, AWS keeps it: {comment_text(role.arn)}\n" for role in roles)
