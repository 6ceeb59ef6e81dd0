"""The `bench` and `eval` commands of papers: ingest, search, answers and records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from eutectic.evals.command_options import Json, Smoke


def bench_ingest(
    docs: Annotated[Path | None, typer.Option("--docs", help="Folder of papers; $EUTECTIC_PDFS without.")] = None,
    smoke: Smoke = False,
    as_json: Json = False,
) -> int:
    """Pages per second of ingest beside plain PyMuPDF, pypdf and pdfplumber (extra `bench`) on the same papers."""
    from eutectic.evals.bench_ingest import describe, run_ingest_bench
    from eutectic.evals.literature_data import papers_folder

    found = run_ingest_bench(sorted(papers_folder(docs).glob("*.pdf")), smoke)
    typer.echo(json.dumps([item.model_dump() for item in found], indent=2) if as_json else describe(found))
    return 0


def evaluate_ingest(
    kills: Annotated[int, typer.Option("--kills", min=1, help="How often an ingest is killed.")] = 50,
    seed: Annotated[int, typer.Option("--seed", help="Of the moments at which.")] = 0,
    docs: Annotated[Path | None, typer.Option("--docs", help="Folder of papers; $EUTECTIC_PDFS without.")] = None,
    as_json: Json = False,
) -> int:
    """kill -9 at random moments of an ingest of real papers: nothing acknowledged is lost, nothing stands twice."""
    from eutectic.evals.ingest_kills import describe, run_kills
    from eutectic.evals.literature_data import papers_folder

    found = run_kills(sorted(papers_folder(docs).glob("*.pdf")), kills, seed)
    typer.echo(found.model_dump_json(indent=2) if as_json else describe(found))
    return 0 if found.is_passed else 1


def bench_literature(
    docs: Annotated[Path | None, typer.Option("--docs", help="Folder of papers; $EUTECTIC_PDFS without.")] = None,
    trec: Annotated[
        Path | None, typer.Option("--trec", help="A public set: Cranfield's files, or a folder in BEIR's form.")
    ] = None,
    scale: Annotated[
        bool, typer.Option("--scale", help="Only query time, build time, memory and disk by size.")
    ] = False,
    smoke: Smoke = False,
    as_json: Json = False,
) -> int:
    """Recall and nDCG of words, vectors and both; citation precision; query time at 1k, 10k and 100k passages."""
    from eutectic.core.settings import load_settings
    from eutectic.evals.bench_literature import describe, run_bench

    sizes = (1_000,) if smoke else (1_000, 10_000, 100_000)
    if scale:
        from eutectic.evals.bench_scale import show_scale

        show_scale(sizes, as_json)
        return 0
    found = run_bench(docs, trec, load_settings(), sizes=sizes, known=60 if smoke else 300)
    typer.echo(found.model_dump_json(indent=2) if as_json else describe(found))
    return 0


def evaluate_literature(
    pairs: Annotated[
        Path | None, typer.Option("--pairs", help="JSON lines of questions; DOCS/pairs.jsonl without.")
    ] = None,
    docs: Annotated[Path | None, typer.Option("--docs", help="Folder of papers; $EUTECTIC_PDFS without.")] = None,
    kills: Annotated[int, typer.Option("--kills", min=0, help="Ingests to kill; 2 with --smoke.")] = 50,
    questions: Annotated[
        Path | None, typer.Option("--questions", help="Your own questions instead, of --library; no gates.")
    ] = None,
    library: Annotated[
        Path | None, typer.Option("--library", help="Your library, or a folder of papers, for --questions.")
    ] = None,
    refit: Annotated[
        bool, typer.Option("--refit", help="Only fit the weights that judge answers, and print their file.")
    ] = False,
    further: Annotated[
        list[str] | None, typer.Option("--with", help="QUESTIONS=FOLDER: a further set for --refit; may be repeated.")
    ] = None,
    smoke: Smoke = False,
    as_json: Json = False,
) -> int:
    """Answers, quotes, refusals, tables, records, traps and killed ingests, with the gates they must pass.

    Each part is printed as soon as it is measured, the killed ingests last; how far it is goes to standard error.
    """
    if questions is not None:
        from eutectic.evals.literature_own import print_own

        return print_own(questions, library, as_json=as_json)
    if refit:
        from eutectic.evals.literature_refit import print_refit

        return print_refit(docs, further or [])
    from eutectic.core.settings import load_settings
    from eutectic.evals.literature import evaluate

    found = evaluate(
        pairs,
        docs,
        load_settings(),
        with_own=not smoke and pairs is None,
        kills=min(kills, 2) if smoke else kills,
        show=(lambda _: None) if as_json else typer.echo,
        tell=lambda text: typer.echo(text, err=True),
    )
    if as_json:
        data = found.model_dump(mode="json")
        typer.echo(json.dumps(data | {"passed": found.is_passed}, indent=2, ensure_ascii=False))
    else:
        typer.echo("\n".join([*(f"note: {note}" for note in found.notes), "passed" if found.is_passed else "FAILED"]))
    return 0 if found.is_passed else 1
