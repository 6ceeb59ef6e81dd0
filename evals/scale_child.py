"""A process that builds or searches a library of made-up passages and writes its times and its memory."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from eutectic.core.evidence import Filters
from eutectic.core.settings import Settings
from eutectic.evals.made_passages import Writer
from eutectic.knowledge.library import open_library


def build(folder: Path, embedder: str) -> dict[str, object]:
    """Take in the files, then one more."""
    wall, cpu = time.perf_counter(), time.process_time()
    with open_library(folder / "library", Settings(embedding_model=embedder)) as library:
        library.ingest([folder / "papers"])
        built_wall, built_cpu = time.perf_counter() - wall, time.process_time() - cpu
        (folder / "more.md").write_text(Writer(-1).passage(), encoding="utf-8")
        again = time.perf_counter()
        library.ingest([folder / "more.md"])
        return {
            "chunks": library.count_chunks(),
            "embedder": library.embedder_id,
            "build_s": round(built_wall, 2),
            "build_cpu_s": round(built_cpu, 2),
            "again_s": round(time.perf_counter() - again, 2),
            "build_mb": peak_mb(),
        }


def search(folder: Path, embedder: str) -> dict[str, object]:
    """Search with every query, in each way."""
    queries = json.loads((folder / "queries.json").read_text(encoding="utf-8"))
    began = time.perf_counter()
    with open_library(folder / "library", Settings(embedding_model=embedder)) as library:
        library.search(queries[0])
        opened = time.perf_counter() - began
        document = library.documents()[0].name
        ways: dict[str, Callable[[str], object]] = {
            "lexical (BM25)": library.lexical,
            "dense": library.nearest,
            "fused (RRF)": library.rankings,
            "whole: fused, re-ranked": library.search,
            "whole, filtered": lambda query: library.search(query, filters=Filters(elements=("Fe",))),
            "whole, of one document": lambda query: library.search(query, filters=Filters(documents=(document,))),
        }
        timings = [_timed(name, way, queries) for name, way in ways.items()]
    return {"open_s": round(opened, 2), "search_mb": peak_mb(), "timings": timings}


def peak_mb() -> float:
    """Most memory this process has held, in megabytes; 0 where the system does not tell."""
    try:
        import resource
    except ImportError:
        return 0.0
    scale = 1e6 if sys.platform == "darwin" else 1e3
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale, 0)


def _timed(name: str, way: Callable[[str], object], queries: Sequence[str]) -> dict[str, object]:
    spent, cpu = [], time.process_time()
    for query in queries:
        began = time.perf_counter()
        way(query)
        spent.append(1000 * (time.perf_counter() - began))
    cpu_ms = 1000 * (time.process_time() - cpu) / len(queries)
    spent.sort()
    p95 = spent[min(len(spent) - 1, round(0.95 * (len(spent) - 1)))]
    middle = spent[len(spent) // 2]
    return {"search": name, "median_ms": round(middle, 2), "p95_ms": round(p95, 2), "cpu_ms": round(cpu_ms, 2)}


def main() -> None:
    """Do one step and write its figures as JSON."""
    step, folder, embedder = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    sys.stdout.write(json.dumps((build if step == "build" else search)(folder, embedder)) + "\n")


if __name__ == "__main__":
    main()
