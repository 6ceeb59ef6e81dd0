"""The refit of the weights that judge answers: on our own questions and on any further sets, written as their file."""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from eutectic.core.errors import BadInput
from eutectic.core.record import Record
from eutectic.core.settings import Settings, load_settings
from eutectic.evals.literature_data import Pair, documents_of, near_misses, own_pairs, papers_folder, read_pairs
from eutectic.evals.literature_fit import Case, Fitted, cases, fit, made_cases
from eutectic.knowledge.features import Features
from eutectic.knowledge.library import open_library

_HEAD = """\
# Weights of the features of a statement (knowledge/features.py) in its rank, and in the log-odds that it answers.
# Written by `eutectic eval literature --refit`; not to be changed by hand. Sets that are not shipped are papers and
# questions of others' making or licence: without them `--refit` gives the weights of the shipped questions alone.
"""


class QuestionSet(Record):
    """Questions on the papers of a folder, to fit on."""

    name: str
    pairs: tuple[Pair, ...]
    folder: Path
    is_shipped: bool = False


def shipped_set(docs: Path | None) -> QuestionSet:
    """Our own questions, and the folder of their papers."""
    return QuestionSet(
        name="own questions", pairs=(*own_pairs(), *near_misses()), folder=papers_folder(docs), is_shipped=True
    )


def further_set(given: str) -> QuestionSet:
    """A set given as `QUESTIONS=FOLDER`.

    Raises:
        BadInput: it has another form, or the file or the folder is not there.
    """
    questions, found, folder = given.partition("=")
    if not found or not Path(folder).is_dir():
        raise BadInput(
            "a further set is a file of questions and the folder of its papers",
            where=given,
            mend="write --with questions.jsonl=papers",
        )
    return QuestionSet(name=Path(questions).stem, pairs=tuple(read_pairs(Path(questions))), folder=Path(folder))


def refit(
    sets: Sequence[QuestionSet], settings: Settings, day: datetime.date, tell: Callable[[str], None] = lambda _: None
) -> str:
    """The file of the weights fitted on some sets, each asked of a library of its own papers alone.

    Raises:
        BadInput: a set speaks of documents that its folder does not hold.
    """
    found: list[Case] = []
    for item in sets:
        tell(f"{item.name}: {len(item.pairs)} questions")
        with tempfile.TemporaryDirectory() as place, open_library(Path(place), settings) as library:
            library.ingest(documents_of(item.folder, item.pairs))
            found += cases(library, item.pairs)
            found += made_cases(library, item.pairs) if item.is_shipped else []
    tell(f"fitting on {len(found)} questions")
    return written(fit(found), sets, day)


def print_refit(docs: Path | None, further: Sequence[str]) -> int:
    """Print the file of the weights fitted on our own and further sets; the exit code, 0."""
    import typer

    sets = [shipped_set(docs), *map(further_set, further)]
    today = datetime.datetime.now(datetime.UTC).date()
    typer.echo(refit(sets, load_settings(), today, lambda text: typer.echo(text, err=True)))
    return 0


def written(weights: Fitted, sets: Sequence[QuestionSet], day: datetime.date) -> str:
    """Weights as their file, with what they were fitted on."""
    lines = [f"{_HEAD}date = {day.isoformat()}", f"offset = {weights.offset:.2f}", ""]
    for item in sets:
        lines += [
            "[[sets]]",
            f'name = "{item.name}"',
            f"shipped = {str(item.is_shipped).lower()}",
            f"papers = {len({pair.doc or pair.about for pair in item.pairs} - {None})}",
            f"answerable = {sum(pair.is_answerable for pair in item.pairs)}",
            f"unanswerable = {sum(not pair.is_answerable for pair in item.pairs)}",
            "",
        ]
    for name, values in (("ranking", weights.ranking), ("confidence", weights.confidence)):
        lines += [f"[{name}]", *(f"{key} = {round(value, 2) + 0.0:g}" for key, value in _by_name(values)), ""]
    return "\n".join(lines)


def _by_name(values: Sequence[float]) -> list[tuple[str, float]]:
    return list(zip(Features._fields, values, strict=True))
