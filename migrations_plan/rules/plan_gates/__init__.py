"""The gates that plans hang on, each with its judge: facts of a plan to answers by subject.

What each means stands beside its name in artefacts/plan_gates.py; docs/plan-gates.md says which
facts it stands on.
"""

from collections.abc import Callable, Mapping
from functools import partial

from migrations_plan.artefacts.plan_gates import PERSON, PERSON_GATES
from migrations_plan.rules.checklist import Answers
from migrations_plan.rules.plan_gates import (
    accounts,
    afterwards,
    guard,
    organization,
    people,
    sets,
    users,
    workloads,
)
from migrations_plan.rules.plan_gates.facts import PlanFacts

Judge = Callable[[PlanFacts], Answers]

FACT_JUDGES: Mapping[str, Judge] = {
    "administrators-known": users.administrators_known,
    "assigned-by-groups": organization.assigned_by_groups,
    "auditor-reads-everywhere": sets.auditor_reads_everywhere,
    "break-glass-reviewed": afterwards.break_glass_reviewed,
    "break-glass-set": sets.break_glass_set,
    "contacts-set": accounts.contacts_set,
    "data-events-known": accounts.data_events_known,
    "disabled-decided": users.disabled_decided,
    "exceptions-bound": workloads.exceptions_bound,
    "external-directory": organization.external_directory,
    "guardrail-proven": guard.guardrail_proven,
    "identity-center-enabled": organization.identity_center_enabled,
    "keys-gone": users.keys_gone,
    "keys-inactive": users.keys_inactive,
    "keys-read": accounts.keys_read,
    "leavers-gone": users.leavers_gone,
    "mixed-split": users.mixed_split,
    "no-human-users": users.no_human_users,
    "no-new-denials": people.no_new_denials,
    "no-production-write": sets.no_production_write,
    "no-regressions": afterwards.no_regressions,
    "old-path-quiet": afterwards.old_path_quiet,
    "one-exempt-role": guard.one_exempt_role,
    "org-admins-few": sets.org_admins_few,
    "organization-read": organization.organization_read,
    "parallel-long-enough": people.parallel_long_enough,
    "passwords-gone": users.passwords_gone,
    "production-admin-on-call": sets.production_admin_on_call,
    "production-sets-reviewed": sets.production_sets_reviewed,
    "root-mfa": accounts.root_mfa,
    "root-no-key": accounts.root_no_key,
    "root-unused": accounts.root_unused,
    "scim-arrives": organization.scim_arrives,
    "scim-leaves": organization.scim_leaves,
    "sessions-bounded": sets.sessions_bounded,
    "sets-as-code": sets.sets_as_code,
    "sets-described": sets.sets_described,
    "sets-reviewed": sets.sets_reviewed,
    "sets-scoped": sets.sets_scoped,
    "snapshot-kept": accounts.snapshot_kept,
    "start-url-recorded": organization.start_url_recorded,
    "statements-hold": afterwards.statements_hold,
    "tails-quiet": afterwards.tails_quiet,
    "tested": people.tested,
    "told": people.told,
    "trail-covers": accounts.trail_covers,
    "users-denied": users.users_denied,
    "users-mapped": users.users_mapped,
    "users-read": accounts.users_read,
    "volunteer-signed-in": organization.volunteer_signed_in,
    "work-addresses": organization.work_addresses,
    "workload-policies-narrow": workloads.workload_policies_narrow,
    "workloads-moved": workloads.workloads_moved,
}
PERSON_JUDGES: Mapping[str, Judge] = {
    f"{PERSON}{name}": partial(people.person_gate, name) for name in PERSON_GATES
}
JUDGES: Mapping[str, Judge] = {**FACT_JUDGES, **PERSON_JUDGES}
