"""The `bench` and `eval` commands, which the command line finds by their entry points."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from eutectic.core.errors import BadInput

Smoke = Annotated[bool, typer.Option("--smoke", help="A quick run of about a minute.")]
Seeds = Annotated[int | None, typer.Option("--seeds", min=1, help="How many seeds.")]
Json = Annotated[bool, typer.Option("--json", help="Print data as JSON.")]
Data = Annotated[Path | None, typer.Option("--data", help="Folder of measured tables; $EUTECTIC_DATA without.")]

bench = typer.Typer(help="Benchmarks, each with its baseline and seeds.", no_args_is_help=True)
evaluate = typer.Typer(help="Evaluations, each with the gates it must pass.", no_args_is_help=True)


@evaluate.callback()
def _evaluate() -> None:
    """Evaluations, each with the gates it must pass."""


@evaluate.command()
def records(
    smoke: Smoke = False,
    data: Annotated[
        Path | None, typer.Option("--data", help="Folder of checked papers; $EUTECTIC_PDFS without.")
    ] = None,
    drawn: Annotated[
        int, typer.Option("--drawn", help="Draw so many papers, kind after kind, and score only these.", min=0)
    ] = 0,
    seed: Annotated[int, typer.Option("--seed", help="Of the drawn papers.")] = 0,
    held_back: Annotated[bool, typer.Option("--held-back", help="List the kinds held back one by one too.")] = False,
    as_json: Json = False,
) -> int:
    """Precision, recall and F1 of record extraction by rules, on made papers by split and on checked real ones."""
    from eutectic.evals.eval_records import run, run_drawn

    return run_drawn(drawn, seed, held_back, as_json) if drawn else run(smoke, data, as_json)


@evaluate.command()
def claims(
    smoke: Smoke = False,
    data: Annotated[
        Path | None, typer.Option("--data", help="Folder of the papers read by hand; $EUTECTIC_PDFS without.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Precision and recall of claims read by rules, on sentences and papers whose claims were listed by hand."""
    from eutectic.evals.eval_claims import run

    return run(data, smoke, as_json)


@bench.command()
def loop(
    trials: Annotated[int, typer.Option("--trials", min=4, help="Experiments of the campaign.")] = 60,
    batch: Annotated[int, typer.Option("--batch", min=1, max=96)] = 4,
    optimizer: Annotated[str, typer.Option("--optimizer", help="botorch, random or sobol.")] = "botorch",
    instruments: Annotated[
        int, typer.Option("--instruments", min=1, max=96, help="Measuring at once; above 1 thin films on a plate.")
    ] = 1,
    growth: Annotated[
        float, typer.Option("--growth", min=1.0, help="CPU per trial of the last quarter over the first: 1 above.")
    ] = 1.25,
    memory: Annotated[
        float, typer.Option("--memory", min=1.0, help="Memory at the end over that after a tenth: 1 above.")
    ] = 1.05,
    smoke: Smoke = False,
    seeds: Seeds = None,
    as_json: Json = False,
) -> int:
    """Time of the agent loop per trial beside the bare optimiser on the same trials, and its memory.

    Exit code 1 where time or memory grew by more than stated (with 8 rounds or more), or a trial was lost or doubled.
    """
    from eutectic.evals.bench_loop import bench_spec, table, time_loop

    count = 24 if smoke else trials
    time_loop(bench_spec(8, 4, optimizer, 0))  # so that imports and first-use costs stay out of the figures
    rows = [time_loop(bench_spec(count, batch, optimizer, seed, instruments)) for seed in range(seeds or 1)]
    if as_json:
        typer.echo(json.dumps([row.model_dump(mode="json") for row in rows], indent=2))
    else:
        typer.echo(table(rows))
    grown = any(row.growth > growth or row.memory_growth > memory for row in rows)
    if grown and not as_json:
        typer.echo(f"GREW: more than {growth:g} times the CPU per trial, or {memory:g} times the memory")
    return int(grown or any(row.missing or row.doubled for row in rows))


@bench.command()
def dosing(smoke: Smoke = False, seeds: Seeds = None, as_json: Json = False) -> int:
    """How far doses miss the wanted composition, by pipette, well, stocks and method; 1 where ours is worse."""
    from eutectic.evals.bench_dosing import run

    return run(seeds or (2 if smoke else 4), smoke, as_json)


