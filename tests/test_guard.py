"""The guard in a campaign: a reference in each batch, drift taken out of what models learn, doubts settled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from eutectic.agents.cli.main import main
from eutectic.agents.decisions.analyst import Judgement, Quality, QualityContext, QualityLine
from eutectic.agents.graph.analyst import judged
from eutectic.agents.graph.guard import reference_chart, stuck_trials
from eutectic.agents.graph.quality import quality_lines
from eutectic.agents.roles.analyst import quality as by_rule
from eutectic.core.composition import Composition
from eutectic.core.errors import BadInput
from eutectic.core.notebook import CampaignView, Notebook
from eutectic.core.spec import CampaignSpec
from eutectic.core.trial import Measurement, Observation, Prediction, Trial

QUICK = Path(__file__).parent / "data" / "quick.yaml"
REFERENCE = {"parts": {"Fe": "80%", "B": "14%", "Si": "6%"}}


def spec(**changes: Any) -> dict[str, Any]:
    return yaml.safe_load(QUICK.read_text()) | {"reference": REFERENCE} | changes


def run(tmp_path: Path, **changes: Any) -> CampaignView:
    (tmp_path / "spec.yaml").write_text(yaml.safe_dump(spec(**changes)))
    assert main(["run", str(tmp_path / "spec.yaml"), "--out", str(tmp_path / "runs"), "--json"]) == 0
    with Notebook(tmp_path / "runs" / "quick-001" / "notebook.db", "quick-001", read_only=True) as notebook:
        return CampaignView(notebook.events())


@pytest.fixture(autouse=True)
def _no_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("EUTECTIC_MODEL", "EUTECTIC_BASE_URL", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("EUTECTIC_HOME", str(tmp_path / "home"))


def test_a_reference_stands_in_each_batch_and_drift_is_corrected(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lab = {"kind": "simulated", "settings": {"law": "fe_soft_magnet", "drift_per_day": 0.4, "noise_of": {"Bs": 0.01},
                                             "abandoned_rate": 0, "batch_sd": 0}}  # fmt: skip
    done = run(tmp_path, lab=lab, batch=4, budget={"experiments": 32})
    references = [trial for trial in done.trials.values() if trial.purpose == "reference"]
    assert [trial.id for trial in references] == [f"r{n:02d}-s01" for n in range(1, 9)]
    assert len({trial.recipe_key for trial in references}) == 1
    assert done.drift is not None
    raw = [done.observations[trial.id].value("Bs") or 0 for trial in references]
    corrected = [done.corrected(done.observations[trial.id]).value("Bs") or 0 for trial in references]
    assert max(raw) / min(raw) > 1.3 and max(corrected) / min(corrected) < 1.1
    assert {item.trial: item for item in done.training()}["r08-s01"].value("Bs") == corrected[-1]
    capsys.readouterr()
    assert main(["replay", "quick-001", "--out", str(tmp_path / "runs"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["is_whole"]
    head, *_, last = (tmp_path / "runs" / "quick-001" / "observations.csv").read_text().splitlines()
    cells = dict(zip(head.split(","), last.split(","), strict=True))
    assert float(cells["Bs"]) > 1.1 * float(cells["Bs corrected"])


def test_without_a_reference_values_stay_as_measured(tmp_path: Path) -> None:
    done = run(tmp_path, reference=None)
    assert done.drift is None and not any(trial.purpose == "reference" for trial in done.trials.values())
    assert all(done.corrected(item) is item for item in done.observations.values())


def test_a_reference_every_second_round(tmp_path: Path) -> None:
    done = run(tmp_path, reference=REFERENCE | {"every": 2}, budget={"experiments": 12})
    assert [t.id for t in done.trials.values() if t.purpose == "reference"] == ["r01-s01", "r03-s01"]
    assert len(done.observations) == 12


@pytest.mark.parametrize(
    ("change", "why"),
    [
        pytest.param({"reference": {"parts": {"Fe": "20%", "B": "80%"}}}, "outside", id="outside the space"),
        pytest.param({"reference": {"parts": {"Fe": "80%", "B": "14%"}}}, "add up", id="no whole"),
        pytest.param({"reference": REFERENCE | {"values": {"Hc": 3}}}, "not among the objectives", id="other property"),
        pytest.param({"batch": 1}, "at least 2", id="no room"),
        pytest.param({"reference": REFERENCE | {"each": 1}}, "each", id="unknown key"),
    ],
)
def test_a_wrong_reference_is_refused(change: dict[str, Any], why: str) -> None:
    with pytest.raises((ValueError, BadInput), match=why):
        CampaignSpec.model_validate(spec(**change))


def view_of(*rows: tuple[str, float, dict[str, float], float | None]) -> CampaignView:
    """Trial, iron share, values and predicted Bs; equal shares are repeats. Every trial was to be repeated."""
    found = CampaignView()
    found._on_campaign_opened("", {"id": "x", "spec": spec(), "features": ["guard"]})
    for name, iron, values, expected in rows:
        composition = Composition.of({"Fe": iron, "B": round(1 - iron, 6)})
        repeated = any(other.composition == composition for other in found.trials.values())
        trial = Trial(
            id=name, composition=composition, source="optimizer", why="", purpose="replicate" if repeated else "data",
            predictions=() if expected is None else (Prediction(property="Bs", mean=expected, sd=0.02),),
        )  # fmt: skip
        seen = Observation(
            trial=name, composition=composition, simulated=True,
            measurements=tuple(Measurement(property=key, unit="T", value=value) for key, value in values.items()),
        )  # fmt: skip
        found._on_trial(name, trial.model_dump(mode="json"))
        found._on_observation(name, seen.model_dump(mode="json"))
    return found


STARTS = [(f"r01-s0{i}", 0.7 + 0.02 * i, {"Bs": 1.2 + 0.05 * i}, None) for i in range(1, 6)]


def line_of(view: CampaignView, trial: str, new_gain: float | None = 0.005) -> QualityLine:
    trials = [item for item in view.trials.values() if item.id.startswith("r02")]
    return next(line for line in quality_lines(view, trials, new_gain)[0] if line.trial == trial)


def test_repeat_or_new_is_decided_by_what_each_is_expected_to_gain() -> None:
    view = view_of(*STARTS, ("r02-s01", 0.9, {"Bs": 2.4}, 1.4), ("r02-s02", 0.92, {"Bs": 0.3}, 1.1))
    high, low = line_of(view, "r02-s01"), line_of(view, "r02-s02")
    assert high.repeat_gain is not None and low.repeat_gain is not None
    assert high.repeat_gain > 0.005 > low.repeat_gain
    answer = by_rule(QualityContext(round=2, lines=(high, low), noise=""))
    verdicts = {item.trial: item.verdict for item in answer.judgements}
    assert verdicts["r02-s01"] == "repeat" and verdicts["r02-s02"] != "repeat"
    dear = high.model_copy(update={"new_gain": 0.9})
    assert by_rule(QualityContext(round=2, lines=(dear,), noise="")).judgements[0].verdict != "repeat"


def test_a_repeat_settles_a_doubt_either_way() -> None:
    first = ("r02-s01", 0.9, {"Bs": 2.4}, 1.4)
    for again, code, verdict in ((2.35, "confirmed", "keep"), (1.41, "not_reproduced", "exclude")):
        view = view_of(*STARTS, first, ("r03-s01", 0.9, {"Bs": again}, None))
        view.repeat = ["r02-s01"]
        lines, _ = quality_lines(view, [view.trials["r03-s01"]])
        settled = next(line for line in lines if line.trial == "r02-s01")
        assert settled.flags == (code,)
        context = QualityContext(round=3, lines=(settled,), noise="")
        ((item, payload),) = judged(by_rule(context), context)
        assert (item.trial, payload["verdict"], payload["codes"]) == ("r02-s01", verdict, [code])


def test_a_value_comes_back_when_its_repeat_bears_it_out() -> None:
    view = view_of(*STARTS)
    view._on_observation_judged("r01-s01", {"verdict": "repeat", "reason": "far", "set_aside": True})
    assert "r01-s01" in view.excluded
    view._on_observation_judged("r01-s01/r02", {"verdict": "keep", "reason": "confirmed"})
    assert "r01-s01" not in view.excluded


def test_a_reading_given_twice_is_stuck_and_a_rounded_one_is_not() -> None:
    view = view_of(("r01-s01", 0.7, {"Bs": 1.2345678}, None), ("r01-s02", 0.8, {"Bs": 1.2345678}, None),
                   ("r01-s03", 0.85, {"Bs": 1.5}, None), ("r01-s04", 0.9, {"Bs": 1.5}, None))  # fmt: skip
    assert stuck_trials(view, list(view.trials.values())) == {"r01-s02"}
    stuck = next(line for line in quality_lines(view, list(view.trials.values()))[0] if line.trial == "r01-s02")
    assert by_rule(QualityContext(round=1, lines=(stuck,), noise="")).judgements[0].verdict == "exclude"


def test_nothing_is_set_aside_without_a_flag() -> None:
    line = QualityLine(trial="r01-s01", property="Bs", value=1, unit="T", expected=None, z=None, flags=())
    answer = Quality(judgements=(Judgement(trial="r01-s01", verdict="exclude", reason="ugly"),), note="")
    ((_, payload),) = judged(answer, QualityContext(round=1, lines=(line,), noise=""))
    assert payload["verdict"] == "keep" and "no flag" in payload["reason"]


def test_the_chart_of_a_reference_lists_its_trials() -> None:
    view = view_of(*STARTS)
    assert reference_chart(view, "Bs") == []
