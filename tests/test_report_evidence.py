"""The evidence section of a report: each quote numbered, linked to, and shown marked on the picture of its page."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest

from eutectic.agents.cli.main import main
from eutectic.agents.report.write import write_report

pymupdf = pytest.importorskip("pymupdf", reason="PyMuPDF is not installed")

SPEC = """
name: evident
goal: the highest saturation induction
space:
  basis: at%
  components:
    - {name: Fe, min: 50%, max: 85%, step: 0.5%}
    - {name: B, min: 15%, max: 50%, step: 0.5%}
objectives: [{property: Bs, unit: T, direction: maximize}]
budget: {experiments: 3}
batch: 3
approval: {mode: auto}
lab: {kind: simulated, settings: {law: fe_soft_magnet}}
mind: {kind: rules}
optimizer: {kind: random}
library: library
"""
SENTENCES = ("The Bs decreases with increasing B content.", "The saturation induction of Fe80B20 is 1.61 T.")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("desk")
    document = pymupdf.open()
    page = document.new_page()
    for y, sentence in enumerate(SENTENCES):
        page.insert_text((60, 100 + 25 * y), sentence)
    document.save(place / "paper.pdf")
    document.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        (place / "spec.yaml").write_text(SPEC)
        assert main(["ingest", "--library", "library", "paper.pdf"]) == 0
        assert main(["run", "spec.yaml", "--out", "runs"]) == 0
    return place


def section(html: str) -> str:
    return html[html.index('<section id="evidence"') : html.index("</section>", html.index('<section id="evidence"'))]


def yellow(picture: bytes) -> int:
    pixels = pymupdf.Pixmap(picture)
    points = (pixels.pixel(x, y) for x in range(0, pixels.width, 3) for y in range(0, pixels.height, 3))
    return sum(red > 200 and green > 180 and blue < 190 for red, green, blue in points)


def test_each_quote_is_shown_on_its_page_and_linked_to(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk)
    html = write_report(desk / "runs" / "evident-001").read_text()
    shown = section(html)
    assert SENTENCES[0] in shown
    pictures = re.findall(r'src="data:image/jpeg;base64,([^"]+)"', shown)
    assert len(pictures) == shown.count('class="proof"') > 0
    assert all(yellow(base64.b64decode(data)) > 20 for data in pictures)
    for name in re.findall(r'id="(E\d+)"', shown):
        assert f'href="#{name}"' in html
    text = (desk / "runs" / "evident-001" / "report.md").read_text()
    assert f"E1: “{SENTENCES[0]}” (paper.pdf, page 1" in text


def test_without_the_file_the_quote_stays_and_the_reason_is_said(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk)
    (desk / "paper.pdf").rename(desk / "moved.pdf")
    try:
        shown = section(write_report(desk / "runs" / "evident-001").read_text())
        assert "is gone, was changed or is no PDF" in shown
        assert "data:image/jpeg" not in shown
        (desk / "library").rename(desk / "away")
        shown = section(write_report(desk / "runs" / "evident-001").read_text())
        assert "the library it was read from is not at hand" in shown
        assert SENTENCES[0] in shown
    finally:
        (desk / "moved.pdf").rename(desk / "paper.pdf")
        if (desk / "away").exists():
            (desk / "away").rename(desk / "library")
