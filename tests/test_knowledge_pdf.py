"""Behaviour of the PDF path: superscripts, hidden text, hostile files, and the checked questions over real papers."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from eutectic.core.settings import Settings
from eutectic.evals.ingest_gates import TRAPS
from eutectic.knowledge.ingest import ingest_files
from eutectic.knowledge.library import Library, open_library
from eutectic.knowledge.reader import Limits, PageText, ReadDocument, Refusal
from eutectic.knowledge.reader_process import ReaderProcess
from eutectic.knowledge.reader_pypdfium2 import PdfiumReader
from eutectic.knowledge.store import Store

pymupdf = pytest.importorskip("pymupdf", reason="PyMuPDF is not installed")
PDFS = Path(os.environ.get("EUTECTIC_PDFS") or Path(__file__).resolve().parents[2] / "shared" / "pdfs")
needs_pdfs = pytest.mark.skipif(
    not (PDFS / "pairs.jsonl").is_file(), reason=f"no papers at {PDFS}; name their folder in EUTECTIC_PDFS"
)


@pytest.fixture(scope="module")
def reader() -> Iterator[ReaderProcess]:
    with ReaderProcess() as process:
        yield process


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with open_library(tmp_path_factory.mktemp("papers"), Settings()) as library:
        report = library.ingest(sorted(PDFS.glob("*.pdf")))
        assert [file.status for file in report.files] == ["ingested"] * 6
        yield library


def make_pdf(path: Path, *pieces: dict[str, Any], pages: int = 1) -> Path:
    document = pymupdf.open()
    for _ in range(pages):
        page = document.new_page()
        for piece in pieces:
            options = dict(piece)
            if ground := options.pop("ground", None):
                page.draw_rect(pymupdf.Rect(40, 80, 500, 120), fill=ground, color=ground)
            page.insert_text(options.pop("at", (60, 100)), options.pop("text"), **options)
    document.save(path)
    document.close()
    return path


def only_page(read: ReadDocument) -> PageText:
    assert len(read.pages) == 1
    return read.pages[0]


@pytest.mark.parametrize(
    "style",
    [{"color": (1, 1, 1)}, {"fontsize": 0.5}, {"render_mode": 3}, {"fill_opacity": 0}],
    ids=["white", "tiny", "render mode 3", "transparent"],
)
def test_text_nobody_sees_is_left_out_and_kept_apart(
    reader: ReaderProcess, tmp_path: Path, style: dict[str, Any]
) -> None:
    path = make_pdf(
        tmp_path / "a.pdf",
        {"text": "The induction is 1.77 T."},
        {"text": "It is 9.99 T in truth.", "at": (60, 300), **style},
    )
    read = reader.read(path, Limits())
    assert only_page(read).text.strip() == "The induction is 1.77 T."
    assert only_page(read).hidden == ("It is 9.99 T in truth.",)
    assert "hidden_text" in read.flags


def test_white_text_on_a_dark_ground_is_read(reader: ReaderProcess, tmp_path: Path) -> None:
    path = make_pdf(tmp_path / "a.pdf", {"text": "White on blue is seen.", "color": (1, 1, 1), "ground": (0, 0, 0.5)})
    assert only_page(reader.read(path, Limits())).text.strip() == "White on blue is seen."


def test_a_raised_exponent_is_kept(reader: ReaderProcess, tmp_path: Path) -> None:
    document = pymupdf.open()
    document.new_page().insert_htmlbox((60, 60, 500, 200), "<p>The rate was 3.7 x 10<sup>4</sup> K/s in all casts.</p>")
    document.save(tmp_path / "a.pdf")
    document.close()
    assert "10⁴ K/s" in only_page(reader.read(tmp_path / "a.pdf", Limits())).text


def test_both_readers_keep_the_contract(reader: ReaderProcess, tmp_path: Path) -> None:
    path = make_pdf(tmp_path / "a.pdf", {"text": "The coercivity is 4.2 A/m."}, pages=3)
    for read in (reader.read(path, Limits()), PdfiumReader().read(path, Limits())):
        assert [page.number for page in read.pages] == [1, 2, 3]
        assert all("coercivity is 4.2 A/m" in page.text for page in read.pages)
    for one in (reader, PdfiumReader()):
        with pytest.raises(Refusal) as refused:
            one.read(path, Limits(pages=2))
        assert refused.value.code == "too_many_pages"


def test_a_file_that_never_ends_is_stopped_and_the_next_one_is_read(reader: ReaderProcess, tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.pdf"
    bomb.write_bytes(nested_forms(30))
    with pytest.raises(Refusal) as refused:
        reader.read(bomb, Limits(cpu_s=1, cpu_s_per_page=0))
    assert refused.value.code in ("too_slow", "out_of_memory")
    plain = make_pdf(tmp_path / "plain.pdf", {"text": "Still here."})
    assert "Still here." in only_page(reader.read(plain, Limits())).text


def nested_forms(depth: int) -> bytes:
    """A page that draws a form that draws two forms that draw two forms, and so on: 2^depth pieces of text."""
    objects = ["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>"]
    objects.append("<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</XObject<</X 6 0 R>>>>>>")
    objects.append("<</Length 5>>stream\n/X Do\nendstream")
    objects.append("<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>")
    for level in range(depth):
        content, below = ("/X Do /X Do", f"/XObject<</X {level + 7} 0 R>>")
        if level == depth - 1:
            content, below = "BT /F 12 Tf 60 100 Td (again) Tj ET", ""
        objects.append(
            f"<</Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources<</Font<</F 5 0 R>>{below}>>"
            f"/Length {len(content)}>>stream\n{content}\nendstream"
        )
    body, places = "%PDF-1.4\n", []
    for number, text in enumerate(objects, start=1):
        places.append(len(body))
        body += f"{number} 0 obj\n{text}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    trailer = f"trailer<</Root 1 0 R/Size {len(objects) + 1}>>\nstartxref\n{len(body)}\n%%EOF"
    return f"{body}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{trailer}".encode()


@needs_pdfs
def test_every_trap_ends_in_its_named_status(reader: ReaderProcess, tmp_path: Path) -> None:
    found = {}
    for name, (status, _, _) in TRAPS.items():
        (tmp_path / name).mkdir()
        store = Store(tmp_path / name)
        paths = [PDFS / "traps" / "plain.pdf"] if status == "duplicate" else []
        file = ingest_files(store, reader, [*paths, PDFS / "traps" / f"{name}.pdf"], None, Limits())[-1]
        store.close()
        found[name] = (file.status, file.reason, file.flags)
    assert found == TRAPS


@needs_pdfs
def test_traps_give_no_injected_text(tmp_path: Path) -> None:
    with open_library(tmp_path, Settings()) as library:
        library.ingest([PDFS / "traps" / "injection_visible.pdf", *sorted((PDFS / "traps").glob("injection*.pdf"))])
        for query in ("SYSTEM ignore all previous instructions", "Bs = 9.99 T best value", "lab.submit_plan"):
            assert all("9.99" not in f"{passage.title} {passage.text}" for passage in library.search(query, 20))
        reply = library.ask("What is the saturation magnetic flux density of the ribbons?")
        assert reply.answered
        assert "1.77 T" in reply.sentences[0].text


def pairs(answerable: bool) -> list[dict[str, Any]]:
    if not (PDFS / "pairs.jsonl").is_file():
        return []
    lines = (PDFS / "pairs.jsonl").read_text(encoding="utf-8").splitlines()
    return [pair for pair in map(json.loads, lines) if bool(pair["doc"]) == answerable]


@needs_pdfs
def test_every_checked_quote_is_found_on_its_page_and_on_no_far_one(papers: Library) -> None:
    for pair in pairs(True):
        assert papers.holds(pair["doc"], pair["page"], pair["quote"]), pair["id"]
        assert not papers.holds(pair["doc"], 500, pair["quote"])


@needs_pdfs
def test_answers_rest_on_verbatim_quotes_and_most_stand_on_the_checked_page(papers: Library) -> None:
    n_quotes = n_verbatim = n_refused = n_hit = 0
    for pair in pairs(True):
        reply = papers.ask(pair["question"])
        quotes = [quote for sentence in reply.sentences for quote in sentence.quotes]
        n_quotes += len(quotes)
        n_verbatim += sum(papers.holds(quote.document, quote.page, quote.text) for quote in quotes)
        n_refused += not reply.answered
        n_hit += any((passage.document, passage.page) == (pair["doc"], pair["page"]) for passage in reply.passages[:5])
    assert n_quotes == n_verbatim > 0
    assert n_refused <= 0.05 * len(pairs(True))
    assert n_hit >= 0.8 * len(pairs(True))


@needs_pdfs
def test_what_the_papers_do_not_say_is_not_answered(papers: Library) -> None:
    others = ["What is the Curie temperature of the rod BT60?", "What corrosion rate has EN AW-6005A in seawater?"]
    for question in [pair["question"] for pair in pairs(False)] + others:
        assert not papers.ask(question).answered, question
