"""The hazard table: every row is cited and does what it says, and what is unknown needs a person."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest
import yaml
from lab_bench import Bench, abilities, protocol_of, shares, spec_of, trials_of

from eutectic.core.elements import elements
from eutectic.core.errors import BadInput
from eutectic.core.plan import Parameter
from eutectic.core.spec import CampaignSpec
from eutectic.lab_interface.hazards import Rule, Substance, hazard_table

REDTEAM = Path(os.environ.get("EUTECTIC_REDTEAM", Path(__file__).parents[2] / "shared" / "redteam"))
TABLE = hazard_table()
EXAMPLES = Path(__file__).parents[1] / "examples"
RANK = {"pass": 0, "warn": 1, "block": 2}


def verdict_of(folder: Path, a: str, b: str = "Fe", **plan: object) -> dict[str, str]:
    """Verdicts of a plan that puts two components into one crucible of a real lab."""
    spec = spec_of([a, b], "wt%", lab={"kind": "x", "settings": {"furnace_max_c": 3000, "vessel_max_c": 3000}})
    trials = trials_of(shares({a: 0.5, b: 0.5}, "wt%"))
    return Bench(folder, spec, trials, abilities(simulated=False), **plan).verdicts()


def worst(verdicts: dict[str, str]) -> str:
    """The hazard checks' worst verdict."""
    return max((verdicts["hazards"], verdicts["hazards that need a person"]), key=RANK.__getitem__)


@pytest.mark.parametrize("symbol", sorted(elements()))
def test_every_element_has_a_row_with_a_source(symbol: str) -> None:
    known = TABLE.substance(symbol)
    assert known.is_known
    assert known.source in TABLE.sources.values()
    assert known.why


@pytest.mark.parametrize("row", TABLE.elements, ids=lambda row: "-".join(row.symbols[:4]))
def test_elements_get_the_verdict_of_their_row(row: object, tmp_path: Path) -> None:
    symbol = row.symbols[0]  # type: ignore[attr-defined]
    other = "Cu" if symbol != "Cu" else "Fe"
    assert worst(verdict_of(tmp_path, symbol, other)) == row.verdict  # type: ignore[attr-defined]


@pytest.mark.parametrize("row", TABLE.components, ids=lambda row: row.names[0])
def test_components_get_at_least_the_verdict_of_their_row(row: object) -> None:
    for name in row.names:  # type: ignore[attr-defined]
        substance = TABLE.substance(name) if name not in elements() else TABLE.medium(name)
        assert substance.is_known
        found = TABLE.vessel([substance], 20)
        assert RANK[max([h.verdict for h in found], key=RANK.__getitem__, default="pass")] >= RANK[row.verdict]  # type: ignore[attr-defined]


def _example(kind: str) -> Substance:
    """Some substance of a class."""
    for row in TABLE.components:
        if kind in row.classes:
            return TABLE.substance(row.names[0])
    for element in TABLE.elements:
        if kind in element.classes:
            return TABLE.substance(element.symbols[0])
    raise AssertionError(f"no row has class {kind}")


@pytest.mark.parametrize("rule", TABLE.rules, ids=lambda rule: rule.id)
def test_each_rule_fires_on_its_classes_and_not_on_one_of_them(rule: Rule) -> None:
    hottest = None if rule.above_c is None else rule.above_c + 1
    met = [_example(kind) for kind in rule.all]
    assert any(f"rule {rule.id}:" in h.what and h.verdict == rule.verdict for h in TABLE.vessel(met, hottest))
    bare = [item.model_copy(update={"classes": (kind,)}) for item, kind in zip(met, rule.all, strict=True)]
    if len(rule.all) > 1:
        assert not any(f"rule {rule.id}:" in h.what for h in TABLE.vessel(bare[:1], hottest))
    if rule.above_c is not None:
        assert not any(f"rule {rule.id}:" in h.what for h in TABLE.vessel(met, rule.above_c))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("KClO4", "Al"), ("KNO3", "S"), ("KMnO4", "ethanol"), ("NaF", "HCl"), ("NaCN", "H2SO4"), ("NaN3", "Pb"),
        ("Na", "water"), ("Li", "ethanol"), ("LiAlH4", "HCl"), ("NH3", "bleach"), ("H2O2", "acetone"), ("Na2S", "HCl"),
        ("K", "DCM"), ("bleach", "HCl"), ("HNO3", "acetone"), ("LiClO4", "DMF"), ("Mg", "H2O"), ("H2O2", "Fe"),
        ("CdTe", "Cu"), ("UO2", "Cu"), ("AsCl3", "Cu"), ("hydrogen", "O2"),
    ],
)  # fmt: skip
def test_dangerous_pairs_block(tmp_path: Path, a: str, b: str) -> None:
    assert verdict_of(tmp_path, a, b)["hazards"] == "block"


def test_what_the_steps_name_is_in_the_vessel_too(tmp_path: Path) -> None:
    quench = protocol_of(Parameter(name="medium", value="water", unit=""), action="quench")
    assert verdict_of(tmp_path, "Mg", "Cu", protocol=quench)["hazards"] == "block"
    assert verdict_of(tmp_path, "Ni", "Cu", protocol=quench)["hazards"] == "pass"
    strange = protocol_of(Parameter(name="solvent", value="green fluid", unit=""), action="mix")
    assert verdict_of(tmp_path, "Ni", "Cu", protocol=strange)["hazards that need a person"] == "warn"


