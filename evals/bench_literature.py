"""Benchmark of the library: recall and nDCG of each ranking, citations, answers, and query time against size."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from eutectic.core.record import Record
from eutectic.core.settings import Settings
from eutectic.evals.bench_scale import Scale, run_scale
from eutectic.evals.bench_scale import describe as speed_text
from eutectic.evals.literature import Answered, cited, quoted, recalls
from eutectic.evals.literature_data import Pair, documents_of, own_pairs, papers_folder, read_pairs
from eutectic.evals.plain_pages import PlainPages
from eutectic.evals.trec import Collection
from eutectic.knowledge.library import Library, open_library

Search = Callable[[str], Sequence[str]]


class Ranked(Record):
    """How well one ranking finds what is wanted."""

    data: str
    ranking: str
    queries: int
    recall_5: float
    ndcg_10: float


class BenchLiterature(Record):
    """The figures of the benchmark."""

    rankings: tuple[Ranked, ...]
    citation_precision: float | None
    answer_recall: float | None
    embedder: str
    speeds: tuple[Scale, ...]
    seed: int


def run_bench(
    docs: Path | None, trec: Path | None, settings: Settings, *, sizes: Sequence[int], seed: int = 0
) -> BenchLiterature:
    """Rankings on the pairs (and a public set where one is given), then query time on made-up libraries."""
    folder = papers_folder(docs)
    pairs = [pair for pair in (*read_pairs(folder / "pairs.jsonl"), *own_pairs()) if pair.is_answerable]
    files = documents_of(folder, pairs)
    rankings: list[Ranked] = []
    with tempfile.TemporaryDirectory() as place, open_library(Path(place), settings) as library:
        library.ingest(files)
        embedder = library.embedder_id
        wanted = {pair.question: {f"{pair.doc}#{page}" for page in pair.pages} for pair in pairs}
        for name, search in page_searches(library).items():
            rankings.append(measure("pairs and own questions, pages", name, search, wanted))
        precision, recall = _citations(library, pairs, PlainPages(files))
    if trec is not None:
        rankings += list(_public(Collection.read(trec), settings))
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


def measure(data: str, name: str, search: Search, wanted: Mapping[str, set[str]]) -> Ranked:
    """Recall@5 and nDCG@10 with binary grades, means over the queries."""
    shares, gains = [], []
    for query, right in wanted.items():
        found = list(search(query))
        shares.append(len(right & set(found[:5])) / min(5, len(right)))
        gain = sum(1 / math.log2(rank + 2) for rank, key in enumerate(found[:10]) if key in right)
        gains.append(gain / sum(1 / math.log2(rank + 2) for rank in range(min(10, len(right)))))
    n = max(1, len(wanted))
    return Ranked(data=data, ranking=name, queries=len(wanted), recall_5=sum(shares) / n, ndcg_10=sum(gains) / n)


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


def _public(collection: Collection, settings: Settings) -> Iterator[Ranked]:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "documents"
        folder.mkdir()
        for key, text in collection.documents.items():
            (folder / f"{key}.txt").write_text(text, encoding="utf-8")
        with open_library(Path(place) / "library", settings) as library:
            library.ingest([folder])
            wanted = {
                collection.queries[key]: {f"{document}.txt#1" for document in right}
                for key, right in collection.relevant.items()
            }
            for name, search in page_searches(library).items():
                yield measure(f"public set {collection.name}", name, search, wanted)


def describe(found: BenchLiterature) -> str:
    """The figures as text."""
    lines = [f"embedder {found.embedder}, seed {found.seed}; baseline of the rankings: BM25 alone"]
    for row in found.rankings:
        lines.append(
            f"  {row.data:<32}{row.ranking:<20}{row.queries:>5} queries  recall@5 {row.recall_5:.3f}  "
            f"nDCG@10 {row.ndcg_10:.3f}"
        )
    lines.append(f"citation precision {found.citation_precision:.3f}, answer recall {found.answer_recall:.3f}")
    if found.speeds:
        lines.append(speed_text(found.speeds, found.seed))
    return "\n".join(lines)
