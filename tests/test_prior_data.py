"""Earlier measurements as observations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from eutectic.agents.knowledge_freeze import read_source
from eutectic.agents.spec_file import load_spec
from eutectic.core.errors import BadTable
from eutectic.core.spec import CampaignSpec
from eutectic.core.trial import Trial
from eutectic.tools.prior_data import Prior, prior_trial_id, read_prior


def spec(**space: Any) -> CampaignSpec:
    return CampaignSpec.model_validate(
        {
            "name": "x",
            "goal": "g",
            "space": {"components": [{"name": "Fe"}, {"name": "Co"}, {"name": "B", "max": "20%"}], **space},
            "objectives": [
                {"property": "Bs", "unit": "T", "direction": "maximize"},
                {"property": "Hc", "unit": "A/m", "direction": "minimize"},
            ],
            "budget": {"experiments": 5},
        }
    )


def prior(folder: Path, text: str, wanted: CampaignSpec | None = None) -> Prior:
    path = folder / "old.csv"
    path.write_text(text, encoding="utf-8")
    return read_prior(path, wanted or spec())


@pytest.mark.parametrize(
    "text",
    [
        "Fe,Co,B,Bs,Hc\n80,10,10,1.5,<3\n",
        "Fe,Co,B,Bs (T),Hc (A/m)\n0.8,0.1,0.1,1.5,<3\n",
        "Fe (at%);Co (at%);B (at%);Bs [T];Hc_A_m\n80,0;10,0;10,0;1,5;<3\n",
        "formula,Bs_T,Hc_Am\nFe80Co10B10,1.5,<3\n",
        "Co,Fe,B,Bs / T,Hc\n10%,80%,10%,1.5,< 3\n",
    ],
)
def test_percent_fractions_and_formulas_are_one_material(tmp_path: Path, text: str) -> None:
    found = prior(tmp_path, text)
    (observation,) = found.observations
    assert observation.composition.fractions == pytest.approx({"Fe": 0.8, "Co": 0.1, "B": 0.1})
    assert (observation.value("Bs"), observation.value("Hc")) == (1.5, None)
    assert observation.measurements[1].censoring == "below"
    assert (observation.achieved_from, observation.simulated, observation.trial) == ("measured", False, "r00-s001")
    assert found.refused == []


def test_rows_that_cannot_be_used_are_refused_and_the_others_kept(tmp_path: Path) -> None:
    text = (
        "Fe,Co,B,Ni,Bs,Hc,status,cause\n80,10,10,0,1.5,3,,\n79,10,10,1,1.5,3,,\n80,10,5,0,1.5,3,,\n70,10,20,0,,,,\n"
        "50,10,40,0,1.1,2,,\n60,20,20,0,,,failed,sample_prep\n60,20,20,0,1,1,broken,\n120,-10,-10,0,1,1,,\n,,100,,1,1,,\n"
    )
    found = prior(tmp_path, text)
    assert [item.line for item in found.refused] == [3, 4, 5, 8, 9]
    assert [item.trial for item in found.observations] == ["r00-s001", "r00-s002", "r00-s003", "r00-s004"]
    assert "holds Ni 1" in found.refused[0].reason
    assert "add up to 95" in str(found.refused[1])
    outside, failed, pure = found.observations[1:]
    assert outside.composition.fractions["B"] == pytest.approx(0.4)
    assert (failed.status, failed.cause, failed.measurements) == ("failed", "sample_prep", ())
    assert pure.composition.fractions == {"B": 1.0}


def test_weight_percent_is_turned_into_the_basis_of_the_space(tmp_path: Path) -> None:
    (observation,) = prior(tmp_path, "Fe (wt%),B (wt%),Bs\n95,5,1.5\n").observations
    assert observation.composition.fractions["B"] == pytest.approx((5 / 10.81) / (5 / 10.81 + 95 / 55.845), abs=1e-4)


def test_a_kelvin_column_called_tc_is_no_technetium(tmp_path: Path) -> None:
    assert len(prior(tmp_path, "Fe,Co,B,Bs,Tc\n80,10,10,1.5,600\n").observations) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Fe,Co,B,Bs (mT)\n80,10,10,1500\n", r"old.csv:1: Bs \(mT\): the header gives 'Bs' in 'mT', the spec in 'T'"),
        ("Fe,Co,B,mag\n80,10,10,1.5\n", r"old.csv:1: no column holds a property"),
        ("a,b,Bs\n80,20,1.5\n", r"old.csv:1: no column holds the composition"),
        ("Fe,Co,B,Bs\n80,10,10,1.5\n0.8,0.1,0.1,1.5\n80,10,10,1.5\n", r"old.csv:3: this row adds up to 1, most"),
        ("Fe,Co,B,Bs\n8,1,1,1.5\n", r"old.csv:2: the components add up to 10"),
        ("Fe,Co,B,Bs\n80,10,ten,1.5\n", r"old.csv:2: B: 'ten' is not a number"),
        ("Fe (at%),Co (wt%),B,Bs\n80,10,10,1.5\n", r"mix"),
        ("Fe,Fe (at%),Co,B,Bs\n80,80,10,10,1.5\n", r"two columns hold Fe"),
        ("Fe,Co,B,Bs\n80,10,10,\n", r"old.csv:2: no row can be used"),
    ],
)
def test_a_table_that_is_not_certain_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(BadTable, match=message):
        prior(tmp_path, text)


def test_process_columns_are_read_and_demanded(tmp_path: Path) -> None:
    wanted = spec(
        process=[
            {"kind": "continuous", "name": "anneal_C", "low": 1, "high": 2, "unit": "degC"},
            {"kind": "integer", "name": "layers", "low": 1, "high": 3},
            {"kind": "categorical", "name": "gas", "choices": ["Ar", "N2"]},
        ]
    )
    text = "Fe,B,Bs,anneal_C (°C),layers,gas\n80,20,1.5,400,2,Ar\n80,20,1.5,,2,Ar\n80,20,1.5,400,2.5,Ar\n"
    found = prior(tmp_path, text, wanted)
    assert found.observations[0].process == {"anneal_C": 400.0, "layers": 2, "gas": "Ar"}
    assert [item.line for item in found.refused] == [3, 4]
    with pytest.raises(BadTable, match="no column holds process variable 'layers'"):
        prior(tmp_path, "Fe,B,Bs,anneal_C\n80,20,1.5,400\n", wanted)


def test_trial_ids_never_repeat_and_are_valid() -> None:
    ids = [prior_trial_id(index) for index in range(5000)]
    assert len(set(ids)) == len(ids)
    made = {"composition": {"parts": [{"component": "Fe", "fraction": 1}]}, "source": "prior", "why": ""}
    for name in (ids[0], ids[998], ids[999], ids[-1], prior_trial_id(90_000_000)):
        assert Trial.model_validate({"id": name, **made}).id == name


def test_records_of_papers_are_read_as_a_source_task(tmp_path: Path) -> None:
    lines = ["formula,saturation_induction (kG),saturation_induction sd,note", "Fe78Si9B13,15.6,0.2,a"]
    lines += ["Fe80B20,16,0.2,b", "Fe70Ni8Si9B13,14.6,0.2,a", "Fe60Mn5B35,<9,,c"]
    (tmp_path / "records.csv").write_text("\n".join(lines), encoding="utf-8")
    text = """{name: a, goal: g, space: {components: [{name: Fe}, {name: B}]}, budget: {experiments: 4},
               objectives: [{property: Bs, unit: T, direction: maximize}], lab: {kind: simulated}}"""
    (tmp_path / "spec.yaml").write_text(text, encoding="utf-8")
    (table,) = read_source(tmp_path / "records.csv", load_spec(tmp_path / "spec.yaml"))
    assert (table.property, table.components, table.overlap) == ("Bs", ("B", "Fe", "Mn", "Ni", "Si"), 1)
    assert table.values == pytest.approx((1.56, 1.46))
    assert table.shares[0] == pytest.approx((0.13, 0.78, 0, 0, 0.09))
