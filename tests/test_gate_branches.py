"""The gate's rarer refusals, one by one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lab_bench import CAMPAIGN, Bench, abilities, shares, spec_of, trials_of

from eutectic.core.errors import BadInput, LabFailed, StorageFailed
from eutectic.core.estop import EmergencyStop
from eutectic.core.run import RunRef
from eutectic.lab_interface import hazards as hazards_module
from eutectic.lab_interface.gate import Gate
from eutectic.lab_interface.hazards import HazardTable, hazard_table
from eutectic.lab_interface.labs.replay import ReplayLab


def bench(folder: Path, *wanted: Any, **changes: Any) -> Bench:
    return Bench(folder, spec_of(**changes), trials_of(*(wanted or ("Fe80B20", "Fe70B30"))))


def blocked(it: Bench) -> dict[str, str]:
    return {check.name: check.detail for check in it.gate.verdict(it.data).checks if check.verdict == "block"}


@pytest.mark.parametrize(
    ("events", "words"),
    [
        ([("campaign_opened", "campaign", {"id": CAMPAIGN})], "the spec differs"),
        ([("round_opened", "r02", {"round": 2})], "the plan is for round 1, the campaign is in round 2"),
        ([("campaign_closed", "campaign", {"state": "done", "reason": "enough"})], "the campaign is closed"),
    ],
)
def test_a_plan_that_does_not_fit_the_notebook_is_refused(tmp_path: Path, events: Any, words: str) -> None:
    it = bench(tmp_path)
    other = spec_of(seed=99).model_dump(mode="json")
    it.notebook.append_all([(kind, slot, {**payload, "spec": other}) for kind, slot, payload in events])
    assert words in blocked(it)["campaign"]


def test_samples_in_another_order_than_their_trials_are_refused(tmp_path: Path) -> None:
    it = bench(tmp_path)
    it.plan = it.plan.model_copy(update={"samples": it.plan.samples[::-1]})
    assert "in their order" in blocked(it)["duplicates"]


def test_more_new_trials_than_the_spec_allows_a_round_are_refused(tmp_path: Path) -> None:
    assert "2 new trials, the spec allows 1" in blocked(bench(tmp_path, batch=1))["capability"]


def test_a_lab_that_measures_something_else_is_refused(tmp_path: Path) -> None:
    it = bench(tmp_path)
    it.lab._capabilities = abilities(properties=("hardness",))
    assert "does not measure ['Bs']" in blocked(it)["capability"]


def test_a_dose_below_the_least_of_the_lab_is_refused(tmp_path: Path) -> None:
    it = bench(tmp_path)
    it.lab._capabilities = abilities(min_ticks=500)
    assert "the least dose is 500" in blocked(it)["doses"]


def test_shares_that_miss_the_whole_by_a_ppm_are_refused(tmp_path: Path) -> None:
    third = 0.3333333
    it = bench(tmp_path, shares({"Fe": third, "B": third, "Co": third}))
    assert "shares add up to 999999 ppm" in blocked(it)["composition"]


def test_a_limit_that_is_no_number_refuses_the_whole_plan(tmp_path: Path) -> None:
    it = bench(tmp_path, lab={"kind": "x", "settings": {"furnace_max_c": -5}})
    assert "furnace_max_c" in blocked(it)["preflight"]


def test_a_lab_that_answers_for_another_plan_is_not_believed(tmp_path: Path) -> None:
    it = bench(tmp_path)

    class Confused(ReplayLab):
        """A lab that mixes its runs up."""

        def submit(self, plan: Any, key: str) -> RunRef:
            return super().submit(plan, key).model_copy(update={"key": "other/r01/a1"})

    recorded = tuple(it.lab._recorded.values())
    gate = Gate(it.spec, Confused(recorded, it.abilities), it.notebook)
    with pytest.raises(LabFailed, match="answered for 'other/r01/a1'"):
        gate.submit(it.data, it.approval())
    assert it.notebook.get("submission_accepted", it.plan.key) is None


def test_a_gate_without_a_ledger_settles_nothing(tmp_path: Path) -> None:
    it = bench(tmp_path)
    it.gate.settle(it.plan, [])
    assert len(it.notebook) == 0


def test_an_element_in_no_row_needs_a_person() -> None:
    table = hazard_table()
    bare = table.model_copy(update={"elements": table.elements[:1]})
    found = bare.substance("Fe")
    assert found.verdict == "warn" and not found.is_known


def test_a_row_without_a_listed_source_is_no_table() -> None:
    given = hazard_table().model_dump(by_alias=True)
    given["rules"][0]["source"] = "hearsay"
    with pytest.raises(ValueError, match="hearsay"):
        HazardTable.model_validate(given)


def test_a_damaged_table_refuses_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "hazards.yaml").write_text("version: [", encoding="utf-8")
    monkeypatch.setattr(hazards_module, "files", lambda _: tmp_path)
    with pytest.raises(BadInput, match="cannot be read"):
        hazard_table.__wrapped__()


def test_a_stop_that_cannot_be_written_says_so_and_an_empty_record_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "estop.jsonl").write_text("\n")
    assert EmergencyStop(tmp_path).reason() is None
    for line in ('{"action": "clear", "by": " ", "reason": "?"}\n', "[]\n", "{}\n", "{\n"):
        (tmp_path / "estop.jsonl").write_text(line)
        assert EmergencyStop(tmp_path).reason() is not None
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(StorageFailed, match="hardware button"):
        EmergencyStop(file / "inside").stop("smoke")
