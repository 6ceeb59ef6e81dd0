"""The library's search, word by word: spellings, systems, units, filters, chunks, fusion; many processes; kill -9."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from eutectic.core.errors import BadInput
from eutectic.core.evidence import Filters
from eutectic.core.settings import Settings
from eutectic.knowledge.library import Library, open_library

FILLER = (
    "Ribbons were cast on a copper wheel. The furnace was kept under argon.",
    "Grain boundaries scatter electrons. Dislocations pile up at precipitates.",
    "Catalysts were deposited on carbon paper. The cell was cycled at room temperature.",
    "Glasses relax below the transition. Viscosity falls steeply with heat.",
)
ALLOYS = {
    "exact.md": "The alloy Fe60Co20B20 was studied.",
    "spaced.md": "The alloy Fe 60 Co 20 B 20 was remelted.",
    "typed.md": "The alloy Fe_{60}Co_{20}B_{20} was drawn.",
    "bracket.md": "The alloy (Fe0.75Co0.25)80B20 was rolled.",
    "rounded.md": "The alloy Fe60.1Co19.9B20 was forged.",
    "order.md": "The alloy B20Co20Fe60 was etched.",
    "system.md": "The Co-B-Fe system has a deep eutectic.",
    "dashes.md": "Alloys of Fe–Co–B were reviewed.",
    "more.md": "The alloy Fe60Co15B20Si5 was polished.",
    "fewer.md": "The alloy Fe80B20 was oxidised.",
    "other.md": "The alloy Ti60Zr20Cu20 was brazed.",
}
FORMULA_SPELLINGS = {"exact.md", "spaced.md", "typed.md", "bracket.md", "rounded.md", "order.md"}
SYSTEM = FORMULA_SPELLINGS | {"system.md", "dashes.md"}
CROWD = "# Crowd\n" + "".join(
    f"\n## Alloy {i}\n\nFe{50 + i % 7}Co{10 + i % 5}B{12 + i % 3}Si{28 - i % 7 - i % 5 - i % 3} melts at {900 + i} K.\n"
    for i in range(70)
)
"""Seventy passages on alloys of one element more."""
VALUES = {
    "tesla.md": "The saturation induction reached 1.7 T.",
    "gauss.md": "The saturation induction reached 17 kG.",
    "celsius.md": "Samples were annealed at 327 °C for an hour.",
    "kelvin.md": "Samples were annealed at 600 K for an hour.",
    "other-value.md": "The saturation induction reached 1.2 T and samples were annealed at 450 K.",
}


def write(folder: Path, texts: dict[str, str]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for number, (name, text) in enumerate(texts.items()):
        (folder / name).write_text(f"# Notes {number}\n\n{text} {FILLER[number % 4]}\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def alloys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    place = tmp_path_factory.mktemp("alloys")
    with open_library(place / "library", Settings(embedding_model="latent")) as library:
        papers = write(place / "papers", ALLOYS | VALUES)
        (papers / "crowd.md").write_text(CROWD, encoding="utf-8")
        library.ingest([papers])
        yield library


def names(library: Library, query: str, n: int, filters: Filters | None = None) -> list[str]:
    return [passage.document for passage in library.search(query, n, filters)]


@pytest.mark.parametrize("query", ["Fe60Co20B20", "Co20Fe60B20", "(Fe0.75Co0.25)80B20", "B 20 Co 20 Fe 60"])
def test_a_formula_in_any_spelling_finds_every_spelling_first(alloys: Library, query: str) -> None:
    assert set(names(alloys, query, len(FORMULA_SPELLINGS))) == FORMULA_SPELLINGS


@pytest.mark.parametrize("query", ["Fe-Co-B", "B-Fe-Co", "Co–B–Fe alloys", "the Fe/Co/B system"])
def test_a_system_in_any_order_finds_all_its_alloys_first(alloys: Library, query: str) -> None:
    assert set(names(alloys, query, len(SYSTEM))) == SYSTEM


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("1.7 T", {"tesla.md", "gauss.md"}),
        ("17000 G", {"tesla.md", "gauss.md"}),
        ("saturation induction of 1700 mT", {"tesla.md", "gauss.md"}),
        ("annealed at 600 K", {"celsius.md", "kelvin.md"}),
        ("annealed at 327 °C", {"celsius.md", "kelvin.md"}),
    ],
)
def test_a_quantity_is_found_in_any_unit(alloys: Library, query: str, wanted: set[str]) -> None:
    assert set(names(alloys, query, 2)) == wanted


def test_filters_keep_what_they_say_and_nothing_else(alloys: Library) -> None:
    assert set(names(alloys, "alloy", 30, Filters(elements=("Ti",)))) == {"other.md"}
    assert set(names(alloys, "alloy", 100, Filters(elements=("Fe", "Si")))) == {"more.md", "crowd.md"}
    assert set(names(alloys, "samples", 30, Filters(property="Bs"))) == {"tesla.md", "gauss.md", "other-value.md"}
    assert set(names(alloys, "alloy", 30, Filters(documents=("more.md", "fewer.md")))) == {"more.md", "fewer.md"}
    assert names(alloys, "alloy", 30, Filters(elements=("Ti",), documents=("more.md",))) == []
    for wrong in (Filters(elements=("Xx",)), Filters(property="no such thing"), Filters(documents=("none.md",))):
        with pytest.raises(BadInput):
            alloys.search("alloy", 5, wrong)


def test_years_come_from_the_bibliography_and_filter(tmp_path: Path) -> None:
    papers = write(
        tmp_path / "papers", {"old.md": "An alloy of iron.", "new.md": "An alloy of nickel.", "none.md": "An alloy."}
    )
    entries = ("old", "Notes 0", 1999), ("new", "Notes 1", 2021)
    (papers / "refs.bib").write_text(
        "\n".join(f"@article{{{k}, title={{{t}}}, year={{{y}}}, file={{{k}.md}}}}" for k, t, y in entries),
        encoding="utf-8",
    )
    with open_library(tmp_path / "library", Settings(embedding_model="latent")) as library:
        library.ingest([papers])
        assert {d.name: d.year for d in library.documents()} == {"old.md": 1999, "new.md": 2021, "none.md": None}
        assert names(library, "alloy", 9, Filters(since=2000)) == ["new.md"]
        assert names(library, "alloy", 9, Filters(until=2000)) == ["old.md"]
        assert set(names(library, "alloy", 9, Filters(since=1990, until=2030))) == {"old.md", "new.md"}


def test_every_chunk_is_short_and_carries_its_heading(tmp_path: Path) -> None:
    heading = "A heading of some length on casting"
    body = " ".join(f"Sentence number {i} says that casting number {i} worked." for i in range(120))
    text = f"# Title\n\n## {heading}\n\n{body}\n\n## {'W' * 1500}\n\n{'x' * 2500} and words.\n"
    (tmp_path / "long.md").write_text(text, encoding="utf-8")
    with open_library(tmp_path / "library", Settings(embedding_model="latent")) as library:
        library.ingest([tmp_path / "long.md"])
        rows = library.rows([key for key, _ in library.nearest("casting", 200)])
        assert len(rows) > 5
        assert all(len(row.heading) + 1 + len(row.text) <= 1_000 for row in rows)
        assert all(row.heading.endswith(heading) for row in rows if "Sentence" in row.text)


KILLED_SEARCH = """
import os, signal, sys
from pathlib import Path
folder, last = sys.argv[1], int(sys.argv[2])
seen = 0
def stop(event, arguments):
    global seen
    if event in ("open", "os.rename", "os.remove", "os.mkdir") and str(arguments[0]).startswith(folder):
        seen += 1
        if seen == last:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(stop)
