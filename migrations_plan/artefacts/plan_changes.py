"""What differs between two versions of a plan, in words."""

from collections.abc import Iterator, Mapping
from typing import Any

PLAIN = {
    "name": "name",
    "state": "state",
    "contact": "contact",
    "cutover_at": "hour of the cutover",
    "time_zone": "time zone",
    "working_days": "working days",
    "holidays": "holidays",
}
NOTHING = "nothing"


def differences(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> list[str]:
    """One sentence for each difference; of the first version none."""
    if before is None:
        return []
    return [
        *_plain(before, after),
        *_content(before["content"], after["content"]),
        *_waves(before["waves"], after["waves"]),
    ]


def _plain(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for key, word in PLAIN.items():
        if before[key] != after[key]:
            yield f"{word}: {_said(before[key])} became {_said(after[key])}"


def _content(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for group in ("settings", "choices", "owners", "item_owners"):
        for key in sorted({*before[group], *after[group]}):
            was, now = before[group].get(key), after[group].get(key)
            if was != now:
                yield f"{key.replace('_', ' ')}: {_said(was)} became {_said(now)}"
    dates = {day["name"]: day["on"] for day in before["days"]}
    items = {item["name"]: item for day in before["days"] for item in day["items"]}
    left = set(items)
    for day in after["days"]:
        if dates.get(day["name"]) != day["on"]:
            yield f"{day['title']}: {_said(dates.get(day['name']))} became {day['on']}"
        for item in day["items"]:
            left.discard(item["name"])
            was = items.get(item["name"])
            if was is None:
                yield f"added: {item['title']}"
            elif was["optional"] != item["optional"]:
                yield f"{item['title']}: now {'optional' if item['optional'] else 'required'}"
    yield from (f"left out: {items[name]['title']}" for name in sorted(left))


def _waves(before: list[Any], after: list[Any]) -> Iterator[str]:
    known = {wave["name"]: wave for wave in before}
    for wave in after:
        was = known.pop(wave["name"], None)
        if was is None:
            yield f"added: {wave['name']} on {wave['cutover_on']}"
            was = {**wave, "members": []}
        if was["cutover_on"] != wave["cutover_on"]:
            yield f"{wave['name']}: {was['cutover_on']} became {wave['cutover_on']}"
        old, new = _members(was), _members(wave)
        if new - old:
            yield f"{wave['name']}: {len(new - old)} came in ({_some(new - old)})"
        if old - new:
            yield f"{wave['name']}: {len(old - new)} went out ({_some(old - new)})"
    yield from (f"removed: {name}" for name in known)


def _members(wave: Mapping[str, Any]) -> set[str]:
    return {
        one["email"] or one["account_id"] or one["user_arn"] or f"person {one['person']}"
        for one in wave["members"]
    }


def _some(names: set[str]) -> str:
    first = sorted(names)[:3]
    more = len(names) - len(first)
    return ", ".join(first) + (f" and {more} more" if more else "")


def _said(value: Any) -> str:
    if value in (None, "", [], ()):
        return NOTHING
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
