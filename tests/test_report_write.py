"""The report of a campaign at every stage: what it says, that it is safe to open, and that it changes nothing."""

from __future__ import annotations

import csv
import html.parser
import json
import re
import sqlite3
import sys
from pathlib import Path

import pytest

from eutectic.agents.report import write_report
from eutectic.core.errors import NotebookCorrupt, StorageFailed
from eutectic.core.notebook import Notebook

sys.path.insert(0, str(Path(__file__).parent))
from campaign_builder import COERCIVITY, INDUCTION, LIMIT, PRICE, WAVELENGTH, CampaignBuilder, dump, make_spec

SECTIONS = ["answer", "progress", "map", "parity", "effects", "failures", "data", "decisions", "next", "provenance"]
THIRTY = (
    *("Fe", "Co", "Ni", "Si", "B", "C", "P", "Al", "Ti", "V", "Cr", "Mn", "Cu", "Zn", "Ga"),
    *("Ge", "Zr", "Nb", "Mo", "Ru", "Rh", "Pd", "Ag", "Sn", "Sb", "Hf", "Ta", "W", "Re", "Au"),
)


class _Page(html.parser.HTMLParser):
    """What a browser would fetch, run and link to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.outside: list[str] = []
        self.anchors: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name == "id" and value:
                self.ids.append(value)
            if name in ("src", "href", "xlink:href", "action") and value and not value.startswith("data:image/"):
                (self.anchors if value.startswith("#") else self.outside).append(value)
            assert not name.startswith("on"), f"an event handler in the page: {name}={value}"


def _read(page: Path) -> tuple[str, _Page]:
    text = page.read_text(encoding="utf-8")
    return text, _Page(text)


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    spec = make_spec((INDUCTION, COERCIVITY, LIMIT))
    folder = CampaignBuilder(tmp_path_factory.mktemp("closed"), spec, seed=3, text="<script>alert(1)</script>").build(5)
    write_report(folder)
    return folder


@pytest.mark.parametrize("stage", ["opened", "framed", "waiting", "measuring", "running", "closed"])
def test_every_stage_gives_a_whole_report(tmp_path: Path, stage: str) -> None:
    folder = CampaignBuilder(tmp_path, make_spec()).build(1, stage)  # type: ignore[arg-type]
    page = write_report(folder)
    assert page == folder / "report.html"
    text, parsed = _read(page)
    assert [i for i in SECTIONS if i not in parsed.ids] == []
    assert parsed.outside == []
    words = {
        "opened": "Not begun",
        "waiting": "Waiting for a person",
        "measuring": "Measuring plan",
        "closed": "Closed",
    }
    assert words.get(stage, "Running" if stage == "running" else "Not begun") in text
    for name in ("report.md", "observations.csv", "recording.jsonl"):
        assert (folder / name).is_file()
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize(
    ("objectives", "components", "with_process", "basis"),
    [
        pytest.param((INDUCTION,), ("Fe", "Co", "B"), False, "at%", id="ternary"),
        pytest.param((WAVELENGTH,), ("CsBr", "PbBr2", "CsCl"), True, "mol%", id="target-with-process"),
        pytest.param(
            (INDUCTION, COERCIVITY, PRICE), tuple(THIRTY), False, "at%", id="three-objectives-thirty-components"
        ),
    ],
)
def test_every_kind_of_space_is_drawn(
    tmp_path: Path, objectives: tuple, components: tuple[str, ...], with_process: bool, basis: str
) -> None:
    spec = make_spec(objectives, components, with_process=with_process, basis=basis)  # type: ignore[arg-type]
    page = write_report(CampaignBuilder(tmp_path, spec, seed=1, fail_share=0.1).build(2))
    text, parsed = _read(page)
    assert parsed.tags.count("svg") >= 4, re.findall(r"No figure: [^<]*", text)
    assert len(parsed.ids) == len(set(parsed.ids))
    assert {a.removeprefix("#") for a in parsed.anchors} <= set(parsed.ids)


def test_the_answer_comes_first_with_interval_goal_and_cost(closed: Path) -> None:
    text, parsed = _read(closed / "report.html")
    assert (
        parsed.ids.index("answer") < parsed.ids.index("progress") < parsed.ids.index("pareto") < parsed.ids.index("map")
    )
    answer = text[text.index('id="answer"') : text.index('id="progress"')]
    assert re.search(r"\d ± \d", answer)
    assert "90 % interval from replicates" in answer
    assert "goal met" in answer
    assert "suggested compromise" in answer
    assert "wt%" in answer
    assert "900 USD" in answer
    assert "SIMULATED" in text


def test_text_from_documents_and_models_is_never_markup(closed: Path) -> None:
    text, parsed = _read(closed / "report.html")
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert parsed.tags.count("script") == 1
    assert "<script>" not in (closed / "report.md").read_text()


def test_the_page_allows_its_own_script_and_nothing_else(closed: Path) -> None:
    import base64
    import hashlib

    text, _ = _read(closed / "report.html")
    script = text[text.index("<script>") + 8 : text.index("</script>")]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'" in text


def test_decisions_show_mind_evidence_fallback_and_tools(closed: Path) -> None:
    text, _ = _read(closed / "report.html")
    assert "model: qwen3-32b" in text
    assert "herzer-2013.pdf, page 4, checked verbatim" in text
    assert "the rules answered in place of the model: the endpoint refused" in text
    assert "describe_composition" in text
    assert "by Ada Lovelace" in text


def test_reading_changes_nothing_and_the_same_notebook_gives_the_same_files(closed: Path) -> None:
    names = ("report.html", "report.md", "observations.csv", "recording.jsonl")
    before, files = dump(closed), {name: (closed / name).read_bytes() for name in names}
    data = (closed / "notebook.db").read_bytes()
    write_report(closed)
    assert dump(closed) == before
    assert (closed / "notebook.db").read_bytes() == data
    assert {name: (closed / name).read_bytes() for name in names} == files


def test_observations_csv_holds_every_observation_and_no_formula(closed: Path) -> None:
    with (closed / "observations.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with Notebook(closed / "notebook.db", closed.name, read_only=True) as book:
        observations = [event.payload for event in book.events() if event.kind == "observation"]
    assert [row["trial"] for row in rows] == [item["trial"] for item in observations]
    assert sum(float(rows[0][name]) for name in ("Fe", "Co", "Ni", "Si", "B")) == pytest.approx(1)
    failed = [row for row in rows if row["status"] == "failed"]
    assert failed
    assert all(row["note"].startswith("'=cmd") and row["cause"] for row in failed)
    measured = next(row for row in rows if row["status"] == "ok")
    assert float(measured["saturation induction"]) > 0
    assert measured["saturation induction unit"] == "T"
    assert {row["simulated"] for row in rows} == {"true"}


def test_recording_holds_every_decision_as_it_was(closed: Path) -> None:
    lines = [json.loads(line) for line in (closed / "recording.jsonl").read_text().splitlines()]
    with Notebook(closed / "notebook.db", closed.name, read_only=True) as book:
        assert lines == [event.payload for event in book.events() if event.kind == "decision"]


def test_only_failures_are_said_and_listed(tmp_path: Path) -> None:
    text, _ = _read(write_report(CampaignBuilder(tmp_path, make_spec(), all_fail=True).build(2, "running")))
    assert "All 8 experiments so far failed" in text
    assert "8 of 8 experiments (100 %) gave no value" in text
    assert "No figure" in text


def test_a_worksheet_campaign_is_not_called_simulated(tmp_path: Path) -> None:
    text, _ = _read(write_report(CampaignBuilder(tmp_path, make_spec(), simulated=False).build(1)))
    assert "SIMULATED" not in text


def test_a_changed_notebook_is_called_broken(tmp_path: Path) -> None:
    folder = CampaignBuilder(tmp_path, make_spec()).build(1)
    with sqlite3.connect(folder / "notebook.db") as database:
        database.execute("UPDATE events SET payload = replace(payload, 'Furnace', 'Oven'), at = '2020' WHERE seq = 9")
    database.close()
    text, _ = _read(write_report(folder))
    assert "hash chain does not hold" in text
    assert "BROKEN" in text


def test_no_notebook_and_an_empty_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(StorageFailed, match="no notebook"):
        write_report(tmp_path)
    with Notebook(tmp_path / "notebook.db", tmp_path.name):
        pass
    with pytest.raises(NotebookCorrupt, match="does not begin with a campaign"):
        write_report(tmp_path)


def test_a_folder_that_cannot_be_written_keeps_the_old_report(tmp_path: Path) -> None:
    folder = CampaignBuilder(tmp_path, make_spec()).build(1, "framed")
    page = write_report(folder)
    old = page.read_bytes()
    page.unlink()
    page.mkdir()
    with pytest.raises(StorageFailed, match="cannot write the report"):
        write_report(folder)
    page.rmdir()
    page.write_bytes(old)
    assert sorted(path.name for path in folder.iterdir() if path.suffix != ".db-journal") == [
        "notebook.db", "observations.csv", "recording.jsonl", "report.html", "report.md",
    ]  # fmt: skip


def test_markdown_has_the_same_sections_in_the_same_order(closed: Path) -> None:
    text, _ = _read(closed / "report.html")
    titles = re.findall(r'<h2 id="h-[^"]*">([^<]*)</h2>', text)
    plain = (closed / "report.md").read_text()
    assert re.findall(r"^## (.*)$", plain, re.M) == titles
    assert plain.splitlines()[2].startswith("**SIMULATED")
