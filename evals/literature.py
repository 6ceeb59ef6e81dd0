"""The literature evaluation: answers, quotes, pages and refusals of the library on questions with known answers."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from eutectic.core.evidence import Passage
from eutectic.core.record import Record
from eutectic.core.settings import Settings
from eutectic.evals.ingest_gates import ingest_gates, kill_gate
from eutectic.evals.literature_data import Pair, documents_of, near_misses, own_pairs, papers_folder, read_pairs
from eutectic.evals.literature_fit import Held, leave_one_out
from eutectic.evals.plain_pages import PlainPages
from eutectic.evals.task import Gate, Outcome, Score, Scorer, Task, run_task
from eutectic.knowledge.ask import Reply
from eutectic.knowledge.library import Library, open_library


@dataclass(frozen=True)
class Answered:
    """What the library made of a question."""

    reply: Reply
    found: tuple[Passage, ...]


Grade = Callable[[Pair, Answered], Score]


class Literature(Record):
    """What came of the evaluation."""

    documents: int
    pages: int
    ingest_pages_per_second: float
    embedder: str
    sets: tuple[Outcome, ...]
    """One for each set of questions; the gates of the first, the pairs, decide."""
    held: Held | None = None
    """What held on questions of papers that a fit of the weights has not seen; None where it was not measured."""
    gates: tuple[Gate, ...] = ()
    """Those of other parts: tables, records, compositions."""
    notes: tuple[str, ...] = ()

    @property
    def is_passed(self) -> bool:
        """Whether every gate is passed."""
        return all(gate.is_passed for outcome in self.sets[:1] for gate in outcome.gates) and all(
            gate.is_passed for gate in self.gates
        )


Tell = Callable[[str], None]


def evaluate(
    pairs: Path | None,
    docs: Path | None,
    settings: Settings,
    *,
    with_own: bool,
    kills: int = 0,
    show: Tell = lambda _: None,
    tell: Tell = lambda _: None,
) -> Literature:
    """Take the documents into a library of their own, ask every question, and measure ingest and records.

    Args:
        pairs: JSON lines of questions; those of the folder without.
        docs: the folder of papers.
        settings: of the library.
        with_own: ask our own questions too, and fit the weights without each paper.
        kills: ingests to kill, last of all.
        show: hears each part of the description as soon as it is measured.
        tell: hears how far it is.

    Raises:
        BadInput: pairs or documents are missing or do not fit.
    """
    folder = papers_folder(docs)
    asked = read_pairs(pairs or folder / "pairs.jsonl")
    files = documents_of(folder, asked)
    with tempfile.TemporaryDirectory() as place, open_library(Path(place), settings) as library:
        report = library.ingest(files)
        found = Literature(
            documents=report.count("ingested"),
            pages=report.pages,
            ingest_pages_per_second=report.pages_per_second,
            embedder=library.embedder_id,
            sets=(),
            notes=report.notes,
        )
        show(_library_line(found))
        names, plain, every, sets = {path.name for path in files}, PlainPages(files), list(asked), []
        for name, known in (("pairs", asked), *(_ours(names) if with_own else ())):
            sets.append(run_task(_task(name, known, library, plain), lambda pair: f"{pair.id} {pair.question}", tell))
            show(outcome_lines(sets[-1], is_gate=name == "pairs"))
            every += known if name != "pairs" else []
        held = leave_one_out(library, every, tell) if with_own else None
        if held is not None:
            show(_held_line(held))
        gates = ingest_gates(library, folder, smoke=not with_own)
        show("\n".join(map(_gate_line, gates)))
    if kills:
        gates = (*gates, kill_gate(folder, kills, tell))
        show(_gate_line(gates[-1]))
    return found.model_copy(update={"sets": tuple(sets), "held": held, "gates": gates})


def _ours(names: Collection[str]) -> Iterator[tuple[str, list[Pair]]]:
    """Our sets of questions, as far as they are about the documents of these names."""
    for name, known in (("own questions", own_pairs()), ("near misses", near_misses())):
        own = [pair for pair in known if (pair.doc or pair.about) in (None, *names)]
        if any(pair.is_answerable for pair in own):
            yield name, own


def _task(name: str, pairs: Sequence[Pair], library: Library, plain: PlainPages) -> Task[Pair, Answered]:
    def solve(pair: Pair) -> Answered:
        return Answered(library.ask(pair.question), tuple(library.search(pair.question, 10)))

    return Task(
        name=name,
        samples=pairs,
        solver=solve,
        scorers=(
            Scorer("quote on its page", "quotes found by another reading of the page they name", quoted(plain)),
            Scorer("valid citation", "sentences with a quote, document and page that hold", cited(library)),
            *answer_scorers(),
        ),
        gates=(
            ("quote on its page", "at least", 1.0),
            ("valid citation", "at least", 0.95),
            ("abstains", "at least", 0.90),
            ("false refusals", "at most", 0.05),
            ("page hit@1", "at least", 0.80),
            ("page hit@5", "at least", 0.97),
        ),
    )


def answer_scorers() -> tuple[Scorer[Pair, Answered], ...]:
    """Whether answers are given where there are any, from the right page and with the right words."""
    return (
        Scorer("abstains", "questions without an answer that are refused", _abstains),
        Scorer("false refusals", "questions with an answer that are refused", _refuses),
        Scorer("page hit@1", "the first passage is from a right page", lambda pair, out: _hit(pair, out, 1)),
        Scorer("page hit@5", "one of five passages is from a right page", lambda pair, out: _hit(pair, out, 5)),
        Scorer("first quote on a right page", "where the answer begins", _first),
        Scorer("answer recall", "the quotes hold the value or the words of the answer", recalls),
    )


def quoted(plain: PlainPages) -> Grade:
    """Share of a reply's quotes that another reading finds on their page."""

    def score(pair: Pair, out: Answered) -> Score:
        quotes = [quote for sentence in out.reply.sentences for quote in sentence.quotes]
        checked = [(quote, plain.holds(quote.document, quote.page, quote.text)) for quote in quotes]
        known = [(quote, held) for quote, held in checked if held is not None]
        if not known:
            return Score(value=None)
        wrong = [quote.text[:80] for quote, held in known if not held]
        return Score(value=1 - len(wrong) / len(known), explanation="; ".join(wrong))

    return score