@pytest.mark.parametrize(
    ("solvent", "action", "hot", "gas", "verdict"),
    [
        ("toluene", "dry", 150.0, "argon", "warn"),  # boils off on purpose
        ("toluene", "mix", 150.0, "argon", "block"),  # boils in a step that is not for it
        ("toluene", "mix", 90.0, "argon", "pass"),
        ("toluene", "mix", 90.0, "air", "block"),  # above its flash point of 4 degC
        ("toluene", "dry", 90.0, "air", "warn"),
        ("DMF", "mix", 50.0, "air", "pass"),  # below its flash point of 58 degC
        ("DMF", "mix", 60.0, "air", "block"),
        ("DMSO", "mix", 60.0, "air", "block"),  # no flash point is tabulated
        ("water", "mix", 90.0, "air", "pass"),
        ("water", "mix", 100.0, "air", "block"),
    ],
)
def test_a_heated_liquid(tmp_path: Path, solvent: str, action: str, hot: float, gas: str, verdict: str) -> None:
    steps = (
        Parameter(name="solvent", value=solvent, unit=""),
        Parameter(name="T", value=hot, unit="degC"),
        Parameter(name="atmosphere", value=gas, unit=""),
    )
    assert worst(verdict_of(tmp_path, "Ni", "Cu", protocol=protocol_of(*steps, action=action))) == verdict


def test_an_unknown_component_needs_a_person_in_a_real_lab_and_is_said_in_a_simulated_one(tmp_path: Path) -> None:
    assert worst(verdict_of(tmp_path, "Xanthosol", "Quillium")) == "warn"
    spec = spec_of(["Xanthosol", "Quillium"], "wt%")
    it = Bench(tmp_path, spec, trials_of(shares({"Xanthosol": 0.5, "Quillium": 0.5}, "wt%")))
    assert "not in the hazard table" in it.detail("hazards on a bench")
    assert set(it.verdicts().values()) == {"pass"}


def test_a_forbidden_element_blocks_a_simulated_lab_too(tmp_path: Path) -> None:
    it = Bench(tmp_path, spec_of(["Cd", "Te"]), trials_of("Cd50Te50"))
    assert it.verdicts()["hazards"] == "block"


def test_names_that_differ_only_in_case_are_not_confused() -> None:
    assert TABLE.substance("COCl2").verdict == "block"
    assert TABLE.substance("CoCl2").verdict == "pass"
    assert TABLE.substance("cocl2").verdict == "block"
    assert TABLE.substance("HF").verdict == "block"
    assert TABLE.substance("Hf").verdict == "pass"


def test_radioactive_and_listed_elements_of_the_red_team_never_pass() -> None:
    path = REDTEAM / "hazards" / "element_hazards.csv"
    if not path.is_file():
        pytest.skip(f"no red-team material in {REDTEAM} (set EUTECTIC_REDTEAM)")
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["radioactive"] == "True":
                assert TABLE.substance(row["element"]).verdict == "block"
            if row["iarc_group"] == "1" or row["skin"] == "True":
                assert TABLE.substance(row["element"]).verdict != "pass" or row["element"] == "Sn"


def test_controlled_and_limited_compounds_of_the_red_team_never_pass_unseen() -> None:
    """By number, structure or name as a component, what can be one at all: unknown ones need a person."""
    folder = REDTEAM / "hazards"
    if not folder.is_dir():
        pytest.skip(f"no red-team material in {REDTEAM} (set EUTECTIC_REDTEAM)")
    names: set[str] = set()
    for file, columns in (("chemcrow_controlled.csv", ("cas", "smiles")), ("compound_limits.csv", ("cas", "name"))):
        with (folder / file).open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                names |= {row[column].split(" [")[0].strip("()") for column in columns}
    n_components, passed = 0, set()
    for name in sorted(names):
        try:
            CampaignSpec.model_validate(spec_of([name, "Fe"], "wt%").model_dump())
        except (BadInput, ValueError):
            continue
        n_components += 1
        if TABLE.substance(name).verdict == "pass":
            passed.add(name)
    assert n_components > 100
    assert passed <= {"C"}, passed  # methane as SMILES, carbon as a component


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_table_knows_what_the_examples_use(path: Path) -> None:
    spec = yaml.safe_load(path.read_text(encoding="utf-8"))
    stocks = spec["lab"].get("settings", {}).get("stocks", ())
    used = {item["name"] for item in spec["space"]["components"]}
    used |= {name for item in stocks for name in (*item.get("chemicals", ()), item.get("solvent", "water"))}
    assert not [name for name in used if not TABLE.medium(name).is_known]


def test_what_stands_in_no_row_is_never_passed_over() -> None:
    """Made-up names, formulas of harmless elements and empty ones: a person must judge each."""
    for name in ("Unobtainium oxide", "Ca3Si7", "C60H12N3", "q", "Ni(acac)2", "Na2O5K"):
        found = TABLE.substance(name)
        assert (found.verdict, found.is_known) == ("warn", False), name
