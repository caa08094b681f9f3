"""What a trail's selectors let through, classic and advanced.

Excluding AWS KMS or RDS Data API events, which AWS offers because of their number, still counts as
logging management events; the record keeps the selectors whole.
"""

from collections.abc import Mapping
from typing import Any

from inventory.aws.values import as_list

READS, WRITES = "reads", "writes"
_CLASSIC = {"All": {READS, WRITES}, "ReadOnly": {READS}, "WriteOnly": {WRITES}}
# Fields that do not narrow management events further than kind and the exclusion of a source.
_PLAIN_FIELDS = frozenset(["eventCategory", "readOnly", "eventSource"])


def logs_management_events(selectors: Mapping[str, Any]) -> bool | None:
    """True: reads and writes. False: none. None: only a part, or no selector is known."""
    if not any(selectors.values()):
        return None
    logged: set[str] = set()
    partly = False
    for selector in as_list(selectors.get("EventSelectors")):
        # AWS's default for both fields is "all of it".
        if selector.get("IncludeManagementEvents", True):
            logged |= _CLASSIC.get(selector.get("ReadWriteType", "All"), set())
    for selector in as_list(selectors.get("AdvancedEventSelectors")):
        fields = _fields(selector)
        if _category(fields) == "Management":
            partly = True
            logged |= _advanced(fields)
    if logged == {READS, WRITES}:
        return True
    return None if logged or partly else False


def logs_data_events(selectors: Mapping[str, Any]) -> bool | None:
    """True: some data events are logged. False: none. None: no selector is known."""
    if not any(selectors.values()):
        return None
    classic = as_list(selectors.get("EventSelectors"))
    advanced = as_list(selectors.get("AdvancedEventSelectors"))
    return any(selector.get("DataResources") for selector in classic) or any(
        _category(_fields(selector)) == "Data" for selector in advanced
    )


def _fields(selector: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {field["Field"]: field for field in as_list(selector["FieldSelectors"])}


def _category(fields: Mapping[str, Mapping[str, Any]]) -> str:
    values = as_list(fields.get("eventCategory", {}).get("Equals"))
    return str(values[0]) if len(values) == 1 else ""


def _advanced(fields: Mapping[str, Mapping[str, Any]]) -> set[str]:
    source = set(fields.get("eventSource", {})) - {"Field", "NotEquals"}
    if set(fields) - _PLAIN_FIELDS or source:
        return set()
    if "readOnly" not in fields:
        return {READS, WRITES}
    equals = {str(value).lower() for value in as_list(fields["readOnly"].get("Equals"))}
    return {kind for word, kind in (("true", READS), ("false", WRITES)) if word in equals}
