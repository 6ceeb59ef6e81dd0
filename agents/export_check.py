"""Checks an export: every file by its hash, the notebook's chain, and that its tables say what the notebook says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

from pydantic import ValidationError

from eutectic.agents.export import NOTEBOOK, OBSERVATIONS, PRIOR, SUMS, TABLE, observation_lines, prior_table
from eutectic.agents.export_crate import METADATA
from eutectic.agents.report.ledger import Ledger, ledger_of
from eutectic.agents.report.observations import observations_csv
from eutectic.agents.report.results import gather
from eutectic.core.errors import BadInput, EutecticError
from eutectic.core.notebook.events import GENESIS, Event, link
from eutectic.core.record import canonical_json, sha256

_MOST_SHOWN = 20


class Checked(NamedTuple):
    """What was found in an export."""

    campaign: str
    head: str
    """Hash of the notebook's last event: equal to that of the campaign it was made from, if nothing was changed."""
    files: int
    events: int
    observations: int
    problems: tuple[str, ...]


def check_export(folder: Path) -> Checked:
    """Check a folder that `export_campaign` wrote.

    Raises:
        BadInput: it is no export at all.
    """
    if not (folder / METADATA).is_file() or not (folder / NOTEBOOK).is_file():
        raise BadInput("this is no export", where=str(folder), mend=f"name the folder that holds {METADATA}")
    problems = [*_crate_problems(folder), *_sum_problems(folder)]
    ledger, n_events = _ledger(folder, problems)
    if ledger is not None:
        problems += _table_problems(folder, ledger)
        problems += _artifact_problems(folder, ledger)
    n_files = sum(path.is_file() for path in folder.rglob("*"))
    if ledger is None:
        return Checked("", "", n_files, n_events, 0, tuple(problems[:_MOST_SHOWN]))
    return Checked(
        ledger.id, ledger.head, n_files, n_events, len(ledger.view.observations), tuple(problems[:_MOST_SHOWN])
    )


def _crate_problems(folder: Path) -> Iterator[str]:
    """Files of the crate that are gone or changed, files it does not name, references to nothing."""
    try:
        document = json.loads((folder / METADATA).read_text(encoding="utf-8"))
        graph: list[dict[str, Any]] = document["@graph"]
        by_id = {str(item["@id"]): item for item in graph}
        parts = {str(part["@id"]) for part in by_id["./"]["hasPart"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        yield f"{METADATA}: cannot be read: {type(error).__name__}"
        return
    for name in sorted(parts):
        item, path = by_id.get(name, {}), folder / unquote(name)
        if not path.resolve().is_relative_to(folder.resolve()):
            yield f"{name}: lies outside the folder"
        elif not path.is_file():
            yield f"{name}: is missing"
        elif sha256(path.read_bytes()) != item.get("sha256"):
            yield f"{name}: was changed: its hash is not the one in {METADATA}"
    known = {unquote(part) for part in parts} | {METADATA, SUMS}
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    yield from (f"{name}: is not part of the export" for name in sorted(there - known))
    for item in graph:
        for target in _references(item):
            if target not in by_id and "://" not in target:
                yield f"{METADATA}: {item['@id']} names {target}, which is not described"


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, dict) and set(inner) == {"@id"}:
                yield str(inner["@id"])
            elif key != "@id":
                yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            if isinstance(inner, dict) and set(inner) == {"@id"}:
                yield str(inner["@id"])


def _sum_problems(folder: Path) -> Iterator[str]:
    try:
        lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        yield f"{SUMS}: cannot be read: {type(error).__name__}"
        return
    for line in lines:
        digest, _, name = line.partition("  ")
        path = folder / name
        inside = path.resolve().is_relative_to(folder.resolve())
        if not inside or not path.is_file() or sha256(path.read_bytes()) != digest:
            yield f"{name or line[:40]!r}: does not have the hash in {SUMS}"


def _ledger(folder: Path, problems: list[str]) -> tuple[Ledger | None, int]:
    """The notebook's events sorted, where its chain holds."""
    prev, events = GENESIS, list[Event]()
    try:
        with (folder / NOTEBOOK).open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                event = Event.model_validate_json(line)
                digest = link(prev, event.seq, event.at, event.kind, event.slot, canonical_json(event.payload))
                if event.seq != number or event.prev != prev or event.hash != digest:
                    problems.append(f"{NOTEBOOK}:{number}: does not fit the chain: changed, removed or put elsewhere")
                    return None, len(events)
                prev = event.hash
                events.append(event)
        return ledger_of(str(events[0].payload["id"]), events), len(events)
    except (OSError, ValueError, ValidationError, LookupError, TypeError, EutecticError) as error:
        problems.append(f"{NOTEBOOK}: cannot be understood: {type(error).__name__}: {str(error)[:120]}")
        return None, len(events)


def _table_problems(folder: Path, ledger: Ledger) -> Iterator[str]:
    made = {
        OBSERVATIONS: observation_lines(ledger),
        TABLE: observations_csv(ledger, gather(ledger)),
        PRIOR: prior_table(ledger),
    }
    for name, text in made.items():
        try:
            is_same = (folder / name).read_bytes() == text.encode()
        except OSError:
            is_same = False
        if not is_same:
            yield f"{name}: does not say what the notebook says"


def _artifact_problems(folder: Path, ledger: Ledger) -> Iterator[str]:
    for item in ledger.view.observations.values():
        for digest in item.artifacts:
            paths = list((folder / "artifacts").glob(f"{digest}.*"))
            if not paths:
                yield f"artifacts: raw file {digest[:12]} of {item.trial} is missing"
            elif sha256(paths[0].read_bytes()) != digest:
                yield f"artifacts: raw file {digest[:12]} of {item.trial} was changed"