@bench.command()
def optimise(
    smoke: Smoke = False,
    seeds: Seeds = None,
    data: Data = None,
    as_json: Json = False,
    methods: Annotated[str, typer.Option("--methods", help="Names with commas between; all without.")] = "",
    tables: Annotated[str, typer.Option("--tables", help="Tables, emulators, closed forms; all without.")] = "",
    batches: Annotated[str, typer.Option("--batches", help="Batch sizes with commas between.")] = "",
    trials: Annotated[int | None, typer.Option("--trials", min=4, help="Trials of a campaign; 80 without.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder of results; ./bench-optimise without.")] = None,
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="Processes; one per core without.")] = None,
    starts: Annotated[
        int, typer.Option("--starts", min=0, help="Random starts all methods share; 0: each its own.")
    ] = 5,
    spec: Annotated[
        Path | None, typer.Option("--spec", help="Campaign spec of a table of your own, with --table.")
    ] = None,
    table: Annotated[
        Path | None, typer.Option("--table", help="Your measurements (CSV, XLSX) to search, with --spec.")
    ] = None,
    speed: Annotated[bool, typer.Option("--speed", help="Seconds per suggestion by size instead.")] = False,
    front: Annotated[bool, typer.Option("--front", help="Hypervolume with two objectives instead.")] = False,
    repeats: Annotated[bool, typer.Option("--repeats", help="Repeats by value, never and always instead.")] = False,
) -> int:
    """Experiments the optimiser needs beside its peers, on tables, emulators of them and closed forms; resumable."""
    from eutectic.evals.bench_optimise import run

    if speed:
        from eutectic.evals.suggestion_speed import run_speeds

        return run_speeds(seeds or (1 if smoke else 3), smoke=smoke, as_json=as_json)

    if front:
        from eutectic.evals.fronts import print_fronts

        return print_fronts(data, seeds or (2 if smoke else 10), trials or (16 if smoke else 40), as_json=as_json)
    if repeats:
        from eutectic.evals.repeats import print_repeats

        return print_repeats(seeds or (2 if smoke else 60), trials or (16 if smoke else 40), as_json=as_json)
    sizes = [int(size) for size in batches.split(",") if size.strip().isdigit() and int(size) > 0]
    if batches and len(sizes) != batches.count(",") + 1:
        raise BadInput(f"--batches {batches!r} are not whole numbers above 0", mend="write such as 1,4,10")
    if (spec is None) != (table is None) or (table is not None and tables):
        raise BadInput("--spec and --table go together, without --tables", mend="name the spec and your table")
    run(
        own=None if spec is None or table is None else (spec, table),
        smoke=smoke,
        seeds=seeds,
        data=data,
        as_json=as_json,
        methods=[name.strip() for name in methods.split(",") if name.strip()],
        pools=[name.strip() for name in tables.split(",") if name.strip()],
        batches=sizes,
        trials=trials,
        out=out,
        workers=workers,
        starts=starts,
    )
    return 0


@bench.command()
def elements(
    learn: Annotated[
        Path | None, typer.Option("--learn", help="List of formulas to learn from: text, CSV or the matminer wheel.")
    ] = None,
    write: Annotated[Path | None, typer.Option("--write", help="Where to write the learned vectors as CSV.")] = None,
    smoke: Smoke = False,
    as_json: Json = False,
) -> int:
    """Whether element vectors learned from formulas alone reproduce the groups of the periodic table."""
    from eutectic.evals.bench_elements import run

    run(learn, write, smoke, as_json)
    return 0


@evaluate.command()
def drift(smoke: Smoke = False, seeds: Seeds = None, data: Data = None, as_json: Json = False) -> int:
    """Whether intervals hold under drift, jumps and outliers, beside values as measured; false alarms and power."""
    from eutectic.evals.eval_drift import run

    return run(seeds or (6 if smoke else 20), smoke, data, as_json)


@evaluate.command()
def labs(
    names: Annotated[list[str] | None, typer.Argument(metavar="[LAB]...", help="Kinds of lab; all without.")] = None,
    smoke: Smoke = False,
    as_json: Json = False,
) -> int:
    """Every fault of the conformance suite against every lab that is installed, beside what other tools let through."""
    from eutectic.evals.lab_matrix import run, text

    cells, programs = run(tuple(names or ()), smoke)
    if as_json:
        typer.echo(json.dumps([item.model_dump(mode="json") for item in (*programs, *cells)], indent=2))
    else:
        typer.echo(text(cells, programs))
    ours = [item for item in programs if item.lab == "ledger"]
    return 1 if any(item.verdict == "missed" for item in (*cells, *ours)) else 0


@bench.command("ingest")
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


@evaluate.command("ingest")
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


@bench.command("literature")
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


@evaluate.command("literature")
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
