"""Writes a campaign's report: page, plain text, observations and recording, each whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from eutectic.agents.report.answer import answer_section, headline
from eutectic.agents.report.blocks import Section
from eutectic.agents.report.claims import claims_section
from eutectic.agents.report.data import data_section
from eutectic.agents.report.evidence import evidence_section
from eutectic.agents.report.failures import failures_section
from eutectic.agents.report.following import next_section
from eutectic.agents.report.instrument import instrument_section
from eutectic.agents.report.intervals import noise_of
from eutectic.agents.report.knowing import knowledge_section
from eutectic.agents.report.ledger import Ledger, read_ledger
from eutectic.agents.report.mapping import map_section
from eutectic.agents.report.markdown import render_markdown
from eutectic.agents.report.micrographs import micrographs_section
from eutectic.agents.report.models import fit_models
from eutectic.agents.report.observations import observations_csv
from eutectic.agents.report.page import render_page
from eutectic.agents.report.pictures import effects_section, pareto_section, parity_section
from eutectic.agents.report.progress import progress_section
from eutectic.agents.report.provenance import provenance_section
from eutectic.agents.report.results import Results, gather
from eutectic.agents.report.timeline import timeline_section
from eutectic.core.errors import StorageFailed
from eutectic.core.record import canonical_json

_SIMULATED = (
    "SIMULATED: every value in this report comes from a simulated lab. Nothing here was measured on a material."
)


def write_report(folder: Path, *, database: str | None = None) -> Path:
    """Write the report of a campaign at whatever stage it stands, from its notebook alone.

    Args:
        folder: The campaign's folder; its name is the campaign's ID.
        database: URL of the notebook where it is not `notebook.db` in the folder.

    Returns:
        The path of report.html.

    Raises:
        StorageFailed: there is no notebook, or a file cannot be written (the old one is left as it was).
        NotebookCorrupt: the notebook holds no campaign, or an event that cannot be understood.
    """
    folder = folder.resolve()
    ledger = read_ledger(folder, database)
    results = gather(ledger)
    title, sections = compose(ledger, results, folder)
    banner = _SIMULATED if ledger.is_simulated else ""
    shown = {row[0] for section in sections if section.id == "data" for block in section.blocks for row in _rows(block)}
    _put(folder / "recording.jsonl", "".join(canonical_json(payload) + "\n" for payload in ledger.recording))
    _put(folder / "observations.csv", observations_csv(ledger, results))
    _put(folder / "report.md", render_markdown(title, banner, sections))
    page = folder / "report.html"
    _put(page, render_page(title, banner, ledger.spec.goal, sections, shown))
    return page


def compose(ledger: Ledger, results: Results, folder: Path | None = None) -> tuple[str, list[Section]]:
    """The title and the sections, answer first; `folder` is where raw files that are shown lie."""
    models = fit_models(ledger)
    noises = {
        o.property: noise_of(o.property, results.measured, models.noise_sd(o.property)) for o in ledger.spec.objectives
    }
    sections = [
        answer_section(ledger, results, noises, models),
        progress_section(ledger, results, models),
        pareto_section(ledger, results),
        map_section(ledger, results, models),
        parity_section(ledger, models),
        effects_section(ledger, models),
        claims_section(ledger),
        evidence_section(ledger),
        knowledge_section(ledger, results),
        micrographs_section(ledger, results, folder),
        instrument_section(ledger, results),
        failures_section(ledger, results),
        data_section(ledger, results),
        timeline_section(ledger, results),
        next_section(ledger, results, models),
        provenance_section(ledger),
    ]
    return headline(ledger, results, noises), [section for section in sections if section is not None]


def _rows(block: object) -> tuple[tuple[str, ...], ...]:
    from eutectic.agents.report.blocks import Table

    return block.rows if isinstance(block, Table) else ()


def _put(path: Path, text: str) -> None:
    """Write through a temporary file beside it, so that a reader sees the old file or the new one."""
    temporary: str | None = None
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        raise StorageFailed(
            f"cannot write the report: {error.strerror}", where=str(path), mend="free the disk, then run report again"
        ) from error
