"""Questions about documents with their pages and answers, as the literature evaluation and its fit read them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

from pydantic import Field, ValidationError

from eutectic.core.errors import BadInput
from eutectic.core.record import Record
from eutectic.knowledge.measures import find_measures, plain_numbers, same_value
from eutectic.knowledge.normalise import normalise
from eutectic.knowledge.tokens import token_set


class Pair(Record):
    """A question with what a right answer is; one without a document is not answered by the library."""

    id: str
    question: str
    doc: str | None = None
    pages: tuple[int, ...] = ()
    answer: str = ""
    value: float | None = None
    unit: str | None = None
    quote: str | None = None
    kind: str = "text"
    about: str | None = None
    """The document a question without an answer was made about."""

    @property
    def is_answerable(self) -> bool:
        """Whether the documents hold an answer."""
        return self.doc is not None

    def is_answered_by(self, text: str) -> bool:
        """Whether words of a page hold the answer: its value, its quote, or most of its words."""
        if self.quote and (normalise(self.quote) in normalise(text) or normalise(text) in normalise(self.quote)):
            return True
        if self.value is not None:
            return _holds_value(text, self.value, self.unit or "")
        wanted = token_set(self.answer)
        return bool(wanted) and len(wanted & token_set(text)) >= 0.6 * len(wanted)


class Sample(Record):
    """A line of a file of pairs; what it says beside the fields of a pair is not read."""

    model_config = Record.model_config | {"extra": "ignore"}

    id: str
    question: str
    doc: str | None = None
    page: int | None = None
    pages: tuple[int, ...] = ()
    answer: str | None = None
    value: float | None = None
    unit: str | None = None
    quote: str | None = None
    kind: str = Field(default="text")
    about: str | None = None

    def pair(self) -> Pair:
        """With the one page among the pages."""
        pages = self.pages or ((self.page,) if self.page else ())
        return Pair(pages=pages, answer=self.answer or "", **self.model_dump(exclude={"page", "pages", "answer"}))


def read_pairs(path: Path) -> list[Pair]:
    """The pairs of a JSON-lines file.

    Raises:
        BadInput: the file cannot be read, or a line is none.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput("the pairs cannot be read", where=str(path), mend="give a JSON-lines file") from error
    return _parse(lines, str(path))


def own_pairs() -> list[Pair]:
    """Our questions on the six open papers, in other words than the papers' own, many of them without an answer."""
    return _own("literature_questions.jsonl")


def near_misses() -> list[Pair]:
    """Harder ones, written by reading the papers: causes, definitions, methods, comparisons, cells of tables.

    Those without an answer are near misses: the right material and another property, the right property and another
    composition, a plausible detail that is not reported.
    """
    return _own("literature_near_misses.jsonl")


def _own(name: str) -> list[Pair]:
    return _parse(files("eutectic.evals").joinpath(name).read_text(encoding="utf-8").splitlines(), name)


def papers_folder(given: Path | None) -> Path:
    """The folder of the papers: what was given, `EUTECTIC_PDFS`, or `pdfs` in `EUTECTIC_DATA`.

    Raises:
        BadInput: there is none.
    """
    named = os.environ.get("EUTECTIC_PDFS") or (
        str(Path(os.environ["EUTECTIC_DATA"]) / "pdfs") if "EUTECTIC_DATA" in os.environ else ""
    )
    folder = given or (Path(named) if named else None)
    if folder is None or not folder.is_dir():
        raise BadInput(
            "there is no folder of papers", where=str(folder or ""), mend="give --docs DIR, or EUTECTIC_PDFS"
        )
    return folder


def documents_of(folder: Path, pairs: Iterable[Pair]) -> list[Path]:
    """The files of a folder to take in: PDF, text and HTML, without folders inside, such as traps.

    Raises:
        BadInput: a pair names a file that is not there.
    """
    found = sorted(p for p in folder.iterdir() if p.suffix.lower() in (".pdf", ".html", ".htm", ".txt") and p.is_file())
    names = {path.name for path in found}
    missing = sorted({pair.doc for pair in pairs if pair.doc is not None} - names)
    if missing:
        raise BadInput(f"the pairs speak of documents that are not there: {', '.join(missing)}", where=str(folder))
    return found


def _parse(lines: Iterable[str], where: str) -> list[Pair]:
    found = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            found.append(Sample.model_validate(json.loads(line)).pair())
        except ValidationError as error:
            flaw = error.errors()[0]
            name = ".".join(str(part) for part in flaw["loc"])
            raise BadInput(f"not a pair: {name}: {flaw['msg']}", where=f"{where}:{number}") from error
        except ValueError as error:
            raise BadInput(f"not a line of JSON: {error}", where=f"{where}:{number}") from error
    return found


def _holds_value(text: str, value: float, unit: str) -> bool:
    wanted = find_measures(f"{value!r} {unit}")
    if any(m.dimension == w.dimension and same_value(m.value, w.value) for m in find_measures(text) for w in wanted):
        return True
    return any(same_value(number, value) for number in plain_numbers(text))
