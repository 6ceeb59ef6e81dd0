"""Commands of calculated data: fetch it from databases and dumps, correct it against measurements."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from eutectic.agents.cli.options import Json, print_json
from eutectic.core.errors import BadInput

Library = Annotated[
    Path | None, typer.Option("--library", help="The library's folder; $EUTECTIC_HOME/library without.")
]
Functional = Annotated[str, typer.Option("--functional", help="Density functional, where the data do not say.")]


def add(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("fetch", short_help="Get calculated data from OPTIMADE databases or dumps.")(fetch)
    app.command("correct", short_help="Correct calculated data against measured ones, as prior data.")(correct)


def fetch(
    provider: Annotated[str, typer.Option("--provider", help="mp, oqmd, aflow, ... or a base URL.")] = "",
    elements: Annotated[str, typer.Option("--elements", help="Elements that must be in it: Fe,Co,B.")] = "",
    only: Annotated[bool, typer.Option("--only", help="No other elements.")] = False,
    n_elements: Annotated[int | None, typer.Option("--n-elements", min=1, max=20)] = None,
    formula: Annotated[str, typer.Option("--formula", help="Reduced formula: Fe3B.")] = "",
    where: Annotated[str, typer.Option("--filter", help="More, in OPTIMADE's filter language.")] = "",
    file: Annotated[Path | None, typer.Option("--file", help="A dump: .json, .jsonl or .csv.")] = None,
    functional: Functional = "",
    most: Annotated[int, typer.Option("--most", min=1, max=1_000_000, help="Entries at most.")] = 1_000,
    offline: Annotated[bool, typer.Option("--offline", help="Only what was fetched before.")] = False,
    library: Library = None,
    as_json: Json = False,
) -> int:
    """Get calculated materials with their provenance; they are kept in the library for work without a network."""
    from eutectic.core.settings import home
    from eutectic.knowledge.calculated import fetch_entries, load_dump
    from eutectic.knowledge.optimade import Query

    folder = library or home() / "library"
    if (file is None) == (not provider):
        raise BadInput("name either a provider or a dump", mend="--provider mp --elements Fe,Co,B, or --file dump.json")
    if file is not None:
        found = load_dump(folder, file, functional=functional)
    else:
        symbols = tuple(symbol.strip() for symbol in elements.split(",") if symbol.strip())
        query = Query(elements=symbols, only=only, n_elements=n_elements, formula=formula, filter=where)
        found = fetch_entries(folder, provider, query, most=most, is_offline=offline, functional=functional)
    if as_json:
        print_json({"entries": [entry.model_dump() for entry in found.entries], "notes": found.notes})
        return 0
    for entry in found.entries[:50]:
        kind = f"calculated {entry.functional}".strip() if entry.is_calculated else "measured"
        values = ", ".join(f"{name} {value:g}" for name, value in sorted(entry.values.items())[:4])
        typer.echo(f"{entry.formula:<16} {entry.database} {entry.id}, {kind}: {values}")
    for note in found.notes:
        typer.echo(f"note: {note}")
    more = ", the first 50 shown; --json prints all" if len(found.entries) > 50 else ""
    typer.echo(f"{len(found.entries)} entries{more}")
    return 0


def correct(
    value: Annotated[str, typer.Option("--value", help="Name of the calculated value, as --json of fetch shows it.")],
    column: Annotated[str, typer.Option("--property", help="Column of the measured property: 'Bs (T)'.")],
    measured: Annotated[Path, typer.Option("--measured", help="CSV with `formula` and the property.")],
    csv: Annotated[Path | None, typer.Option("--csv", help="Write corrected values as prior data.")] = None,
    functional: Functional = "",
    library: Library = None,
    as_json: Json = False,
) -> int:
    """Learn what calculated values are off by, where measured ones exist, and write all corrected as prior data."""
    from contextlib import closing

    from eutectic.core.settings import home
    from eutectic.knowledge.calculated import Cache
    from eutectic.knowledge.calculated_prior import learn_from, prior_csv
    from eutectic.tools.tables import read_table

    with closing(Cache(library or home() / "library")) as cache:
        entries = [entry for entry in cache.entries() if not functional or entry.functional == functional]
    table = read_table(measured)
    missing = [name for name in ("formula", column) if name not in table.columns]
    if missing:
        raise BadInput(
            f"there is no column {missing[0]!r}", where=str(measured), mend=f"it has {', '.join(table.columns)}"
        )
    known: dict[str, float] = {
        table.cell(row, "formula").text: cell.value
        for row in table.rows
        if (cell := table.cell(row, column)).censoring == "none" and cell.value is not None
    }
    learned = learn_from(
        entries, {key: number for key, number in known.items() if number is not None}, value
    ).correction
    if as_json:
        print_json(learned.model_dump() | {"helps": learned.helps})
    else:
        typer.echo(
            f"measured = {learned.offset:.4g} (sd {learned.offset_sd:.2g})"
            f" + {learned.slope:.4g} (sd {learned.slope_sd:.2g}) x calculated, on {learned.n_pairs} pairs\n"
            f"root mean square error {learned.error_before:.4g} before, {learned.error_after:.4g} after (leave-one-out)"
        )
        if not learned.helps:
            typer.echo("note: the correction does not help; the values are written with its uncertainty all the same")
    if csv is not None:
        csv.write_text(prior_csv(entries, value, column, learned), encoding="utf-8")
        typer.echo(f"written: {csv}", err=as_json)
    return 0
