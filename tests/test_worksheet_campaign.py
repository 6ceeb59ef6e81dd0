"""Campaigns at the bench: results over days, corrections, the same file twice, stragglers, and replays of it all."""

from __future__ import annotations

from pathlib import Path

import pytest
from worksheet_campaign import NAME, Bench

from eutectic.agents.cli.main import main
from eutectic.agents.runs import open_campaign
from eutectic.core.errors import PlanRefused
from eutectic.core.plan import Approval
from eutectic.core.settings import load_settings
from eutectic.lab_interface.stock_ledger import StockLedger


@pytest.fixture(autouse=True)
def _no_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("EUTECTIC_MODEL", "EUTECTIC_BASE_URL", "EUTECTIC_API_KEY", "OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("EUTECTIC_HOME", str(tmp_path / "home"))


@pytest.fixture
def bench(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Bench:
    found = Bench(tmp_path, capsys, {})
    found.approve()
    return found


def bs(bench: Bench, trial: str) -> float | None:
    return bench.view().observations[trial].value("Bs")


def test_results_of_some_samples_are_taken_and_the_campaign_waits_for_the_rest(bench: Bench) -> None:
    code, out, err = bench.take(bench.fill(1, "1.5"))
    assert code == 3, err
    assert "1 new, 0 corrected" in out and "no result yet" in out
    assert list(bench.view().observations) == ["r01-s01"] and bench.view().in_flight == f"{NAME}/r01/a1"
    bench.take(bench.fill(1, "1.5", "1.4", "1.3"))
    view = bench.view()
    assert len(view.observations) == 3 and view.round == 2 and view.in_flight is None


def test_nothing_is_taken_before_a_person_says_so(bench: Bench) -> None:
    path = bench.fill(1, "1.5", "1.4", "1.3")
    before = len(bench.events())
    assert main(["import", str(path), "--campaign", NAME, "--out", str(bench.out)]) == 2
    out, err = bench.capsys.readouterr()
    assert "3 new" in out and "--yes" in err
    assert len(bench.events()) == before


def test_a_correction_is_a_new_version_with_a_reason_in_the_notebook(bench: Bench) -> None:
    bench.take(bench.fill(1, "1.5", "1.4", "1.3"))
    told = len(bench.events())
    wrong = bench.fill(1, "1.8", "1.4", "1.3", name="again.csv")
    code, out, err = bench.take(wrong)
    assert code == 2 and "--reason" in err and "1.5 T -> 1.8 T" in out
    assert len(bench.events()) == told
    code, _, _ = bench.take(wrong, "--reason", "read the wrong line", "--by", "Ada")
    assert code == 3
    corrected = [event for event in bench.events() if event.kind == "observation_corrected"]
    assert [(event.slot, event.payload["by"], event.payload["reason"]) for event in corrected] == [
        ("r01-s01/v2", "Ada", "read the wrong line")
    ]
    first = next(event for event in bench.events() if event.kind == "observation" and event.slot == "r01-s01")
    assert first.payload["measurements"][0]["value"] == 1.5
    assert bs(bench, "r01-s01") == 1.8
    assert "1.8" in next(
        line for line in (bench.folder / "observations.csv").read_text().splitlines() if "r01-s01" in line
    )


def test_a_correction_keeps_who_and_when_where_its_line_says_nothing_of_them(bench: Bench) -> None:
    thread = {"operator": "Ann Lee", "start": "2026-03-01", "deviation": "spilled a drop"}
    bench.take(bench.fill(1, "1.5", "1.4", "1.3", **thread))
    bench.take(bench.fill(1, "1.6", "", "", name="again.csv"), "--reason", "cell was dirty", "--by", "Ada")
    item = bench.view().observations["r01-s01"]
    assert (item.value("Bs"), item.operator, item.started_at) == (1.6, "Ann Lee", "2026-03-01")
    assert item.deviation == "spilled a drop"


def test_the_first_file_again_does_not_undo_a_correction(bench: Bench) -> None:
    first = bench.fill(1, "1.5", "1.4", "1.3")
    bench.take(first)
    bench.take(bench.fill(1, "1.8", "1.4", "1.3", name="again.csv"), "--reason", "wrong line", "--by", "Ada")
    events = len(bench.events())
    code, out, _ = bench.take(first)
    assert code == 3 and "taken in before: nothing new" in out
    assert bs(bench, "r01-s01") == 1.8 and len(bench.events()) == events


def test_a_corrected_value_is_judged_again_and_its_old_verdict_is_gone(bench: Bench) -> None:
    bench.take(bench.fill(1, "1.5", "1.4", "1.3"))
    bench.approve()
    bench.take(bench.fill(1, "1.8", "1.4", "1.3", name="again.csv"), "--reason", "wrong line", "--by", "Ada")
    assert bench.view().unjudged == ["r01-s01"]
    bench.take(bench.fill(2, "1.5", "1.4", "1.3"))
    asked = [e for e in bench.events() if e.kind == "decision" and e.slot == "r02/analyst/quality"]
    assert {line["trial"] for line in asked[0].payload["context"]["lines"]} >= {"r01-s01", "r02-s01"}
    assert bench.view().unjudged == []


def test_a_closed_campaign_still_takes_a_correction(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bench = Bench(tmp_path, capsys, {}, budget={"experiments": 3})
    bench.approve()
    assert bench.take(bench.fill(1, "1.5", "1.4", "1.3"))[0] == 0
    assert bench.view().closed is not None
    bench.take(bench.fill(1, "1.5", "1.9", "1.3", name="again.csv"), "--reason", "swapped", "--by", "Ada")
    assert bs(bench, "r01-s02") == 1.9
    assert bench.replayed()["is_whole"]


def test_a_campaign_with_corrections_replays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bench = Bench(tmp_path, capsys, {}, budget={"experiments": 6}, optimizer={"kind": "botorch", "initial": 3})
    bench.approve()
    bench.take(bench.fill(1, "1.5"))
    bench.take(bench.fill(1, "1.7", name="again.csv"), "--reason", "typo", "--by", "Ada")
    bench.take(bench.fill(1, "1.7", "1.4", "1.3", name="rest.csv"))
    bench.approve()
    bench.take(bench.fill(1, "1.7", "1.4", "1.2", name="late.csv"), "--reason", "recalibrated", "--by", "Bob")
    bench.take(bench.fill(2, "1.5", "1.4", "1.3"))
    assert bench.view().closed is not None and sum(map(len, bench.view().corrections.values())) == 2
    done = bench.replayed()
    assert done["is_whole"] and done["compared"] == sum(
        event.kind in ("decision", "trial", "protocol", "plan", "verdict", "observation", "observation_corrected",
                       "observation_judged", "round_closed")
        for event in bench.events()
    )  # fmt: skip


def test_a_straggler_does_not_stop_the_next_batch(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bench = Bench(tmp_path, capsys, {"go_on_with": 0.6}, budget={"experiments": 6})
    bench.approve()
    assert bench.take(bench.fill(1, "1.5"))[0] == 3 and bench.view().round == 1
    bench.take(bench.fill(1, "1.5", "1.4", name="two.csv"))
    view = bench.view()
    assert view.round == 2 and [trial.id for trial in view.pending] == ["r01-s03"]
    assert view.trials["r01-s03"].recipe_key not in {trial.recipe_key for trial in view.round_trials(2)}
    bench.approve()
    code, out, _ = bench.take(bench.fill(2, "1.5", "1.4", "1.3", name="next.csv"))
    assert code == 3 and bench.view().closed is None
    assert "2 of 3" in out or "r01" in out
    code, _, _ = bench.take(bench.fill(1, "1.5", "1.4", "1.6", name="late.csv"))
    view = bench.view()
    assert code == 0 and view.closed is not None and not view.pending and len(view.observations) == 6
    assert bench.replayed()["is_whole"]


def test_a_sheet_nobody_finishes_expires_and_a_late_result_corrects_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bench = Bench(tmp_path, capsys, {"expire_after_h": 1e-6}, budget={"experiments": 6})
    bench.approve()
    view = bench.view()
    assert [item.status for item in view.observations.values()] == ["abandoned"] * 3
    assert all("no result came" in item.note for item in view.observations.values())
    bench.take(bench.fill(1, "1.5"), "--reason", "it was in the drawer", "--by", "Ada")
    assert bs(bench, "r01-s01") == 1.5


def test_an_older_plan_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bench = Bench(tmp_path, capsys, {})
    bench.command("approve", NAME, "--by", "Ada", "--keep", "r01-s01,r01-s02")
    sheets = sorted(item.name for item in (bench.folder / "plans").iterdir())
    assert sheets == [f"{NAME}_r01_a2"]
    old = bench.events()
    plan = next(event.payload for event in old if event.kind == "plan" and event.slot.endswith("/a1"))
    assert plan["attempt"] == 1
    from eutectic.core.plan import Plan
    from eutectic.lab_interface.worksheet_tables import plan_mark

    first = Plan.model_validate(plan)
    results = bench.out / "old.csv"
    results.write_text(f"sample,plan,value Bs [T]\n{first.samples[0].sample},{plan_mark(first)},1.5\n")
    code, _, err = bench.take(results)
    assert code == 2 and "older version" in err and "r01/a2" in err


def _on_one_bottle(folder: Path, capsys: pytest.CaptureFixture[str]) -> Bench:
    """A campaign whose plans need most of the only bottle of iron; it waits for a person."""
    stocks = [
        {"id": f"{name}-1", "form": "powder", "strength": {name: 100}, "unit": "wt%", "on_hand": amount, "lot": "L1"}
        for name, amount in (("Fe", "6.2 g"), ("Co", "90 g"), ("B", "90 g"))
    ]
    folder.mkdir()
    space = {"components": [{"name": "Fe", "min": 0.6, "step": 0.01}, {"name": "Co", "step": 0.01}, {"name": "B"}]}
    return Bench(folder, capsys, {"stocks": stocks}, space=space)


def test_two_plans_are_not_both_approved_on_the_last_of_a_stock(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both passed the gate while the bottle was free; the second answer is refused, and an abort frees the bottle."""
    first, second = _on_one_bottle(tmp_path / "a", capsys), _on_one_bottle(tmp_path / "b", capsys)
    assert first.view().waiting and second.view().waiting
    settings = load_settings()
    for bench in (first, second):
        with open_campaign(bench.out, NAME, settings) as campaign:
            request = campaign.notebook.get("approval_requested", campaign.view.waiting or "")
            assert request is not None
            yes = Approval(plan_sha256=request["plan_sha256"], decision="approve", by="Ada", reason="good")
            if bench is first:
                campaign.answer(yes)
            else:
                with pytest.raises(PlanRefused, match=r"Fe-1 lot L1.*taken by other plans"):
                    campaign.answer(yes)
                assert campaign.view.waiting
    code, _, err = second.approve()
    assert code == 1
    assert "taken by other plans" in err
    assert first.command("abort", NAME, "--by", "Ada", "--reason", "no furnace")[0] == 0
    assert second.approve()[0] == 3
    assert second.view().in_flight == f"{NAME}/r01/a1"


def test_a_rejected_plan_gives_its_stock_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bench = _on_one_bottle(tmp_path / "a", capsys)
    ledger = StockLedger(tmp_path / "home" / "stocks.db", "someone else")
    bench.command("reject", NAME, "--by", "Ada", "--reason", "too dear")
    assert all(row["state"] == "released" for row in ledger.movements())
