"""The parts of one file into the database: all of them, or nothing but a failed run."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import DatabaseError, transaction

from inventory import store
from inventory.after import after_save
from inventory.imports.files import SavedFile
from inventory.imports.known import is_same_user, keep_known, news
from inventory.imports.part import Parsed, Part
from inventory.imports.problem import ImportProblem
from inventory.models import CollectionRun, IamUser, Outcome
from inventory.population import population
from inventory.records import IamUserRecord, Record
from inventory.saving.lateness import late_users
from inventory.saving.scope import Scope
from inventory.saving.tables import record_of

IMPORT = "import"


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """Whose import it is, and of when."""

    file: SavedFile
    observed_at: datetime
    by: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Saved:
    """One part and what it did."""

    part: Part
    counts: store.Counts


def save_file(parsed: Parsed, given: Circumstances) -> list[Saved]:
    """Everything of a file in one transaction. ImportProblem: the database refused something."""
    types = tuple({kind for part in parsed.parts for kind in part.types})
    try:
        with transaction.atomic():
            saved = [_save_part(part, given) for part in parsed.parts]
            after_save(types, given.now)
    except DatabaseError as error:
        reason = str(error).strip().partition("\n")[0]
        raise given.file.problem("", f"the database refuses it ({reason})") from error
    return saved


def note_failure(
    problem: ImportProblem,
    *,
    source: str,
    account_id: str,
    sha256: str,
    by: str,
    now: datetime,
) -> None:
    """A failed run, which is all that a file leaves that could not be imported."""
    with transaction.atomic():
        run = store.open_run(
            source,
            account_id,
            now=now,
            origin=IMPORT,
            requested_by=by,
            file_name=problem.file[:255],
            file_sha256=sha256,
        )
        store.close_run(run, Outcome.FAILED, now=now, error=str(problem))


def _open(source: str, account_id: str, at: datetime, given: Circumstances) -> CollectionRun:
    return store.open_run(
        source,
        account_id,
        now=given.now,
        origin=IMPORT,
        observed_at=at,
        requested_by=given.by,
        file_name=given.file.name[:255],
        file_sha256=given.file.sha256,
    )


def _save_part(told: Part, given: Circumstances) -> Saved:
    run = _open(told.source, told.account_id, given.observed_at, given)
    part = _joined_with_known(told, given)
    counts = store.save(
        part.records,
        run=run,
        types=part.types,
        account_id=part.account_id,
        user_names=part.user_names,
        only=part.only,
        whole=part.whole,
        now=given.now,
    )
    if part.user_names is not None and part.whole and part.sightings is None:
        _note_users(part, run)
    outcome = Outcome.COMPLETE if part.whole else Outcome.PARTIAL
    store.close_run(run, outcome, now=given.now, items=len(told.records), error=part.note)
    if IamUserRecord in part.types:
        counts += _fill_in(part.records, given)
    return Saved(told, counts)


def _joined_with_known(part: Part, given: Circumstances) -> Part:
    if not part.keep_known and part.sightings is None:
        return part
    record_type = part.types[0]
    then = population(
        [record_type],
        at=given.observed_at,
        account_ids=[part.account_id] if part.account_id else None,
    )
    known = {record.key(): record for record in then[record_type]}
    if part.sightings is None:
        records = [keep_known(record, known.get(record.key())) for record in part.records]
        return replace(part, records=records)
    vanished = sorted(known.keys() - part.sightings) if part.whole else []
    if record_type is not IamUserRecord:
        return replace(part, only=tuple({"arn": key} for key in vanished))
    # Whoever is known and still listed is in no scope, and so keeps groups, policies and age.
    fresh = news(part.records, known)
    names = {_user_name(record) for record in [*fresh, *(known[key] for key in vanished)]}
    return replace(part, records=fresh, user_names=frozenset(names))


def _user_name(record: Record) -> str:
    return str(getattr(record, "user_name", ""))


def _note_users(part: Part, run: CollectionRun) -> None:
    """Remembers who was asked about, except those whom somebody asked about later."""
    names = part.user_names or frozenset()
    later = late_users(Scope(account_id=part.account_id, user_names=names), run)
    source = part.source.partition(".")[0]
    store.note_user_reads(source, part.account_id, names - later.keys(), run=run, report_digests={})


def _fill_in(records: Sequence[Record], given: Circumstances) -> store.Counts:
    """Completes users that a newer list only named: the same file in the other order would have
    told their groups and policies first, and the list would have left them alone."""
    told = {r.key(): r for r in records if isinstance(r, IamUserRecord) and r.groups is not None}
    counts = store.Counts()
    for row in IamUser.objects.present().filter(observed_at__gt=given.observed_at):
        named = record_of(row, IamUserRecord)
        if row.groups is not None or row.arn not in told or not is_same_user(told[row.arn], named):
            continue
        source = "authorization_details.filled_in"
        run = _open(source, row.account_id, row.observed_at, given)
        counts += store.save(
            [told[row.arn]],
            run=run,
            types=(IamUserRecord,),
            account_id=row.account_id,
            user_names={row.user_name},
            whole=False,
            now=given.now,
        )
        store.close_run(run, Outcome.COMPLETE, now=given.now, items=1)
    return counts
