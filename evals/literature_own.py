"""A group's own questions asked of its own library: pages, answers and refusals with their intervals, without gates."""

from __future__ import annotations

import tempfile
from pathlib import Path

from eutectic.core.errors import BadInput
from eutectic.core.settings import Settings, load_settings
from eutectic.evals.literature import Answered, answer_scorers, outcome_lines
from eutectic.evals.literature_data import documents_of, read_pairs
from eutectic.evals.task import Outcome, Task, run_task
from eutectic.knowledge.library import open_library


def ask_own(questions: Path, folder: Path, settings: Settings) -> Outcome:
    """Ask every question of a file of a library.

    Args:
        questions: JSON lines with `id`, `question`, and for one with an answer `doc`, `pages` and `answer`, or `value`
            and `unit`; without `doc` the library does not answer it.
        folder: a library, or a folder of documents, which are taken into a library for the while.
        settings: of the library.

    Raises:
        BadInput: the file cannot be read, or speaks of documents that the library does not hold.
    """
    pairs = read_pairs(questions)
    with tempfile.TemporaryDirectory() as place:
        is_library = (folder / "library.db").is_file()
        with open_library(folder if is_library else Path(place), settings) as library:
            if not is_library:
                library.ingest(documents_of(folder, pairs))
            held = {document.name for document in library.documents()}
            missing = sorted({pair.doc for pair in pairs if pair.doc is not None} - held)
            if missing:
                raise BadInput(f"the questions speak of documents that are not there: {', '.join(missing)}")
            return run_task(
                Task(
                    name=questions.name,
                    samples=pairs,
                    solver=lambda pair: Answered(library.ask(pair.question), tuple(library.search(pair.question, 10))),
                    scorers=answer_scorers(),
                    gates=(),
                ),
                lambda pair: f"{pair.id} {pair.question}",
                lambda _: None,
            )


def print_own(questions: Path, folder: Path | None, *, as_json: bool) -> int:
    """Print what came of a file of questions; the exit code, 0.

    Raises:
        BadInput: there is no such folder, or as `ask_own`.
    """
    import typer

    if folder is None or not folder.is_dir():
        raise BadInput("there is no such library", where=str(folder or ""), mend="give --library DIR with --questions")
    found = ask_own(questions, folder, load_settings())
    typer.echo(found.model_dump_json(indent=2) if as_json else outcome_lines(found, is_gate=False))
    return 0
