"""Behaviour of the OPTIMADE client, the dumps, the library's copy and the bias correction, over a loopback server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from optimade_server import Database, entry, optimade_server
from typer.testing import CliRunner

from eutectic.agents.cli.app import app
from eutectic.core.errors import BadInput, EndpointFailed
from eutectic.knowledge.calculated import fetch_entries, load_dump
from eutectic.knowledge.calculated_prior import learn_from, prior_csv
from eutectic.knowledge.optimade import Query, fetch, read_page, reduced_formula
from eutectic.tools.bias_correction import learn_bias

FE_B = Query(elements=("Fe", "B"))


@pytest.fixture
def database() -> Iterator[Database]:
    with optimade_server() as running:
        yield running


def ids(database: Database, most: int = 1_000) -> list[str]:
    pages = fetch(database.url, FE_B, most=most, timeout_s=0.3, wait=lambda _: None, page_size=10)
    return [one.id for page in pages for one in page.structures]


def test_every_page_comes_once_and_in_order(database: Database) -> None:
    assert ids(database) == [f"fix-{i}" for i in range(25)]
    assert database.asked[0]["filter"] == ['elements HAS ALL "B", "Fe"']
    assert len(ids(database, most=12)) == 12


@pytest.mark.parametrize("faults", [[503], [429, 500], ["hang"], ["drop"], ["cut"], ["slow"]], ids=str)
def test_a_fault_that_passes_is_waited_out(database: Database, faults: list[int | str]) -> None:
    database.faults = list(faults)
    assert len(ids(database)) == 25


@pytest.mark.parametrize(
    ("faults", "message"),
    [
        ([400], "the filter is wrong"),
        ([500] * 9, "answers 500, 4 times"),
        (["html"], "not JSON"),
        (["no data"], "not OPTIMADE"),
        (["elsewhere"], "another host"),
        (["errors"], "the filter is wrong"),
        (["list"], "not OPTIMADE"),
        (["latin"], "not JSON"),
        (["deep"], "not JSON"),
        ([501], "501: the filter is wrong"),
        (["hang"] * 9, "in time"),
    ],
    ids=[
        "bad filter",
        "always 500",
        "html",
        "no data",
        "other host",
        "errors in 200",
        "a list",
        "latin",
        "deep",
        "unsupported",
        "never",
    ],
)
def test_what_does_not_pass_is_said(database: Database, faults: list[int | str], message: str) -> None:
    database.faults = list(faults)
    with pytest.raises(EndpointFailed, match=message):
        ids(database)


def test_an_answer_that_points_to_itself_ends(database: Database) -> None:
    database.faults = ["loop"] * 5
    assert len(ids(database)) == 10


@pytest.mark.parametrize(
    ("fault", "n"),
    [("relative", 25), ("bare link", 25), ("gone", 10), ("empty page", 15), ("same again", 25)],
    ids=["relative link", "link as text", "no links", "an empty page between", "the same page twice"],
)
def test_odd_pages_neither_lose_nor_double_what_follows(database: Database, fault: str, n: int) -> None:
    """Pages of ten: what a page leaves out is lost, what it repeats is not doubled, the rest is read."""
    database.faults = ["", fault] if fault in ("same again", "empty page") else [fault]
    found = ids(database)
    assert len(found) == len(set(found))
    assert len(found) == (15 if fault in ("same again", "empty page") else n)


def test_what_came_before_a_server_broke_is_not_kept_as_an_answer(database: Database, tmp_path: Path) -> None:
    database.faults = ["", *[500] * 9]
    database.entries = [entry(i) for i in range(150)]
    with pytest.raises(EndpointFailed, match="answers 500"):
        fetch_entries(tmp_path, database.url, FE_B, most=150, is_offline=False, functional="", wait=lambda _: None)
    with pytest.raises(EndpointFailed, match="not fetched before"):
        fetch_entries(tmp_path, database.url, FE_B, most=150, is_offline=True, functional="")


KEYS = st.sampled_from(["data", "links", "meta", "next", "id", "attributes", "formula"]) | st.text()
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda x: st.lists(x) | st.dictionaries(KEYS, x),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(ANYTHING), ANYTHING)
def test_any_answer_is_read_or_refused(data: list[object], rest: object) -> None:
    with suppress(EndpointFailed):
        read_page(rest, "x")
    page = read_page({"data": data, "links": rest, "meta": rest}, "x")
    assert len(page.structures) + page.n_broken == len(data)


def test_entries_without_formula_are_counted_and_left_out(database: Database, tmp_path: Path) -> None:
    database.entries = [entry(1), {"id": "bare"}, "nonsense", entry(2)]
    found = fetch_entries(tmp_path, database.url, FE_B, most=10, is_offline=False, functional="")
    assert [one.id for one in found.entries] == ["fix-1", "fix-2"]
    assert found.notes == ["2 entries without id or formula were left out"]
    one = found.entries[0]
    assert (one.functional, one.is_calculated, one.version) == ("PBE", True, "1.1.0")
    assert one.url == f"{database.url}/v1/structures/fix-1"
    assert one.fetched[:2] == "20"


def test_what_was_fetched_is_there_without_a_network(tmp_path: Path) -> None:
    with optimade_server() as running:
        url = running.url
        first = fetch_entries(tmp_path, url, FE_B, most=50, is_offline=False, functional="")
    again = fetch_entries(tmp_path, url, FE_B, most=50, is_offline=True, functional="")
    assert again.entries == first.entries
    with pytest.raises(EndpointFailed, match="not fetched before"):
        fetch_entries(tmp_path, url, Query(formula="FeB"), most=50, is_offline=True, functional="")


@pytest.mark.parametrize("kind", ["json", "jsonl", "csv"])
def test_dumps_are_read_with_their_provenance(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"dump.{kind}"
    rows = [entry(1), entry(2, "FeB")]
    if kind == "csv":
        path.write_text("id,formula,gap,functional\na,Fe2B,0.5,SCAN\nb,FeB,1.5,SCAN\n", encoding="utf-8")
    else:
        text = json.dumps({"data": rows}) if kind == "json" else "\n".join(map(json.dumps, rows))
        path.write_text(text, encoding="utf-8")
    found = load_dump(tmp_path, path).entries
    assert [one.formula for one in found] == ["Fe2B", "FeB"]
    assert {one.functional for one in found} == {"SCAN" if kind == "csv" else "PBE"}
    assert all(one.is_calculated and one.database == path.name for one in found)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"data": 3}', "[[[[", "null"])
def test_a_broken_dump_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "dump.json").write_text(text, encoding="utf-8")
    with pytest.raises(BadInput):
        load_dump(tmp_path, tmp_path / "dump.json")


@pytest.mark.parametrize(("given", "reduced"), [("B2Fe4", "BFe2"), ("Fe3B", "BFe3"), ("SiO2", "O2Si")])
def test_formulas_are_asked_for_as_optimade_writes_them(given: str, reduced: str) -> None:
    assert reduced_formula(given) == reduced


@pytest.mark.parametrize("query", [Query(), Query(elements=("Xx",)), Query(formula="Fe0.5B")], ids=["all", "Xx", "0.5"])
def test_a_wrong_query_is_refused(query: Query) -> None:
    with pytest.raises(BadInput):
        query.text()


def test_a_known_bias_is_found_through_noise_and_an_outlier() -> None:
    rng = np.random.default_rng(0)
    x = rng.uniform(0, 5, 40)
    y = 0.8 + 1.3 * x + rng.normal(0, 0.1, 40)
    y[0] += 8
    found = learn_bias(list(x), list(y))
    assert abs(found.slope - 1.3) < 4 * found.slope_sd < 0.3
    assert abs(found.offset - 0.8) < 4 * found.offset_sd < 0.6
    assert found.helps
    expected, sd = found.correct(2.0)
    assert abs(expected - 3.4) < 0.2
    assert 0.05 < sd < 0.3


def test_too_little_to_learn_from_is_refused() -> None:
    with pytest.raises(BadInput, match="at least 5"):
        learn_bias([1, 2, 3, 4], [1, 2, 3, 4])
    with pytest.raises(BadInput, match="all the same"):
        learn_bias([2] * 6, [1, 2, 3, 4, 5, 6])


def test_a_fetched_value_becomes_prior_data_marked_as_calculated(tmp_path: Path) -> None:
    alloys = ["Fe2B", "FeB", "Fe3B", "FeCo", "Fe3Co", "FeNi", "Fe3Ni"]
    rows = [entry(i, formula, _fix_gap=1.0 + i) for i, formula in enumerate(alloys)]
    (tmp_path / "dump.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    entries = load_dump(tmp_path, tmp_path / "dump.jsonl").entries
    measured = {formula: 2.0 + 1.1 * (1.0 + i) for i, formula in enumerate(alloys[:6])}
    learned = learn_from(entries, measured, "_fix_gap").correction
    assert learned.slope == pytest.approx(1.1, abs=0.02)
    lines = prior_csv(entries, "_fix_gap", "gap (eV)", learned).splitlines()
    assert lines[0].startswith("formula,gap (eV),gap sd,origin")
    assert all(",calculated,calculated PBE," in line for line in lines[1:])
    mixed = [*entries, entries[0].model_copy(update={"id": "x", "functional": "SCAN"})]
    with pytest.raises(BadInput, match="functionals differ"):
        learn_from(mixed, measured, "_fix_gap")


def test_the_commands_fetch_and_correct(database: Database, tmp_path: Path) -> None:
    database.entries = [entry(i, f"Fe{i + 1}B") for i in range(8)]
    (tmp_path / "m.csv").write_text(
        "formula,gap (eV)\n" + "\n".join(f"Fe{i + 1}B,{0.3 + 0.12 * i}" for i in range(7)), encoding="utf-8"
    )
    run = CliRunner()
    fetched = run.invoke(app, ["fetch", "--provider", database.url, "--elements", "Fe,B", "--library", str(tmp_path)])
    assert fetched.exit_code == 0
    assert "8 entries" in fetched.output
    options = ["--value", "_fix_band_gap", "--property", "gap (eV)", "--measured", str(tmp_path / "m.csv")]
    target = ["--csv", str(tmp_path / "prior.csv"), "--library", str(tmp_path)]
    corrected = run.invoke(app, ["correct", *options, *target])
    assert corrected.exit_code == 0, corrected.output
    assert "leave-one-out" in corrected.output
    assert (tmp_path / "prior.csv").read_text(encoding="utf-8").count("calculated PBE") == 8
