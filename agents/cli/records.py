"""Commands on what the library's documents say of compositions: records."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eutectic.agents.cli.options import Json, print_json
from eutectic.core.errors import BadInput, StorageFailed

if TYPE_CHECKING:
    from eutectic.core.spec import CampaignSpec
    from eutectic.knowledge.genome import Genome
    from eutectic.knowledge.library import Library as LibraryType
    from eutectic.knowledge.record import LiteratureRecord

Library = Annotated[
    Path | None, typer.Option("--library", help="The library's folder; $EUTECTIC_HOME/library without.")
]


_COLUMNS = (
    "component site n n_sources n_top share share_low share_high lift median median_low median_high median_without p q"
)
GENOME_COLUMNS = tuple(_COLUMNS.split())


def add(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("genome", short_help="Say which component on which site goes with which performance.")(genome)
    app.command("records", short_help="List composition-property records of the library, or write them as CSV.")(
        records
    )


def records(
    library: Library = None,
    document: Annotated[str, typer.Option("--document", help="Only documents whose name holds this.")] = "",
    property: Annotated[str, typer.Option("--property", help="Only this property, by any of its names.")] = "",
    element: Annotated[
        list[str] | None, typer.Option("--element", help="Only with this element; may be given again.")
    ] = None,
    refused: Annotated[bool, typer.Option("--refused", help="Show the refused records and why.")] = False,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write verified records as a CSV for prior_data.")] = None,
    spec: Annotated[
        Path | None, typer.Option("--spec", help="Name and convert the CSV's columns as this spec does.")
    ] = None,
    propose: Annotated[bool, typer.Option("--propose", help="Let the model propose more; code checks.")] = False,
    save_claims: Annotated[
        Path | None, typer.Option("--save-claims", help="With --propose: write the claims of processing it proposes.")
    ] = None,
    compositions: Annotated[bool, typer.Option("--compositions", help="List compositions only.")] = False,
    as_json: Json = False,
) -> int:
    """List what the documents of the library say of properties of compositions, each with page and checked quote."""
    from eutectic.core.elements import element as known_element
    from eutectic.knowledge.record_table import Selection, select

    if compositions:
        return _list_compositions(library, document, as_json)
    symbols = tuple(known_element(symbol).symbol for symbol in element or ())
    statuses = ("refused",) if refused else ("verified", "flagged")
    if save_claims is not None and not propose:
        raise BadInput("only a model proposes claims of processing", where="--save-claims", mend="add --propose")
    read = read_records(library, propose=propose, save_claims=save_claims)
    found = select(read, Selection(document, property, symbols, statuses))  # type: ignore[arg-type]
    if csv is not None:
        return _write_csv(found, csv, spec)
    if as_json:
        print_json([record.model_dump(mode="json") | {"id": record.id, "status": record.status} for record in found])
    else:
        typer.echo(records_text(found))
    return 0


def genome(
    property: Annotated[str, typer.Option("--property", help="The property, by any of its names, or a column.")],
    library: Library = None,
    table: Annotated[Path | None, typer.Option("--table", help="A CSV in place of the library.")] = None,
    minimize: Annotated[bool, typer.Option("--minimize", help="Smaller is better.")] = False,
    least: Annotated[int, typer.Option("--least", min=2, help="Materials a component must have, and lack.")] = 5,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write the statistics as a CSV.")] = None,
    as_json: Json = False,
) -> int:
    """Say which component on which site goes with the best quarter: counts, intervals, corrected for their number."""
    from eutectic.knowledge.genome import genome as statistics
    from eutectic.knowledge.genome_sources import from_records, from_table
    from eutectic.knowledge.properties import same_property

    records = [] if table else read_records(library)
    materials = from_table(table, property) if table else from_records(records, property)
    unit = next((record.si_unit for record in records if same_property(record.property, property)), "")
    found = statistics(property, materials, maximize=not minimize, least=least, unit=unit)
    if as_json:
        print_json(found.model_dump(mode="json"))
    elif csv is not None:
        _write(csv, genome_csv(found))
        typer.echo(f"{len(found.rows)} rows written to {csv}")
    else:
        typer.echo(genome_text(found))
    return 0


def genome_csv(found: Genome) -> str:
    """The statistics as CSV, a row a component and site."""
    names = list(GENOME_COLUMNS)
    rows = [row.model_dump() for row in found.rows]
    lines = [",".join("" if row[name] is None else str(row[name]) for name in names) for row in rows]
    return "\n".join([",".join(names), *lines]) + "\n"


def genome_text(found: Genome) -> str:
    """The statistics in lines, most telling first."""
    better = "least" if found.direction == "maximize" else "most"
    lines = [
        f"{found.property}: {found.n_materials} materials of {found.n_sources} sources; the best quarter has at "
        f"{better} {found.threshold:g}{f' {found.unit}' if found.unit else ''}. What goes together is no cause.",
        f"{'component':<10}{'site':<18}{'n':>5}{'papers':>7}{'top':>5}  {'share in the best quarter':<27}{'lift':>6}"
        f"  {'median [95 %]':<32}{'without':>10}{'q':>9}{'q papers':>10}",
    ]
    for row in found.rows:
        share = f"{row.share:.2f} [{row.share_low:.2f}, {row.share_high:.2f}]"
        middle = f"{row.median:.4g} [{row.median_low:.4g}, {row.median_high:.4g}]"
        without = "-" if row.median_without is None else f"{row.median_without:.4g}"
        lines.append(
            f"{row.component:<10}{row.site:<18}{row.n:>5}{row.n_sources:>7}{row.n_top:>5}  {share:<27}{row.lift:>6.2f}"
            f"  {middle:<32}{without:>10}{row.q:>9.2g}{row.q_sources:>10.2g}"
        )
    if found.rows:
        lines.append(
            f"q: share of false rows expected among those up to it, over {len(found.rows)} tests; q papers: each paper "
            "counted once"
        )
    return "\n".join([*lines, *(f"note: {note}" for note in found.notes)])


def read_records(
    library: Path | None, *, propose: bool = False, save_claims: Path | None = None
) -> list[LiteratureRecord]:
    """Every record of the library of a folder; with `propose`, also those that the language model adds.

    Args:
        library: The folder.
        propose: Ask the language model of the settings for more.
        save_claims: Where the claims of processing that it proposes are written.

    Raises:
        BadInput: there is no document in it.
        BadSetting: no language model is configured.
        StorageFailed: the claims cannot be written.
    """
    with _opened(library) as opened:
        return _with_proposals(opened, save_claims) if propose else opened.records()


@contextmanager
def _opened(library: Path | None) -> Iterator[LibraryType]:
    from eutectic.core.settings import home, load_settings
    from eutectic.knowledge.library import open_library

    folder = library or home() / "library"
    empty = BadInput("there is no document in the library", where=str(folder), mend="eutectic ingest PATH")
    if not folder.exists():
        raise empty
    with open_library(folder, load_settings()) as opened:
        if not opened.documents():
            raise empty
        yield opened


def _with_proposals(opened: LibraryType, save: Path | None) -> list[LiteratureRecord]:
    from eutectic.agents.cli.claims import claims_text
    from eutectic.agents.proposing import propose_records, reading_mind
    from eutectic.core.settings import load_settings
    from eutectic.knowledge.claim_file import save_claims

    rules, mind = opened.records(), reading_mind(load_settings())
    added, claims, refused = propose_records(mind, opened.sources(), rules, lambda line: typer.echo(line, err=True))
    typer.echo(f"{len(added)} records proposed beside the rules', {len(refused)} not taken", err=True)
    if save is not None:
        save_claims(save, claims)
        typer.echo(f"{len(claims)} claims of processing written to {save}", err=True)
    elif claims:
        typer.echo(f"claims of processing proposed (--save-claims FILE keeps them):\n{claims_text(claims)}", err=True)
    return [*rules, *added]


def _list_compositions(library: Path | None, document: str, as_json: bool) -> int:
    from eutectic.knowledge.records import document_compositions

    with _opened(library) as opened:
        found = [c for source in opened.sources() if document in source.name for c in document_compositions(source)]
    if as_json:
        print_json([item._asdict() | {"composition": item.composition.model_dump(mode="json")} for item in found])
        return 0
    for item in found:
        name = f" ({item.label})" if item.label else ""
        typer.echo(f"{item.document}, page {item.page}: {item.written}{name} = {item.composition.formula()}")
    typer.echo(f"{len(found)} compositions")
    return 0


def _write_csv(found: list[LiteratureRecord], path: Path, spec: Path | None) -> int:
    from eutectic.knowledge.record_table import prior_csv

    text, kept = prior_csv(found, _campaign(spec))
    _write(path, text)
    typer.echo(f"{kept} of {len(found)} records written to {path}; the others are not verified measurements that fit")
    return 0


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StorageFailed(f"cannot write: {error.strerror}", where=str(path), mend="name another file") from error


def _campaign(path: Path | None) -> CampaignSpec | None:
    if path is None:
        return None
    from eutectic.agents.spec_file import load_spec

    return load_spec(path)


def records_text(found: list[LiteratureRecord]) -> str:
    """The records in lines: value, material, place, and what speaks against each."""
    lines = []
    for record in found:
        where = f"{record.document}, page {record.page}" + (f", {record.table}" if record.table else "")
        lines.append(
            f"{record.property} {record.value_text} of {record.label or record.material}: {where} [{record.status}]"
        )
        if record.composition is not None:
            lines.append(f"    {record.composition.formula()} (at%, written in {record.basis})")
        lines.append(f'    "{record.quote[:300]}"')
        lines += [f"    {flaw.reason}: {flaw.detail}" for flaw in record.flaws]
    statuses = [record.status for record in found]
    counts = ", ".join(f"{statuses.count(status)} {status}" for status in sorted(set(statuses)))
    return "\n".join([*lines, f"{len(found)} records" + (f": {counts}" if counts else "")])
