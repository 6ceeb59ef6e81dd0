"""Export of a campaign as a folder a colleague can open: tables, report, raw files, notebook and an RO-Crate."""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from eutectic.agents.export_crate import METADATA, crate
from eutectic.agents.report.ledger import Ledger, read_ledger
from eutectic.agents.report.observations import neutral, observations_csv
from eutectic.agents.report.results import gather
from eutectic.agents.report.write import write_report
from eutectic.core.errors import BadInput, StorageFailed
from eutectic.core.notebook import Event, Notebook
from eutectic.core.quantity import headed
from eutectic.core.record import canonical_json, sha256
from eutectic.core.trial import Observation, round_of

NOTEBOOK, OBSERVATIONS, TABLE, PRIOR, SUMS = (
    "notebook.jsonl",
    "observations.jsonl",
    "observations.csv",
    "prior_data.csv",
    "manifest-sha256.txt",
)
_README = """# Campaign {id}

{goal}

{marked}{n} observations in {rounds} rounds, {first} to {last} (UTC). Notebook head {head}.

- `observations.csv`: one line per observation, as measured; opens in a spreadsheet
- `observations.jsonl`: the same without loss: achieved compositions, lots, devices, operators, times, raw files
- `prior_data.csv`: what models may learn from; name it in a new campaign's spec as `prior_data`
- `report.html`, `report.md`: what was found
- `plans/`: what the lab was given, each with its approval's hash
- `artifacts/`: raw files as the instruments wrote them, named by their SHA-256
- `notebook.jsonl`: every event of the campaign, each chained to the one before by its hash
- `spec.yaml`: what was asked; `ro-crate-metadata.json`: all this for machines (RO-Crate 1.2)

`eutectic verify FOLDER` checks every file, the chain and that the tables say what the notebook says.
`sha256sum -c manifest-sha256.txt` checks the files without Eutectic.
"""


class Exported(NamedTuple):
    """What was written."""

    folder: Path
    files: int
    observations: int
    artifacts: int
    missing: tuple[str, ...]
    """Hashes of raw files that the notebook names and the campaign's folder has not."""
    head: str


def export_campaign(folder: Path, target: Path, *, database: str | None = None, licence: str = "") -> Exported:
    """Write a campaign into a new folder, whole or not at all.

    Args:
        folder: The campaign's folder.
        target: Where to; must not exist yet.
        database: URL of the notebook where it is not `notebook.db` in the folder.
        licence: URL of the licence the data are given under; empty where none is stated.

    Raises:
        BadInput: the target exists.
        NotebookCorrupt: the notebook's chain does not hold.
        StorageFailed: a file cannot be read or written.
    """
    if target.exists():
        raise BadInput("this is there already", where=str(target), mend="name a new folder with --to")
    ledger = read_ledger(folder, database)
    if ledger.chain:
        raise StorageFailed(ledger.chain, where=str(folder), mend="restore a back-up")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as name:
            part = Path(name) / "export"
            part.mkdir()
            missing = _write_all(folder, part, ledger, database, licence)
            files = sum(path.is_file() for path in part.rglob("*"))
            part.rename(target)
    except OSError as error:
        raise StorageFailed(f"the export cannot be written: {error.strerror}", where=str(target)) from error
    kept = sum(path.is_file() for path in (target / "artifacts").glob("*"))
    return Exported(target, files, len(ledger.view.observations), kept, tuple(missing), ledger.head)


