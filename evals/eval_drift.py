"""The drift evaluation: made readings, whole simulated campaigns, real tables with repeats, and what each must pass."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

import typer

from eutectic.core.record import Record
from eutectic.evals.drift import run as run_campaigns
from eutectic.evals.drift import table
from eutectic.evals.drift_cases import CHOSEN, UNSEEN
from eutectic.evals.drift_readings import BANDS, CHANCE, MOST_LOST, cases_table, run_cases
from eutectic.evals.drift_real import run_tables, tables_text

_MADE = 5
"""Campaigns of made readings for each seed: they cost a hundredth of a whole one."""


def run(n_seeds: int, smoke: bool, data: Path | None, as_json: bool) -> int:
    """Print everything and return 0 where all holds, else 1."""
    seeds = range(n_seeds)
    few = ("none", "jumps", "outliers", "everything")
    many = range(n_seeds * _MADE)
    chosen = run_cases({name: case for name, case in CHOSEN.items() if not smoke or name in few}, many)
    unseen = run_cases({} if smoke else UNSEEN, many)
    campaigns = run_campaigns(list(seeds)[: 2 if smoke else None], smoke)
    folder = data or (Path(os.environ["EUTECTIC_DATA"]) if os.environ.get("EUTECTIC_DATA") else None)
    real = run_tables(folder) if folder is not None and not smoke else []
    is_held = all(row.is_covered and row.is_no_worse for row in (*chosen, *unseen))
    is_held = is_held and all(row.is_covered for row in campaigns if not smoke) and all(row.is_no_worse for row in real)
    if as_json:
        parts: dict[str, Sequence[Record]] = {
            "chosen": chosen,
            "unseen": unseen,
            "campaigns": campaigns,
            "tables": real,
        }
        rows = {name: [row.model_dump(mode="json") for row in part] for name, part in parts.items()}
        typer.echo(json.dumps({"seeds": list(seeds), "bands": BANDS, "holds": is_held, **rows}))
        return 0 if is_held else 1
    typer.echo(f"bands of coverage: {', '.join(f'{s:.0%}: {a:g} to {b:g}' for s, (a, b) in BANDS.items())}")
    typer.echo(f"a coverage fails where it lies outside by more than {CHANCE:g} standard errors between campaigns")
    typer.echo(
        f"error: at most {MOST_LOST:g} times that of values as measured, or no larger within two standard errors"
    )
    typer.echo(f"\nmade readings, {len(many)} campaigns a case, cases the model was chosen by\n{cases_table(chosen)}")
    if unseen:
        typer.echo(f"\nmade readings, cases that nothing was fitted to\n{cases_table(unseen)}")
    typer.echo(f"\nwhole campaigns in the simulated lab\n{table(campaigns, list(seeds)[: 2 if smoke else None])}")
    if real:
        typer.echo(f"\nreal tables in the order of their rows, repeats held out\n{tables_text(real)}")
    typer.echo("\neverything holds" if is_held else "\nnot everything holds: see FAILS")
    return 0 if is_held else 1
