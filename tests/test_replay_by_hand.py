"""A campaign that a person answered in the model's place, question by question, through the real client; replayed.

`data/by-hand/events.jsonl` is that campaign's notebook: three rounds, tool calls, evidence from a memo written for it,
and an answer that had to be repaired. Nothing in it was canned.
"""

import json
import re
from pathlib import Path

import pytest

from eutectic.agents.cli.main import main
from eutectic.agents.replaying import replay
from eutectic.agents.spec_file import dump_spec
from eutectic.core.errors import ReplayDrift
from eutectic.core.notebook import CampaignView, Notebook
from eutectic.core.settings import Settings
from eutectic.core.spec import CampaignSpec

EVENTS = Path(__file__).parent / "data" / "by-hand" / "events.jsonl"
NAME = "by-hand-001"


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return write(tmp_path, EVENTS.read_text(encoding="utf-8"))


def write(place: Path, text: str) -> Path:
    lines = [json.loads(line) for line in text.splitlines()]
    folder = place / "runs" / NAME
    (folder / "artifacts").mkdir(parents=True)
    (folder / "spec.yaml").write_text(dump_spec(CampaignSpec.model_validate(lines[0]["payload"]["spec"])))
    with Notebook(folder / "notebook.db", NAME) as notebook:
        notebook.append_all([(line["kind"], line["slot"], line["payload"]) for line in lines])
    return place / "runs"


def test_the_recording_gives_the_same_decisions_and_trials(runs: Path) -> None:
    done = replay(runs, NAME, Settings())
    assert done.decisions == 19 and done.trials == 9
    with Notebook(done.folder / "notebook.db", NAME, read_only=True) as notebook:
        view = CampaignView(notebook.events())
    assert view.minds == {"model": 19}
    assert view.spent.model_calls == 20 and view.spent.tokens > 10_000


def test_the_report_names_the_model_the_evidence_and_the_tools(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", NAME, "--out", str(runs)]) == 0
    page = (runs / NAME / "report.md").read_text(encoding="utf-8")
    assert "by-hand" in page and "memo.txt" in page
    assert "slater_pauling_induction" in (runs / NAME / "report.html").read_text(encoding="utf-8")
    assert "Nickel does not make the alloy cast" in page


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        pytest.param(r'"batch": 3, "best": \[\]', '"batch": 3, "best": [], "x": 1', "question|differs", id="context"),
        pytest.param("Fe65.055B15.543", "Fe66.055B14.543", "question|differs", id="result"),
    ],
)
def test_a_question_that_differs_stops_the_replay_with_the_difference(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    text = EVENTS.read_text(encoding="utf-8")
    lines = text.splitlines()
    at = next(i for i, line in enumerate(lines) if '"kind": "decision"' in line and re.search(old, line))
    changed = json.loads(re.sub(old, new, lines[at]))
    changed["payload"]["digest"] = "0" * 64
    lines[at] = json.dumps(changed)
    with pytest.raises(ReplayDrift):
        replay(write(tmp_path, "\n".join(lines)), NAME, Settings())
