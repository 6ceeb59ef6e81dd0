"""Scores on drawn papers: each is drawn, read as a PDF, and its records held against what it was drawn from."""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from eutectic.core.errors import EutecticError
from eutectic.core.record import Record
from eutectic.evals.drawn_archetypes import FIRST
from eutectic.evals.drawn_archetypes_more import MORE
from eutectic.evals.drawn_fresh import FRESH
from eutectic.evals.drawn_fresh_last import FRESH_LAST, MENDED_LAST
from eutectic.evals.drawn_fresh_later import FRESH_LATER
from eutectic.evals.drawn_held_back import HELD_BACK
from eutectic.evals.drawn_held_back_more import LATER_HELD_BACK
from eutectic.evals.drawn_paper import Fact, Paper, stated
from eutectic.evals.score_records import Counts, Gold, matches, score, score_compositions, summed
from eutectic.knowledge.genome import wilson
from eutectic.knowledge.reader import Limits
from eutectic.knowledge.reader_process import ReaderProcess
from eutectic.knowledge.record import LiteratureRecord
from eutectic.knowledge.record_sentences import Sentence
from eutectic.knowledge.records import Source, document_records
from eutectic.knowledge.sentences import split_sentences

Archetype = Callable[[Random], Paper]


class Drawn(NamedTuple):
    """A drawn paper."""

    paper: Paper
    look: dict[str, Any]
    path: Path
    is_held_back: bool


class Score(Record):
    """Of one archetype, or of all of a kind."""

    name: str
    is_held_back: bool
    tables: Counts
    compositions: Counts
    conditions: int
    """Recalled records whose annealing or measuring temperature is the stated one."""
    with_conditions: int
    """Recalled records whose temperature was stated."""