from eutectic.core.settings import Settings
from eutectic.knowledge.library import open_library
with open_library(Path(folder), Settings(embedding_model="latent", dense_index="chroma")) as library:
    library.search("the Fe-Co-B system")
print(seen)
"""
WRITER = """
import sys, time
from pathlib import Path
from eutectic.core.errors import LibraryBusy
from eutectic.core.settings import Settings
from eutectic.knowledge.library import open_library
with open_library(Path(sys.argv[1]), Settings(embedding_model="latent")) as library:
    for path in sorted(Path(sys.argv[2]).iterdir()):
        for _ in range(100):
            try:
                library.ingest([path])
                break
            except LibraryBusy:
                time.sleep(0.02)
"""


def consistent(folder: Path, n_documents: int) -> None:
    """Rows, vectors and both indexes agree, nothing is double."""
    rows = sqlite3.connect(folder / "library.db")
    assert rows.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert rows.execute("SELECT COUNT(*) FROM documents").fetchone()[0] == n_documents
    chunks = rows.execute("SELECT COUNT(*), COUNT(DISTINCT text) FROM chunks").fetchone()
    vectors = rows.execute("SELECT COUNT(*), COUNT(DISTINCT chunk), COUNT(DISTINCT model) FROM vectors").fetchone()
    rows.close()
    assert chunks[0] == chunks[1] == vectors[0] == vectors[1] and vectors[2] == 1
    ids = json.loads((folder / "bm25" / "ids.json").read_text(encoding="utf-8"))
    exact = json.loads((folder / "exact.json").read_text(encoding="utf-8"))["ids"]
    assert len(ids) == len(set(ids)) == chunks[0] and ids == exact


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
def test_indexes_killed_while_they_are_rebuilt_are_rebuilt(alloys: Library, tmp_path: Path) -> None:
    folder = tmp_path / "library"
    before = names(alloys, "the Fe-Co-B system", 8)
    shutil.copytree(alloys.folder, folder)
    command = [sys.executable, "-c", KILLED_SEARCH, str(folder)]

    def without_indexes() -> None:
        for part in ("bm25", "chroma"):
            shutil.rmtree(folder / part, ignore_errors=True)
        for path in (*folder.glob("exact*"), folder / "chroma.seal", folder / "latent.npz"):
            path.unlink(missing_ok=True)

    without_indexes()
    events = int(subprocess.run([*command, "0"], check=True, capture_output=True).stdout)
    assert events > 10
    for last in (events // 5, events // 2, 4 * events // 5):
        without_indexes()
        assert subprocess.run([*command, str(last)], check=False).returncode == -signal.SIGKILL
        with open_library(folder, Settings(embedding_model="latent", dense_index="chroma")) as library:
            assert names(library, "the Fe-Co-B system", 8) == before
            library.ingest([folder / "none"])
        consistent(folder, len(ALLOYS | VALUES) + 1)


def test_two_writers_and_a_reader_at_once_lose_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    first = write(
        tmp_path / "first", {f"a{i}.md": f"Alloy number {i} of the first pile melts at {900 + i} K." for i in range(3)}
    )
    other = write(
        tmp_path / "other",
        {f"b{i}.md": f"Glass number {i} of the other pile breaks at {400 + i} MPa." for i in range(3)},
    )
    with open_library(folder, Settings(embedding_model="latent")) as library:
        library.ingest([write(tmp_path / "start", {"start.md": "Hafnium carbide is the hardest of them."})])
        writers = [
            subprocess.Popen([sys.executable, "-c", WRITER, str(folder), str(place)]) for place in (first, other)
        ]
        searches = 0
        while any(writer.poll() is None for writer in writers):
            assert names(library, "hafnium carbide", 1) == ["start.md"]
            searches += 1
            time.sleep(0.02)
        assert [writer.returncode for writer in writers] == [0, 0] and searches > 3
        assert names(library, "glass 2 of the other pile", 1) == ["b2.md"]
        assert names(library, "alloy 1 of the first pile", 1) == ["a1.md"]
    consistent(folder, 7)


def test_a_reader_follows_a_writer_that_fits_the_embedder_anew(tmp_path: Path) -> None:
    folder, settings = tmp_path / "library", Settings(embedding_model="latent")
    with open_library(folder, settings) as reader, open_library(folder, settings) as writer:
        writer.ingest([write(tmp_path / "one", {"one.md": "Cerium oxide conducts at high temperature."})])
        assert names(reader, "cerium", 1) == ["one.md"]
        old = reader.embedder_id
        texts = {f"m{i}.md": f"Sample {i} was sintered at {1000 + i} K in argon." for i in range(8)}
        writer.ingest([write(tmp_path / "many", texts)])
        assert names(reader, "sample 7 sintered", 1) == ["m7.md"]
        assert reader.embedder_id == writer.embedder_id != old
    consistent(folder, 9)
