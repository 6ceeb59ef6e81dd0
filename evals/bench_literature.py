"""Benchmark of the library: recall and nDCG of each ranking, citations, answers, and query time against size."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from eutectic.core.record import Record
from eutectic.core.settings import Settings
from eutectic.evals.bench_scale import Scale, run_scale
from eutectic.evals.bench_scale import describe as speed_text
from eutectic.evals.bootstrap import bounds
from eutectic.evals.known_items import KnownItems, known_items
from eutectic.evals.literature import Answered, cited, quoted, recalls
from eutectic.evals.literature_data import Pair, documents_of, own_pairs, papers_folder, read_pairs
from eutectic.evals.plain_pages import PlainPages
from eutectic.evals.trec import Collection
from eutectic.knowledge.library import Library, open_library

Search = Callable[[str], Sequence[str]]
_DRAWS = 2_000
_PAGES = 100
"""Documents of a retrieval set that are put into one file."""


class Ranked(Record):
    """How well one ranking finds what is wanted; intervals hold 95 % of bootstrap draws over the queries."""

    data: str
    ranking: str
    queries: int
    recall_5: float
    recall_5_interval: tuple[float, float]
    ndcg_10: float
    ndcg_10_interval: tuple[float, float]
    gain: float = 0.0
    """NDCG@10 above that of BM25 alone on the same queries."""
    gain_interval: tuple[float, float] = (0.0, 0.0)


class BenchLiterature(Record):
    """The figures of the benchmark."""

    rankings: tuple[Ranked, ...]
    citation_precision: float | None
    answer_recall: float | None
    embedder: str
    speeds: tuple[Scale, ...]
    seed: int


def run_bench(
    docs: Path | None, trec: Path | None, settings: Settings, *, sizes: Sequence[int], known: int = 300, seed: int = 0
) -> BenchLiterature:
    """Rankings on the pairs, on known items and on a public set where one is given, then query time by size."""
    folder = papers_folder(docs)
    pairs = [pair for pair in (*read_pairs(folder / "pairs.jsonl"), *own_pairs()) if pair.is_answerable]
    files = documents_of(folder, pairs)
    rankings: list[Ranked] = []
    with tempfile.TemporaryDirectory() as place, open_library(Path(place), settings) as library:
        library.ingest(files)
        embedder = library.embedder_id
        wanted = {pair.question: {f"{pair.doc}#{page}" for page in pair.pages} for pair in pairs}
        rankings += measure("pairs and own questions, pages", page_searches(library), wanted)
        precision, recall = _citations(library, pairs, PlainPages(files))
    items = known_items(known)
    rankings += in_library(f"known items ({items.versions})", items.documents, _wanted(items), settings)
    if trec is not None:
        public = Collection.read(trec)
        named = {public.queries[key]: right for key, right in public.relevant.items()}
        rankings += in_library(f"public set {public.name}", public.documents, named, settings)
    return BenchLiterature(
        rankings=tuple(rankings),
        citation_precision=precision,
        answer_recall=recall,
        embedder=embedder,
        speeds=tuple(run_scale(sizes, seed)),
        seed=seed,
    )


def page_searches(library: Library) -> dict[str, Search]:
    """The rankings of a library, each giving pages as `document#page`, best first."""

    def pages(ids: Sequence[str]) -> list[str]:
        return list(dict.fromkeys(f"{row.document}#{row.page}" for row in library.rows(ids)))

    return {
        "lexical (BM25)": lambda query: pages(library.rankings(query)[0]),
        "dense": lambda query: pages(library.rankings(query)[1]),
        "fused (RRF)": lambda query: pages(library.rankings(query)[2]),
        "fused, statements": lambda query: list(
            dict.fromkeys(f"{item.document}#{item.page}" for item in library.search(query, 30))
        ),
    }


def measure(data: str, searches: Mapping[str, Search], wanted: Mapping[str, set[str]]) -> list[Ranked]:
    """Recall@5 and nDCG@10 of each ranking with binary grades; the first ranking is the baseline of the others."""
    import numpy as np

    draws = np.random.default_rng(0).integers(0, len(wanted), (_DRAWS, len(wanted)))
    rows, baseline = [], np.zeros(0)
    for name, search in searches.items():
        found = [_grades(list(search(query)), right) for query, right in wanted.items()]
        shares, gains = (np.array(column) for column in zip(*found, strict=True))
        baseline = baseline if len(baseline) else gains
        rows.append(
            Ranked(
                data=data,
                ranking=name,
                queries=len(wanted),
                recall_5=float(shares.mean()),
                recall_5_interval=bounds(shares[draws].mean(axis=1)),
                ndcg_10=float(gains.mean()),
                ndcg_10_interval=bounds(gains[draws].mean(axis=1)),
                gain=float((gains - baseline).mean()),
                gain_interval=bounds((gains - baseline)[draws].mean(axis=1)),
            )
        )
    return rows


def _grades(found: Sequence[str], right: set[str]) -> tuple[float, float]:
    gain = sum(1 / math.log2(rank + 2) for rank, key in enumerate(found[:10]) if key in right)
    ideal = sum(1 / math.log2(rank + 2) for rank in range(min(10, len(right))))
    return len(right & set(found[:5])) / min(5, len(right)), gain / ideal


def _citations(library: Library, pairs: Sequence[Pair], plain: PlainPages) -> tuple[float | None, float | None]:
    on_page, valid = quoted(plain), cited(library)
    holds, told = [], []
    for pair in pairs:
        out = Answered(library.ask(pair.question), ())
        for score in (on_page(pair, out).value, valid(pair, out).value):
            if score is not None:
                holds.append(score)
        told.append(recalls(pair, out).value or 0.0)
    return (sum(holds) / len(holds) if holds else None, sum(told) / len(told) if told else None)


def _wanted(items: KnownItems) -> dict[str, set[str]]:
    return {said: {name} for said, name in items.queries.items()}


def in_library(
    data: str, documents: Mapping[str, str], wanted: Mapping[str, set[str]], settings: Settings
) -> list[Ranked]:
    """The rankings of a library of these documents, each on a page of its own."""
    with tempfile.TemporaryDirectory() as place:
        folder, names = Path(place) / "documents", list(documents)
        folder.mkdir()
        pages: dict[str, str] = {}
        for start in range(0, len(names), _PAGES):
            part = names[start : start + _PAGES]
            pages |= {name: f"{start:06d}.txt#{number}" for number, name in enumerate(part, start=1)}
            text = "\f".join(documents[name].replace("\f", " ") for name in part)
            (folder / f"{start:06d}.txt").write_text(text, encoding="utf-8")
        with open_library(Path(place) / "library", settings) as library:
            library.ingest([folder])
            keys = {query: {pages[name] for name in right} for query, right in wanted.items()}
            return measure(data, page_searches(library), keys)


def describe(found: BenchLiterature) -> str:
    """The figures as text."""
    lines = [f"embedder {found.embedder}, seed {found.seed}; baseline of the rankings: BM25 alone"]
    for data in dict.fromkeys(row.data for row in found.rankings):
        rows = [row for row in found.rankings if row.data == data]
        lines.append(f"{data}: {rows[0].queries} queries; means with 95 % bootstrap intervals")
        for row in rows:
            (low, high), (less, more), (down, up) = row.recall_5_interval, row.ndcg_10_interval, row.gain_interval
            beside = "" if row is rows[0] else f"  over BM25 {row.gain:+.3f} ({down:+.3f} to {up:+.3f})"
            lines.append(
                f"  {row.ranking:<20}recall@5 {row.recall_5:.3f} ({low:.3f}-{high:.3f})  "
                f"nDCG@10 {row.ndcg_10:.3f} ({less:.3f}-{more:.3f}){beside}"
            )
    lines.append(f"citation precision {found.citation_precision:.3f}, answer recall {found.answer_recall:.3f}")
    if found.speeds:
        lines.append(speed_text(found.speeds, found.seed))
    return "\n".join(lines)
