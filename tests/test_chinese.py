"""Chinese papers are read, and questions in Chinese answered from Chinese and English ones or refused."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eutectic.core.settings import Settings
from eutectic.knowledge.chinese import asked, element_tokens
from eutectic.knowledge.glossary import in_english, words_of
from eutectic.knowledge.library import Library, open_library
from eutectic.knowledge.measures import find_measures
from eutectic.knowledge.tokens import tokenise

pytest.importorskip("pymupdf", reason="PyMuPDF is not installed")
_spec = importlib.util.spec_from_file_location("chinese_paper", Path(__file__).with_name("chinese_paper.py"))
assert _spec is not None and _spec.loader is not None
paper = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(paper)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("chinese")
    with open_library(folder / "library", Settings()) as opened:
        report = opened.ingest(paper.write_papers(folder))
        assert report.count("ingested") == 2
        yield opened


def test_questions_are_answered_in_either_language_and_near_misses_refused(library: Library) -> None:
    right, first = 0, 0
    for question, document, words in paper.ANSWERED:
        reply = library.ask(question)
        said = reply.sentences[0] if reply.answered else None
        right += said is not None and words in said.text and said.quotes[0].document == document
        first += library.search(question, 1)[0].document == document
        for sentence in reply.sentences:
            assert all(library.holds(quote.document, quote.page, quote.text) for quote in sentence.quotes)
    wrong = [question for question in paper.UNANSWERED if library.ask(question).answered]
    assert right >= 0.95 * len(paper.ANSWERED)
    assert first == len(paper.ANSWERED)
    assert len(wrong) <= 0.1 * len(paper.UNANSWERED), wrong


def test_a_chinese_page_is_read_with_formulas_and_units(library: Library) -> None:
    page = library.page("zh.pdf", 2)
    assert page is not None
    assert "Fe80Co5B15薄带的饱和磁感应强度为1.71 T" in page
    assert library.holds("zh.pdf", 1, "薄带的宽度为2毫米，厚度为25微米")
    assert not library.holds("zh.pdf", 1, "薄带的宽度为2毫米，厚度为26微米")


@pytest.mark.parametrize(
    ("text", "value"),
    [("矫顽力为4.2 A/m", 4.2), ("厚度为25微米", 25e-6), ("退火10分钟", 600.0), ("饱和磁感应强度达到1.78特斯拉", 1.78),
     ("加热到约500℃", 773.15),
     ("强度为1.2吉帕", 1.2e9), ("载荷为0.98 N", 0.98)],
)  # fmt: skip
def test_chinese_units_are_read(text: str, value: float) -> None:
    assert [measure.value for measure in find_measures(text)] == [pytest.approx(value)]


def test_elements_formulas_and_properties_are_tokens_in_chinese() -> None:
    tokens = set(tokenise("Fe80Co5B15非晶合金的矫顽力和居里温度，加入铌和铜"))
    assert {"f:B15Co5Fe80", "el:Fe", "el:Nb", "el:Cu", "p:coercivity", "p:curie_temperature"} <= tokens
    assert "el:Au" not in tokens
    assert element_tokens("镀金膜") == ["el:Au"]


@pytest.mark.parametrize(
    ("question", "noun"),
    [("薄带的矫顽力是多少？", "矫顽力"), ("合金用什么方法制备？", "方法"),
     ("哪种元素提高了硬度？", "元素"), ("居里温度有多高？", "居里温度")],
)  # fmt: skip
def test_the_noun_asked_for_is_found(question: str, noun: str) -> None:
    assert noun in asked(question)


def test_words_are_cut_and_carried_over() -> None:
    assert in_english("合金薄带的电导率") == "alloy conduct ribbon"
    assert ["".join(tokens[:1]) for tokens, _ in words_of("方法熔炼")] == ["方法", "熔炼"]


@given(st.text(alphabet="的合金薄带是多少矫顽力铁镍温度0123.% TA/m℃？，。", max_size=40))
def test_any_chinese_question_is_taken_apart(text: str) -> None:
    tokenise(text)
    find_measures(text)
    assert all(tokens for tokens, stems in words_of(text) if stems)
