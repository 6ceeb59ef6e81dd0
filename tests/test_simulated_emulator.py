"""Emulators: exact where the table was measured, a forest elsewhere, and bad tables refused with their line."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from simulated_lab_builder import PROTOCOL

from eutectic.core.composition import Composition
from eutectic.core.errors import BadInput, BadTable
from eutectic.core.plan import Dose, Plan, Sample
from eutectic.core.space import ComponentRange, SearchSpace
from eutectic.core.spec import Budget, CampaignSpec, LabSpec
from eutectic.core.trial import Trial
from eutectic.lab_interface.emulator import open_emulator
from eutectic.lab_interface.registry import open_lab

CARD: dict[str, Any] = {
    "source": "made up for a test",
    "licence": "CC0",
    "basis": "mol%",
    "scale": "fraction",
    "components": ["A", "B", "C"],
    "properties": [{"column": "yield", "unit": "%", "direction": "maximize"}],
}
TABLE = "A,B,C,yield\n1,0,0,10\n0,1,0,20\n0,0,1,30\n0.5,0.5,0,44\n0.5,0.5,0,46\n0.2,0.3,0.5,50\n"


def opened(tmp_path: Path, table: str | bytes = TABLE, **card: Any):
    (tmp_path / "t.csv").write_bytes(table if isinstance(table, bytes) else table.encode())
    (tmp_path / "t.yaml").write_text(yaml.safe_dump(CARD | card))
    return open_emulator(tmp_path / "t.csv", tmp_path / "t.yaml")


def mix(**shares: float) -> Composition:
    return Composition.of(shares, "mol%")


def test_measured_recipes_give_the_measured_value_and_replicates_their_mean(tmp_path):
    law = opened(tmp_path)
    assert law.true_values(mix(A=0.2, B=0.3, C=0.5), {}) == {"yield": 50.0}
    assert law.true_values(mix(A=0.5, B=0.5), {}) == {"yield": 45.0}
    assert law.holds(mix(A=0.5, B=0.5), {})
    assert law.holds(mix(A=0.5 + 5e-7, B=0.5 - 5e-7), {})
    assert not law.holds(mix(A=0.5 + 5e-6, B=0.5 - 5e-6), {})


def test_elsewhere_a_forest_predicts_within_what_was_seen_and_repeatably(tmp_path):
    recipe = mix(A=0.4, B=0.35, C=0.25)
    value = opened(tmp_path).true_values(recipe, {})["yield"]
    assert 10 <= value <= 50
    assert opened(tmp_path).true_values(recipe, {})["yield"] == value
    assert opened(tmp_path).feasible(recipe, {}) is None


@pytest.mark.parametrize(
    "table",
    [
        ("\ufeff" + TABLE).encode(),
        TABLE.replace(",", ";").replace(".", ",").encode(),
        TABLE.replace(",", "\t").replace("\n", "\r\n").encode(),
        ("\ufeff" + TABLE).encode("utf-16-le"),
    ],
    ids=["byte order mark", "decimal comma", "tabs", "utf-16"],
)
def test_tables_as_people_save_them(tmp_path, table):
    assert opened(tmp_path, table).true_values(mix(A=0.2, B=0.3, C=0.5), {}) == {"yield": 50.0}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("0,1,0,20", "0,,0,20"), "3.*B.*empty"),
        (("0,1,0,20", "0,1,0,"), "3.*yield.*empty"),
        (("0,1,0,20", "0,1,0,good"), "3.*yield.*good"),
        (("0,1,0,20", "0,1,0,<20"), "3.*yield.*limit"),
        (("0,1,0,20", "0,1,0.5,20"), "3.*adds up to 1.5"),
        (("0,1,0,20", "-1,2,0,20"), "3.*negative"),
        (("0,1,0,20", "0,1,0"), "3"),
        (("A,B,C,yield", "A,B,X,yield"), r"columns \['C'\]"),
        (("0,1,0,20", "0,1,0,nan"), "3.*yield"),
    ],
    ids=["no input", "no value", "text", "limit", "sum", "negative", "short row", "no column", "nan"],
)
def test_bad_tables_are_refused_with_their_line(tmp_path, change, message):
    with pytest.raises(BadTable, match=message) as caught:
        opened(tmp_path, TABLE.replace(*change))
    assert "\n" not in str(caught.value)


def test_a_card_can_allow_empty_properties_and_drop_odd_sums(tmp_path):
    sparse = TABLE.replace("0,1,0,20", "0,1,0,").replace("1,0,0,10", "1,0,0.5,10")
    law = opened(tmp_path, sparse, allow_missing=True, off_sum="drop")
    assert not law.holds(mix(A=1.0), {})
    assert law.holds(mix(B=1.0), {})
    assert 10 <= law.true_values(mix(B=1.0), {})["yield"] <= 50


def test_percent_tables_and_process_columns(tmp_path):
    table = "A,B,C,temp,gas,yield\n50,50,0,300,argon,1\n50,50,0,400,argon,2\n50,50,0,400,air,3\n100,0,0,300,air,4\n"
    process = [{"column": "temp", "unit": "K", "name": "anneal"}, {"column": "gas", "kind": "choice"}]
    law = opened(tmp_path, table, scale="percent", process=process)
    half = mix(A=0.5, B=0.5)
    assert law.true_values(half, {"anneal": 400, "gas": "air"}) == {"yield": 3.0}
    assert law.true_values(half, {"anneal": 300, "gas": "argon"}) == {"yield": 1.0}
    assert [(item.name, item.low, item.high, item.choices) for item in law.process] == [
        ("anneal", 300.0, 400.0, ()),
        ("gas", None, None, ("air", "argon")),
    ]
    with pytest.raises(BadInput, match="helium"):
        law.true_values(half, {"anneal": 300, "gas": "helium"})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"licence": ""}, "licence"),
        ({"colour": "red"}, "colour"),
        ({"scale": "permille"}, "scale"),
        ({"components": ["A", "A"]}, "named twice"),
        ({"properties": []}, "properties"),
    ],
)
def test_bad_cards_are_refused_with_their_key(tmp_path, change, message):
    with pytest.raises(BadInput, match=message):
        opened(tmp_path, **change)


def test_missing_files_are_said_to_be_missing(tmp_path):
    with pytest.raises(BadInput, match=r"none\.yaml"):
        open_emulator(tmp_path / "none.csv", tmp_path / "none.yaml")


def test_replicates_of_the_table_set_the_noise(tmp_path):
    rows = "".join(f"0.{i},0.{9 - i},0.1,{value}\n" for i in range(1, 7) for value in (9, 11))
    law = opened(tmp_path, "A,B,C,yield\n" + rows)
    assert law.properties[0].noise == pytest.approx(2**0.5 / 10)
    assert opened(tmp_path).properties[0].noise is None


def data_folder() -> Path:
    given = os.environ.get("EUTECTIC_DATA")
    root = Path(given) if given else Path(__file__).parents[2] / "shared"
    return root / "data" if (root / "data").is_dir() else root


def simplex_tables() -> list[Path]:
    """Tables whose first columns are fractions that add up to 1, followed by one property."""
    return sorted(data_folder().glob("*/*.csv"), key=lambda path: path.stat().st_size)[:8]


def described(path: Path) -> dict[str, Any] | None:
    header = path.read_text(encoding="utf-8-sig").splitlines()[0].split(",")
    first = path.read_text(encoding="utf-8-sig").splitlines()[1].split(",")
    try:
        shares = [float(cell) for cell in first[:-1]]
    except ValueError:
        return None
    if len(header) < 3 or abs(sum(shares) - 1) > 1e-6:
        return None
    return CARD | {
        "source": path.name,
        "licence": "see its folder",
        "components": header[:-1],
        "properties": [{"column": header[-1], "unit": "1", "direction": "maximize"}],
    }


def test_a_campaign_on_real_tables_gets_their_measured_values(tmp_path):
    cards = {path: card for path in simplex_tables() if (card := described(path)) is not None}
    if not cards:
        pytest.skip("no tables of real measurements: set EUTECTIC_DATA to the folder that holds them")
    assert len(cards) >= 3
    for path, card in list(cards.items())[:3]:
        file = tmp_path / f"{path.stem}.yaml"
        file.write_text(yaml.safe_dump(card))
        _measure_first_row(path, file, card, tmp_path / path.stem)


def _measure_first_row(path: Path, card_file: Path, card: dict[str, Any], folder: Path) -> None:
    row = [float(cell) for cell in path.read_text(encoding="utf-8-sig").splitlines()[-1].split(",")]
    names, name = card["components"], card["properties"][0]["column"]
    spec = CampaignSpec(
        name="real",
        goal="measure what was measured",
        space=SearchSpace(basis="mol%", components=tuple(ComponentRange(name=item) for item in names)),
        objectives=({"property": name, "unit": "1", "direction": "maximize"},),
        budget=Budget(experiments=10),
        lab=LabSpec(settings={"table": str(path), "card": str(card_file), "noise": 0, "noise_of": {name: 0}}
                    | {"batch_sd": 0, "abandoned_rate": 0}),
    )  # fmt: skip
    lab = open_lab(spec, folder)
    wanted = Composition.of(dict(zip(names, row[:-1], strict=True)), "mol%", normalise=True)
    near = [(item, max(1, round(share * 2000) - 1)) for item, share in wanted.fractions.items()]
    total = sum(ticks for _, ticks in near)
    made = Composition.of({item: ticks / total for item, ticks in near}, "mol%", normalise=True)
    doses = tuple(Dose(component=item, ticks=ticks, tick="1 mg") for item, ticks in near)
    plan = Plan(
        campaign="real-1", round=1, lab="simulated", simulated=True, protocol=PROTOCOL, cost=0, hours=0,
        trials=(Trial(id="r01-s01", composition=wanted, source="initial", why="measured"),),
        samples=(Sample(trial="r01-s01", sample="K7", doses=doses, achieved=made),),
    )  # fmt: skip
    law = open_emulator(path, card_file)
    truth = law.true_values(wanted, {})[name]
    found = lab.result(lab.submit(plan, plan.key))[0]
    assert found.value(name) == pytest.approx(truth, rel=1e-8)
    assert found.composition == wanted
    assert min(truth, row[-1]) <= max(truth, row[-1])
    assert found.instrument == f"simulated:{path.stem}"