def cited(library: Library) -> Grade:
    """Share of a reply's sentences with quotes that all hold."""

    def score(pair: Pair, out: Answered) -> Score:
        said = out.reply.sentences
        if not said:
            return Score(value=None)
        good = [bool(s.quotes) and all(library.holds(q.document, q.page, q.text) for q in s.quotes) for s in said]
        return Score(value=sum(good) / len(good))

    return score


def _abstains(pair: Pair, out: Answered) -> Score:
    if pair.is_answerable:
        return Score(value=None)
    said = f"answered: {out.reply.sentences[0].text[:120]}" if out.reply.answered else ""
    return Score(value=float(not out.reply.answered), explanation=said)


def _refuses(pair: Pair, out: Answered) -> Score:
    if not pair.is_answerable:
        return Score(value=None)
    return Score(value=float(not out.reply.answered), explanation="" if out.reply.answered else out.reply.reason)


def _hit(pair: Pair, out: Answered, n: int) -> Score:
    if not pair.is_answerable:
        return Score(value=None)
    places = [(passage.document, passage.page) for passage in out.found[:n]]
    is_hit = any((pair.doc, page) in places for page in pair.pages)
    return Score(value=float(is_hit), explanation="" if is_hit else f"wanted page {pair.pages}, found {places[:3]}")


def _first(pair: Pair, out: Answered) -> Score:
    if not pair.is_answerable:
        return Score(value=None)
    quotes = [quote for sentence in out.reply.sentences[:1] for quote in sentence.quotes]
    return Score(value=float(any(q.document == pair.doc and q.page in pair.pages for q in quotes)))


def recalls(pair: Pair, out: Answered) -> Score:
    """Whether the quotes hold the answer."""
    if not pair.is_answerable:
        return Score(value=None)
    quotes = [quote for sentence in out.reply.sentences for quote in sentence.quotes if quote.document == pair.doc]
    return Score(value=float(any(pair.is_answered_by(quote.text) for quote in quotes)))


def _library_line(found: Literature) -> str:
    return (
        f"{found.documents} documents, {found.pages} pages at {found.ingest_pages_per_second:.1f} pages/s, indexed; "
        f"embedder {found.embedder or 'none'}; answers by rules"
    )


def outcome_lines(outcome: Outcome, *, is_gate: bool) -> str:
    """The figures of a set, what failed, and its gates where they decide."""
    figures = [f"  {name:<28}{_rate(value, outcome.intervals.get(name))}" for name, value in outcome.figures.items()]
    failed = [f"    {text[:220]}" for text in outcome.failed]
    return "\n".join([f"{outcome.name}:", *figures, *failed, *(map(_gate_line, outcome.gates) if is_gate else ())])


def _held_line(held: Held) -> str:
    return (
        f"weights fitted without the paper asked about ({held.answerable} questions with an answer, "
        f"{held.unanswerable} without): abstains {_rate(held.abstained, held.intervals.get('abstained'))}, false "
        f"refusals {_rate(held.refused, held.intervals.get('refused'))}, first statement on a right page "
        f"{_rate(held.hit_1, held.intervals.get('hit_1'))}, with the answer "
        f"{_rate(held.answered_right, held.intervals.get('answered_right'))}"
    )


def _rate(value: float | None, interval: tuple[float, float] | None) -> str:
    said = "-" if value is None else f"{value:.3f}"
    return said if interval is None else f"{said} (95 %: {interval[0]:.3f}-{interval[1]:.3f})"


def _gate_line(gate: Gate) -> str:
    value = "not measured" if gate.value is None else f"{gate.value:.3f} of {gate.n}"
    return f"{'pass' if gate.is_passed else 'FAIL'}  {gate.name} {gate.bound} {gate.limit:g}: {value}"
