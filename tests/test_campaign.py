"""Campaigns as their user drives them: approval, edit, rejection, waiting, resuming, replaying, aborting."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from eutectic.agents.cli.main import main
from eutectic.core.notebook import CampaignView, Notebook

HERE = Path(__file__).parent


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("EUTECTIC_MODEL", "EUTECTIC_BASE_URL", "EUTECTIC_API_KEY", "OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("EUTECTIC_HOME", str(tmp_path / "home"))


def spec_file(tmp_path: Path, **changes: Any) -> Path:
    spec = yaml.safe_load((HERE / "data" / "quick.yaml").read_text())
    spec.update(changes)
    path = tmp_path / "spec.yaml"
    path.write_text(yaml.safe_dump(spec, allow_unicode=True))
    return path


def view(folder: Path) -> CampaignView:
    with Notebook(folder / "notebook.db", folder.name, read_only=True) as notebook:
        notebook.verify()
        return CampaignView(notebook.events())


def contents(folder: Path) -> list[tuple[str, str, str]]:
    with Notebook(folder / "notebook.db", folder.name, read_only=True) as notebook:
        return [event.content for event in notebook.events()]


def run(tmp_path: Path, *arguments: str) -> int:
    return main([*arguments, "--out", str(tmp_path / "runs")])


def test_a_campaign_runs_to_its_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "run", str(spec_file(tmp_path))) == 0
    folder = tmp_path / "runs" / "quick-001"
    assert capsys.readouterr().out.splitlines()[-1] == str(folder / "report.html")
    done = view(folder)
    assert done.state in ("met", "stopped") and done.spent.experiments == 9 and done.rounds_closed == 3
    assert set(done.minds) == {"rules"}
    for name in ("report.md", "observations.csv", "recording.jsonl", "spec.yaml"):
        assert (folder / name).stat().st_size > 100
    assert not done.spec.space.violations(next(iter(done.trials.values())).composition)


def test_the_same_seed_gives_the_same_notebook_and_another_seed_another(tmp_path: Path) -> None:
    for place, seed in (("a", 7), ("b", 7), ("c", 8)):
        (tmp_path / place).mkdir()
        assert main(["run", str(spec_file(tmp_path, seed=seed)), "--out", str(tmp_path / place), "--json"]) == 0
    a, b, c = (contents(tmp_path / place / "quick-001") for place in "abc")
    assert a == b
    assert a != c


def test_a_person_approves_each_plan_and_it_survives_a_restart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = spec_file(tmp_path, approval={"mode": "person"}, budget={"experiments": 3})
    assert run(tmp_path, "run", str(path)) == 3
    folder = tmp_path / "runs" / "quick-001"
    before = view(folder)
    assert before.state == "waiting for a person" and not before.observations
    assert run(tmp_path, "resume", "quick-001") == 3
    capsys.readouterr()
    assert run(tmp_path, "approve", "quick-001", "--by", "Ada", "--reason", "looks right") == 0
    after = view(folder)
    assert len(after.observations) == 3
    with Notebook(folder / "notebook.db", "quick-001", read_only=True) as notebook:
        approval = notebook.get("approval", "quick-001/r01/a1")
        plan = notebook.get("plan", "quick-001/r01/a1")
        submitted = notebook.get("submission_intended", "quick-001/r01/a1")
    assert approval and plan and submitted
    assert (approval["by"], approval["reason"]) == ("Ada", "looks right")
    assert approval["plan_sha256"] == submitted["plan_sha256"]


def test_an_edit_strikes_trials_and_makes_another_plan(tmp_path: Path) -> None:
    path = spec_file(tmp_path, approval={"mode": "person"}, budget={"experiments": 3})
    run(tmp_path, "run", str(path))
    code = run(tmp_path, "approve", "quick-001", "--by", "Ada", "--reason", "too dear", "--keep", "r01-s01,r01-s03")
    after = view(tmp_path / "runs" / "quick-001")
    assert code == 3 and after.round == 2
    assert sorted(after.observations) == ["r01-s01", "r01-s03"]
    assert [trial.id for trial in after.rejected] == ["r01-s02"]
    struck = after.trials["r01-s02"].recipe_key
    assert all(trial.recipe_key != struck for trial in after.round_trials(2))


def test_a_rejected_plan_is_not_measured_and_not_proposed_again(tmp_path: Path) -> None:
    path = spec_file(tmp_path, approval={"mode": "person"}, budget={"experiments": 3})
    run(tmp_path, "run", str(path))
    assert run(tmp_path, "reject", "quick-001", "--by", "Ada", "--reason", "furnace is down") == 3
    after = view(tmp_path / "runs" / "quick-001")
    assert after.round == 2 and not after.observations and len(after.rejected) == 3
    keys = {trial.recipe_key for trial in after.rejected}
    assert not keys & {trial.recipe_key for trial in after.round_trials(2)}


def test_an_approval_for_another_plan_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = spec_file(tmp_path, approval={"mode": "person"})
    run(tmp_path, "run", str(path))
    assert run(tmp_path, "approve", "quick-001", "--by", "Ada", "--plan", "0000") == 2
    assert "waits, not '0000'" in capsys.readouterr().err
    assert run(tmp_path, "approve", "quick-001", "--by", "Ada", "--keep", "r09-s09") == 2


def test_a_slow_lab_is_left_and_come_back_to_by_tick(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lab = {"kind": "simulated", "settings": {"law": "fe_soft_magnet", "latency_s": 1.0}}
    path = spec_file(tmp_path, lab=lab, budget={"experiments": 3})
    assert run(tmp_path, "run", str(path), "--no-wait") == 0
    assert view(tmp_path / "runs" / "quick-001").state == "measuring"
    import time

    for _ in range(20):
        assert run(tmp_path, "tick") == 0
        if view(tmp_path / "runs" / "quick-001").closed:
            break
        time.sleep(0.5)
    done = view(tmp_path / "runs" / "quick-001")
    assert done.closed and len(done.observations) == 3
    capsys.readouterr()
    assert run(tmp_path, "tick") == 0
    assert "no campaign is due" in capsys.readouterr().out


def test_a_campaign_restarts_from_its_notebook_alone(tmp_path: Path) -> None:
    path = spec_file(tmp_path, approval={"mode": "person"}, budget={"experiments": 6})
    run(tmp_path, "run", str(path))
    run(tmp_path, "approve", "quick-001", "--by", "Ada", "--reason", "go")
    folder = tmp_path / "runs" / "quick-001"
    (folder / "checkpoints.db").unlink()
    run(tmp_path, "approve", "quick-001", "--by", "Ada", "--reason", "go")
    whole = tmp_path / "whole"
    main(["run", str(path), "--out", str(whole)])
    for _ in range(2):
        main(["approve", "quick-001", "--by", "Ada", "--reason", "go", "--out", str(whole)])
    assert contents(folder) == contents(whole / "quick-001")


@pytest.mark.parametrize("damage", [b"", b"not a database at all" * 50])
def test_broken_checkpoints_are_set_aside(tmp_path: Path, damage: bytes) -> None:
    path = spec_file(tmp_path, approval={"mode": "person"}, budget={"experiments": 3})
    run(tmp_path, "run", str(path))
    folder = tmp_path / "runs" / "quick-001"
    (folder / "checkpoints.db").write_bytes(damage)
    assert run(tmp_path, "approve", "quick-001", "--by", "Ada", "--reason", "go") == 0
    assert len(view(folder).observations) == 3


def test_two_drivers_of_one_campaign_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from eutectic.core.lock import DriverLock

    run(tmp_path, "run", str(spec_file(tmp_path, approval={"mode": "person"})))
    with DriverLock(tmp_path / "runs" / "quick-001"):
        assert run(tmp_path, "resume", "quick-001") == 1
        assert "another process drives" in capsys.readouterr().err
        assert run(tmp_path, "status", "quick-001") == 0


def test_replay_gives_the_same_decisions_and_trials(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lab = {"kind": "simulated", "settings": {"law": "fe_soft_magnet", "abandoned_rate": 0.3}}
    run(tmp_path, "run", str(spec_file(tmp_path, lab=lab)), "--json")
    capsys.readouterr()
    assert run(tmp_path, "replay", "quick-001", "--json") == 0
    done = json.loads(capsys.readouterr().out)
    assert done["trials"] == 9 and done["compared"] > 30
    assert run(tmp_path, "replay", "quick-001", "--recompute") == 0


def test_a_changed_recording_is_noticed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import sqlite3

    run(tmp_path, "run", str(spec_file(tmp_path)), "--json")
    folder = tmp_path / "runs" / "quick-001"
    with sqlite3.connect(folder / "notebook.db") as connection:
        connection.execute("UPDATE events SET payload = replace(payload, 'r01-s01', 'r01-s09') WHERE kind = 'trial'")
    capsys.readouterr()
    assert run(tmp_path, "resume", "quick-001") == 1
    assert "does not fit the chain" in capsys.readouterr().err


def test_a_met_goal_ends_the_campaign_early(tmp_path: Path) -> None:
    wish = [{"property": "Bs", "unit": "T", "direction": "maximize", "at_least": 0.5}]
    run(tmp_path, "run", str(spec_file(tmp_path, objectives=wish)), "--json")
    done = view(tmp_path / "runs" / "quick-001")
    assert done.state == "met" and done.spent.experiments == 3


def test_abort_closes_for_good(tmp_path: Path) -> None:
    run(tmp_path, "run", str(spec_file(tmp_path, approval={"mode": "person"})))
    assert run(tmp_path, "abort", "quick-001", "--by", "Ada", "--reason", "funding ended") == 0
    assert view(tmp_path / "runs" / "quick-001").state == "aborted"
    assert run(tmp_path, "resume", "quick-001") == 0
    assert not view(tmp_path / "runs" / "quick-001").observations


def test_money_is_a_hard_cap(tmp_path: Path) -> None:
    run(tmp_path, "run", str(spec_file(tmp_path, budget={"experiments": 500, "money": 200})), "--json")
    done = view(tmp_path / "runs" / "quick-001")
    assert 0 < done.spent.money <= 200 and done.closed and "budget is spent" in done.closed["reason"]


def test_a_question_of_the_pi_waits_for_a_person_and_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lab = {"kind": "simulated", "settings": {"law": "fe_soft_magnet", "abandoned_rate": 1.0}}
    assert run(tmp_path, "run", str(spec_file(tmp_path, lab=lab, budget={"experiments": 9}))) == 3
    folder = tmp_path / "runs" / "quick-001"
    assert view(folder).state == "waiting for a person" and view(folder).round == 2
    capsys.readouterr()
    assert run(tmp_path, "status", "quick-001") == 0
    assert "6 trials in a row failed" in capsys.readouterr().out
    assert run(tmp_path, "resume", "quick-001") == 3
    assert view(folder).round == 2
    assert run(tmp_path, "approve", "quick-001", "--by", "Ada", "--reason", "the furnace is mended") == 0
    assert view(folder).closed and view(folder).round == 3


@pytest.mark.parametrize("outcome", ["ran", "did_not_run"])
def test_a_run_in_doubt_waits_to_be_reconciled_and_is_never_run_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], outcome: str
) -> None:
    from eutectic.agents.spec_file import load_spec
    from eutectic.lab_interface.labs.simulated import SimulatedLab
    from eutectic.lab_interface.registry import open_lab

    lab = {"kind": "simulated", "settings": {"law": "fe_soft_magnet", "lost_contact_rate": 1.0}}
    path = spec_file(tmp_path, lab=lab, budget={"experiments": 3})
    assert run(tmp_path, "run", str(path)) == 3
    folder = tmp_path / "runs" / "quick-001"
    assert "eutectic reconcile quick-001" in capsys.readouterr().out
    assert run(tmp_path, "resume", "quick-001") == 3
    assert run(tmp_path, "approve", "quick-001", "--by", "Ada") == 2
    code = run(tmp_path, "reconcile", "quick-001", "--outcome", outcome, "--by", "Ada")
    done = view(folder)
    assert not done.asked or done.asked[0].startswith("quick-001/r02")
    if outcome == "ran":
        assert code == 0 and len(done.observations) == 3
    simulated = open_lab(load_spec(folder / "spec.yaml"), folder)
    assert isinstance(simulated, SimulatedLab)
    assert all(times == 1 for times in simulated.executions().values())