def _write_all(folder: Path, part: Path, ledger: Ledger, database: str | None, licence: str) -> list[str]:
    """Write everything and return the hashes of raw files that are gone."""
    write_report(folder, database=database)
    for name in ("report.html", "report.md", "spec.yaml"):
        if (folder / name).is_file():
            shutil.copyfile(folder / name, part / name)
    with Notebook(database or folder / "notebook.db", folder.name, read_only=True) as notebook:
        (part / NOTEBOOK).write_text("".join(_event_lines(notebook.events())), encoding="utf-8")
    (part / TABLE).write_text(observations_csv(ledger, gather(ledger)), encoding="utf-8", newline="")
    (part / OBSERVATIONS).write_text(observation_lines(ledger), encoding="utf-8")
    (part / PRIOR).write_text(prior_table(ledger), encoding="utf-8", newline="")
    missing = _copy_artifacts(folder, part, ledger)
    (part / "plans").mkdir()
    for entry in ledger.approvals.values():
        if entry.plan is not None:
            text = canonical_json(entry.plan)
            (part / "plans" / f"{entry.slot.replace('/', '_')}.json").write_text(text, encoding="utf-8")
    (part / "README.md").write_text(_readme(ledger), encoding="utf-8")
    sums = {path.relative_to(part).as_posix(): sha256(path.read_bytes()) for path in _files(part)}
    text = canonical_json(crate(part, ledger, sums, licence))
    (part / METADATA).write_text(text, encoding="utf-8")
    sums[METADATA] = sha256(text.encode())
    (part / SUMS).write_text("".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items())), encoding="utf-8")
    return missing


def _files(part: Path) -> list[Path]:
    return sorted(path for path in part.rglob("*") if path.is_file())


def _event_lines(events: Iterator[Event]) -> Iterator[str]:
    return (canonical_json(event) + "\n" for event in events)


def observation_lines(ledger: Ledger) -> str:
    """The newest version of every observation, a line of JSON each, with what was judged of it and its versions."""
    view = ledger.view
    lines = []
    for key, item in view.observations.items():
        more = {
            "round": round_of(key),
            "purpose": view.trials[key].purpose,
            "set_aside": view.excluded.get(key, ""),
            "versions": 1 + len(view.corrections.get(key, ())),
        }
        lines.append(canonical_json({"observation": item.model_dump(mode="json"), **more}) + "\n")
    return "".join(lines)


def prior_table(ledger: Ledger) -> str:
    """What models may learn from, with the column names that `prior_data` of a spec reads."""
    spec = ledger.spec
    basis = spec.space.basis
    head = [f"{name} ({basis})" for name in spec.space.component_names]
    head += [headed(v.name, v.unit) for v in spec.space.process]
    asked = (*spec.asked("data"), *spec.asked("screen"))
    for name, unit in asked:
        head += [headed(name, unit), f"{name} sd"]
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([*head, "status", "cause", "note"])
    for item in ledger.view.training():
        shares = item.composition.vector(spec.space.component_names)
        cells: list[object] = [round(100 * share, 6) for share in shares]
        cells += [item.process.get(v.name, "") for v in spec.space.process]
        for name, _ in asked:
            cells += _value(item, name)
        writer.writerow(
            [*cells, item.status, item.cause or "", neutral(_flat(f"{ledger.id} {item.trial} {item.note}"))]
        )
    return buffer.getvalue()


def _value(item: Observation, name: str) -> list[object]:
    found = next((m for m in item.measurements if m.property == name and m.censoring == "none"), None)
    if item.status != "ok" or found is None or found.value is None:
        return ["", ""]
    return [found.value, "" if found.sd is None else found.sd]


def _flat(text: str) -> str:
    return " ".join(text.split())


def _copy_artifacts(folder: Path, part: Path, ledger: Ledger) -> list[str]:
    """Copy the raw files that any version of an observation names; the hashes of those that are gone or changed."""
    view, missing = ledger.view, []
    (part / "artifacts").mkdir()
    named = [digest for item in view.observations.values() for digest in item.artifacts]
    named += [d for found in view.corrections.values() for one in found for d in one.observation.artifacts]
    for digest in dict.fromkeys(named):
        paths = sorted((folder / "artifacts").glob(f"{digest}.*"))
        if not paths or sha256(paths[0].read_bytes()) != digest:
            missing.append(digest)
            continue
        shutil.copyfile(paths[0], part / "artifacts" / paths[0].name)
    return missing


def _readme(ledger: Ledger) -> str:
    return _README.format(
        id=ledger.id,
        goal=_flat(ledger.spec.goal),
        marked="**SIMULATED: nothing here was measured on a material.** " if ledger.is_simulated else "",
        n=len(ledger.view.observations),
        rounds=ledger.view.round,
        first=ledger.first_at[:19],
        last=ledger.last_at[:19],
        head=ledger.head,
    )
