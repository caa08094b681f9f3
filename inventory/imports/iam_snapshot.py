"""Files that `aws iam get-account-authorization-details` wrote: of one account or several.

A file with all four lists is as good as a collection. One with fewer (--filter) proves those lists
whole and nothing else. One that ends before AWS's last page proves no list whole.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from inventory.aws.authorization_details import (
    GROUPS,
    LISTS,
    POLICIES,
    ROLES,
    USERS,
    parse_details,
)
from inventory.aws.values import account_of, as_list, is_account_id, shown
from inventory.imports.files import SavedFile, documents, goes_on
from inventory.imports.part import Parsed, Part
from inventory.records import (
    IamGroupRecord,
    IamPolicyRecord,
    IamRoleRecord,
    IamUserRecord,
    Record,
)

TYPES: Mapping[str, tuple[str, type[Record]]] = {
    USERS: ("users", IamUserRecord),
    GROUPS: ("groups", IamGroupRecord),
    ROLES: ("roles", IamRoleRecord),
    POLICIES: ("policies", IamPolicyRecord),
}
CUT_OFF = "the file ends before AWS's last page, so nothing counts as gone"
Page = Mapping[str, Any]


def parse_iam_snapshot(file: SavedFile, account_id: str | None) -> Parsed:
    """One part per account and, where a list is missing, per list. account_id: the only account
    the file may be about; None: whichever its ARNs name."""
    pages: dict[str, list[Page]] = {}
    for number, document in enumerate(documents(file), start=1):
        # A page of AWS's own policies names no account: it belongs to those of the pages before.
        fallback = sorted(pages) or [account_id or ""]
        split = _by_account(file, number, document, account_id, fallback)
        for account, page in split.items():
            pages.setdefault(account, []).append(page)
    parts: list[Part] = []
    for account in sorted(pages):
        parts += _parts(account, pages[account], _parsed(file, account, pages[account]))
    return Parsed(parts=parts)


def _by_account(
    file: SavedFile, number: int, document: Page, account_id: str | None, fallback: list[str]
) -> dict[str, Page]:
    """The document, split: AWS's own policies go to every account in it."""
    present = [name for name in LISTS if name in document]
    if not present:
        raise file.problem(f"document {number}", f"has none of {', '.join(LISTS)}")
    owned: dict[str, dict[str, list[Any]]] = {}
    shared: list[Any] = []
    for name in present:
        for position, raw in enumerate(as_list(document[name]), start=1):
            owner = _owner(file, f"document {number}, {name} item {position}", raw)
            if account_id and owner not in (account_id, "aws"):
                raise file.problem(shown(raw["Arn"]), f"is not in account {account_id}")
            if owner == "aws":
                shared.append(raw)
            else:
                owned.setdefault(owner, {}).setdefault(name, []).append(raw)
    accounts = sorted(owned) or fallback
    if not all(map(is_account_id, accounts)):
        raise file.problem(f"document {number}", "names no account; give it with --account")
    more = {"IsTruncated": goes_on(document)}
    return {
        account: {
            **more,
            **{name: owned.get(account, {}).get(name, []) for name in present},
            **({POLICIES: owned.get(account, {}).get(POLICIES, []) + shared} if shared else {}),
        }
        for account in accounts
    }


def _owner(file: SavedFile, where: str, raw: Any) -> str:
    if not isinstance(raw, Mapping):
        raise file.problem(where, f"{shown(raw)} is not an object")
    try:
        return account_of(raw.get("Arn"))
    except ValueError as error:
        raise file.problem(where, f"Arn: {error}") from None


def _parsed(file: SavedFile, account: str, pages: Sequence[Page]) -> list[Record]:
    try:
        return parse_details(pages, account)
    except (KeyError, ValueError, TypeError, AttributeError):
        raise _first_problem(file, account, pages) from None


def _first_problem(file: SavedFile, account: str, pages: Sequence[Page]) -> Exception:
    """The same again, one by one: parsers do not always say which entity they stumbled over."""
    for page in pages:
        for name in LISTS:
            for raw in as_list(page.get(name)):
                try:
                    parse_details([{name: [raw]}], account)
                except ValueError as error:
                    reason = str(error).removeprefix(f"{shown(raw['Arn'])}").lstrip(": ")
                    return file.problem(str(raw["Arn"])[:200], reason)
                except (KeyError, TypeError, AttributeError) as error:
                    return file.problem(str(raw["Arn"])[:200], f"is malformed ({error})")
    return file.problem("", "two pages disagree about one entity")


def _parts(account: str, pages: Sequence[Page], records: Sequence[Record]) -> list[Part]:
    present = [name for name in LISTS if any(name in page for page in pages)]
    types = tuple(TYPES[name][1] for name in present)
    if pages[-1]["IsTruncated"]:
        return [
            Part(
                source="authorization_details.part",
                account_id=account,
                types=types,
                records=records,
                whole=False,
                note=CUT_OFF,
            )
        ]
    if len(present) == len(LISTS):
        source = "authorization_details"
        return [Part(source=source, account_id=account, types=types, records=records)]
    return [
        Part(
            source=f"authorization_details.{TYPES[name][0]}",
            account_id=account,
            types=(TYPES[name][1],),
            records=[record for record in records if type(record) is TYPES[name][1]],
        )
        for name in present
    ]