def drawn_papers(n: int, seed: int, folder: Path, *, held_back: bool | None = None) -> list[Drawn]:
    """`n` papers, one kind after another, each in a style of its own, drawn into a folder.

    Args:
        n: how many.
        seed: the same seed gives the same papers.
        folder: where the PDFs are written.
        held_back: only those held back, or only the others.

    Raises:
        EutecticError: PyMuPDF cannot draw them.
    """
    developed = (*FIRST, *MORE, *HELD_BACK, *LATER_HELD_BACK, *FRESH, *FRESH_LATER, *MENDED_LAST)
    kinds = [(kind, kind in FRESH_LAST) for kind in (*developed, *FRESH_LAST)]
    kinds = [pair for pair in kinds if held_back is None or pair[1] == held_back]
    drawn = []
    for i in range(n):
        kind, is_held = kinds[i % len(kinds)]
        random = Random(f"{seed}/{i // len(kinds)}/{kind.__name__}")
        drawn.append(Drawn(kind(random), _look(random), folder / f"{i:04d}-{kind.__name__}.pdf", is_held))
    jobs = [{"path": str(d.path), "paper": dataclasses.asdict(d.paper) | {"facts": []}, "look": d.look} for d in drawn]
    done = subprocess.run(
        [sys.executable, "-m", "eutectic.evals.drawn_page"],
        input=json.dumps(jobs),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise EutecticError(f"the papers cannot be drawn: {(done.stderr.splitlines() or [''])[-1][:200]}")
    return drawn


def _look(random: Random) -> dict[str, Any]:
    """A style of print."""
    return {
        "rules": random.choice(("three", "three", "double", "grid", "rows", "none")),
        "size": random.choice((8.0, 8.5, 9.0)),
        "pad": random.choice((4.0, 6.0, 8.0)),
        "pitch": random.choice((1.5, 1.7, 2.0)),
        "align": random.choice(("left", "centre", "centre", "right")),
        "titles": random.choice(("left", "middle")),
        "merged": random.choice(("top", "middle")),
        "face": random.choice(("tiro", "helv")),
        "caption": random.choice(("above", "above", "above", "below")),
        "stop": random.choice((".", ":", "")),
    }


class Read(NamedTuple):
    """A drawn paper as it was read."""

    drawn: Drawn
    records: list[LiteratureRecord]
    gold: list[Gold]
    facts: list[Fact]


def read_papers(papers: Iterable[Drawn]) -> list[Read]:
    """The records of the papers, each counted on page 1."""
    done = []
    with ReaderProcess() as reader:
        for drawn in papers:
            read = reader.read(drawn.path, Limits())
            pages = {page.number: page.text for page in read.pages}
            sentences = [Sentence(page, text) for page, whole in pages.items() for text in split_sentences(whole)]
            name = drawn.path.name
            records = document_records(Source(name, pages, sentences, read.tables))
            facts = stated(drawn.paper.facts)
            gold = [_gold(name, item) for item in facts]
            done.append(Read(drawn, [record.model_copy(update={"page": 1}) for record in records], gold, facts))
    return done


def _gold(document: str, item: Fact) -> Gold:
    written = re.sub(r"[_^]\{([^}]*)\}", r"\1", item.material.written)
    return Gold(
        document,
        1,
        not item.is_in_text,
        item.material.composition,
        written,
        item.property,
        item.value,
        item.kind,
        item.unit,
    )


def score_drawn(n: int, seed: int) -> list[Score]:
    """The scores by kind, and their totals."""
    with tempfile.TemporaryDirectory() as place:
        return score_papers(read_papers(drawn_papers(n, seed, Path(place))))


def score_papers(read: Sequence[Read]) -> list[Score]:
    """The scores of read papers by kind, and their totals, those held back last."""
    names = dict.fromkeys((item.drawn.paper.archetype, item.drawn.is_held_back) for item in read)
    scores = [_scored(name, held, [r for r in read if r.drawn.paper.archetype == name]) for name, held in names]
    totals = [
        _scored("held back" if held else "development", held, [r for r in read if r.drawn.is_held_back == held])
        for held in dict.fromkeys(held for _, held in names)
    ]
    return [*scores, *totals]


def _scored(name: str, is_held_back: bool, papers: Sequence[Read]) -> Score:
    tables, compositions, right, told = [], [], 0, 0
    for item in papers:
        found = [record for record in item.records if record.source == "table"]
        tables.append(score(name, found, [gold for gold in item.gold if gold.is_table]))
        known = [r.composition for r in item.records if r.composition is not None and r.status != "refused"]
        compositions.append(score_compositions(name, known, _distinct(item.facts)))
        for gold, made in zip(item.gold, item.facts, strict=True):
            hits = [record for record in found if record.status != "refused" and matches(record, gold)]
            if hits and (made.anneal_temperature or made.temperature):
                told += 1
                right += any(_is_under(record, made) for record in hits)
    return Score(
        name=name,
        is_held_back=is_held_back,
        tables=summed(name, tables),
        compositions=summed(name, compositions),
        conditions=right,
        with_conditions=told,
    )


def _distinct(facts: Sequence[Fact]) -> list[Any]:
    return list({item.material.composition.formula(): item.material.composition for item in facts}.values())


def _is_under(record: LiteratureRecord, made: Fact) -> bool:
    pairs = (
        (made.anneal_temperature, record.conditions.anneal_temperature),
        (made.temperature, record.conditions.temperature),
    )
    return all(wanted is None or (got is not None and abs(wanted - got) < 0.6) for wanted, got in pairs)


def score_lines(scores: Sequence[Score], *, with_held_back: bool) -> list[str]:
    """Scores in lines; the kinds held back one by one only where asked."""
    titles = f"{'precision':>19}{'recall':>19}{'F1':>7}{'gold':>6}{'10x':>5}{'comp. F1':>10}{'conditions':>12}"
    lines = [f"{'drawn tables':<31}{titles}"]
    for item in scores:
        if item.is_held_back and not with_held_back and item.name != "held back":
            continue
        right, recalled = _rate(item.tables.right, item.tables.found), _rate(item.tables.recalled, item.tables.gold)
        lines.append(
            f"{item.name:<31}{right:>19}{recalled:>19}"
            f"{item.tables.f1:>7.3f}{item.tables.gold:>6}{item.tables.magnitude_errors:>5}{item.compositions.f1:>10.3f}"
            f"{f'{item.conditions}/{item.with_conditions}' if item.with_conditions else '':>12}"
        )
    return lines


def _rate(right: int, n: int) -> str:
    if n == 0:
        return "none"
    low, high = wilson(right, n)
    return f"{right / n:.3f} {low:.2f}-{high:.2f}"
