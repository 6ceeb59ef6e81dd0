"""The difference an import would make: new results, corrections with what they change, and what is known already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from eutectic.core.composition import Composition
from eutectic.core.record import Record
from eutectic.core.stock import StockUse
from eutectic.core.trial import Measurement, Observation

_THREAD = ("operator", "started_at", "ended_at", "deviation", "artifacts")


class Change(NamedTuple):
    """One result that differs from the one before."""

    trial: str
    lines: tuple[str, ...]
    """What differs, old before new."""


class Review(NamedTuple):
    """What taking a file in would change."""

    changed: dict[str, Observation]
    """New and corrected results by trial."""
    new: tuple[str, ...]
    corrected: tuple[Change, ...]
    same: tuple[str, ...]
    is_known_file: bool
    """Whether this very file was taken in before: then nothing changes."""

    def text(self) -> str:
        """The difference for a person, line by line."""
        if self.is_known_file:
            return "this file was taken in before: nothing new"
        lines = [f"{len(self.new)} new, {len(self.corrected)} corrected, {len(self.same)} known already"]
        for item in self.corrected:
            lines += [f"  ~ {item.trial}: {line}" for line in item.lines]
        return "\n".join(lines)


def review(known: Mapping[str, Observation], found: Mapping[str, Observation], *, is_known_file: bool) -> Review:
    """Compare results that came in with those taken in before, both by trial."""
    if is_known_file:
        return Review({}, (), (), tuple(found), True)
    new = {trial: item for trial, item in found.items() if trial not in known}
    changed = {trial: item for trial, item in found.items() if trial in known and known[trial] != item}
    corrected = tuple(Change(trial, differences(known[trial], item)) for trial, item in changed.items())
    same = tuple(trial for trial in found if trial not in new and trial not in changed)
    return Review({**new, **changed}, tuple(new), corrected, same, False)


def with_thread(new: Observation, old: Observation, planned: tuple[StockUse, ...]) -> Observation:
    """A later version of a result; who, when, what went otherwise and raw files stay where its line leaves them out.

    So do the lots, where the line has none and so the planned ones stand in it.
    """
    kept = {name: getattr(old, name) for name in _THREAD if not getattr(new, name)}
    if new.stocks == planned:
        kept["stocks"] = old.stocks
    return new.model_copy(update=kept)


def differences(old: Observation, new: Observation) -> tuple[str, ...]:
    """What differs between two versions of a result, a line each."""
    lines = []
    for name in type(old).model_fields:
        before, after = getattr(old, name), getattr(new, name)
        if before == after or name in ("trial", "measurements", "process"):
            continue
        lines.append(f"{name} {_words(before)} -> {_words(after)}")
    lines += _by_key("", old.process, new.process)
    lines += _by_key("", {m.property: m for m in old.measurements}, {m.property: m for m in new.measurements})
    return tuple(lines)


def _by_key(label: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    return [f"{label}{name} {_words(old.get(name))} -> {_words(new.get(name))}" for name in names]


def _words(value: Any) -> str:
    if value is None or value == "" or value == ():
        return "nothing"
    if isinstance(value, Measurement):
        return said(value)
    if isinstance(value, Composition):
        return value.formula()
    if isinstance(value, StockUse):
        return f"{value.stock} lot {value.lot or 'not known'}"
    if isinstance(value, tuple):
        return ", ".join(_words(item) for item in value)
    if isinstance(value, Record):
        return value.model_dump_json()
    return f"{value:g}" if isinstance(value, float) else str(value)


def said(item: Measurement) -> str:
    """A measurement as a person writes it, such as `<0.1 T` or `1.52 T +- 0.02`."""
    sign = {"none": "", "below": "<", "above": ">"}[item.censoring]
    number = "n.d." if item.value is None else f"{sign}{item.value:g}"
    return f"{number} {item.unit}" + (f" +- {item.sd:g}" if item.sd is not None else "")
