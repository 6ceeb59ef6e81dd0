"""Spec files: what is read, and what is refused with line, field and mend."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from eutectic.agents.spec_file import dump_spec, load_spec, override
from eutectic.agents.spec_schema import schema_text, spec_json_schema
from eutectic.agents.yaml_tree import read_tree, write_tree
from eutectic.core.errors import BadInput, EutecticError, InfeasibleSpace
from eutectic.core.spec import CampaignSpec

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
GOOD = """\
name: test
goal: best Bs
space:
  components:
    - {name: Fe, min: 60%, max: 80%, step: 0.5%}
    - {name: No, max: 20%}
    - {name: Y, max: 40%}
  rules:
    - {terms: {Y: 1, No: -1}, relation: "<=", value: 0}
  process:
    - {kind: continuous, name: anneal_C, low: 300, high: 500, unit: degC}
objectives:
  - {property: Bs, unit: T, direction: maximize}
budget: {experiments: 40, money: 1e3}
"""


def load(folder: Path, text: str | bytes) -> CampaignSpec:
    path = folder / "spec.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_spec(path)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_loads_and_survives_a_round_trip(path: Path, tmp_path: Path) -> None:
    spec = load_spec(path)
    assert load(tmp_path, dump_spec(spec)) == spec


def test_element_symbols_that_yaml_takes_for_booleans_are_symbols(tmp_path: Path) -> None:
    for text in (GOOD, "\ufeff" + GOOD, GOOD.replace("\n", "\r\n")):
        spec = load(tmp_path, text)
        assert spec.space.component_names == ("Fe", "No", "Y")
        assert spec.space.rules[0].terms == {"Y": 1.0, "No": -1.0}
        assert spec.budget.money == 1000.0
        assert spec.space.components[0].min == 0.6


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("unit: degC", "unitt: K", r"spec.yaml:11: space.process.0.unitt: unknown field.*did you mean 'unit'"),
        ("name: test", "nmae: test", r"spec.yaml:1: nmae: unknown field.*did you mean 'name'"),
        ("experiments: 40", "experiments: many", r"spec.yaml:14: budget.experiments: 'many'"),
        ("experiments: 40", "experiments: true", r"spec.yaml:14: budget.experiments: true is not a number"),
        ("experiments: 40", "experiments: 0", r"spec.yaml:14: budget.experiments"),
        ("experiments: 40, money", "experimnts: 40, money", r"did you mean 'experiments'"),
        ("maximize", "maximise", r"spec.yaml:13: objectives.0.direction: 'maximise'.*maximize, minimize"),
        ("name: No", "name: Cobalt", r"spec.yaml:6: space.components.1.name: 'Cobalt'.*'Co'"),
        ("name: No", "name: no", r"'no' is not a chemical element.*'No'"),
        ("name: No", "name: Colbat", r"not a chemical element \(did you mean"),
        ("max: 20%", "max: 20", r"spec.yaml:6: space.components.1.max: 20 is more than the whole.*20%"),
        ("step: 0.5%", "step: 0.5", r"spec.yaml:5: space.components.0.step.*0.5%"),
        ("kind: continuous", "kind: cont", r"spec.yaml:11: space.process.0: 'cont' is not a choice"),
        ("kind: continuous, ", "", r"spec.yaml:11: space.process.0: 'kind' is missing"),
        ("No: -1", "N: -1", r"names \['N'\], which are not components"),
        ("goal: best Bs", "goal: best: Bs", r"spec.yaml:2: wrong YAML"),
        ("goal: best Bs", "\tgoal: Bs", r"spec.yaml:2: .*spaces"),
        ("goal: best Bs", "goal: a\nname: b", r"spec.yaml:3: key 'name' stands twice, first on line 1"),
        ("goal: best Bs", "goal: *x", r"spec.yaml:2: wrong YAML"),
        ("goal: best Bs", "goal: !!python/name:os.system x", r"spec.yaml:2"),
        ("goal: best Bs", "goal: a\x00b", r"spec.yaml:2: holds a character"),
        ("goal: best Bs", "goal: a\nprior_data: none.csv", r"spec.yaml:3: prior_data: there is no file"),
        ("goal: best Bs", "goal: a\nlibrary: none", r"spec.yaml:3: library: there is no folder"),
        ("goal: best Bs\n", "", r"'goal' is missing"),
        ("budget:", "? [a]\n:", r"spec.yaml:14: a key must be a plain text"),
        (GOOD, "", "empty"),
        (GOOD, "# only a comment\n", "empty"),
        (GOOD, "- a\n", "spec.yaml:1"),
        (GOOD, GOOD + "---\na: b\n", "several documents"),
        (GOOD, "[" * 1200, "nested too deeply"),
        (GOOD, "a: " + "[" * 60 + "]" * 60, "nested too deeply"),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in GOOD
    with pytest.raises(BadInput, match=message) as caught:
        load(tmp_path, GOOD.replace(old, new, 1))
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2


def test_a_space_without_compositions_is_refused_with_what_clashes(tmp_path: Path) -> None:
    with pytest.raises(InfeasibleSpace, match=r"spec.yaml:3: space: .*Fe max 70%"):
        load(tmp_path, GOOD.replace("40%", "5%").replace("80%", "70%"))


def test_paths_that_are_no_specs(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="folder"):
        load_spec(tmp_path)
    with pytest.raises(BadInput, match="no such file"):
        load_spec(tmp_path / "none.yaml")
    with pytest.raises(BadInput, match=r"spec.yaml:2: not UTF-8"):
        load(tmp_path, b"name: a\ngoal: \xff\xfe\n")
    with pytest.raises(BadInput, match="bytes"):
        load(tmp_path, b"# " + b"x" * 1_100_000)
    (tmp_path / "spec.yaml").chmod(0)
    if not os.access(tmp_path / "spec.yaml", os.R_OK):
        with pytest.raises(BadInput, match="permission"):
            load_spec(tmp_path / "spec.yaml")


def test_paths_are_resolved_against_the_spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "old.csv").write_text("Fe,Bs\n")
    text = (
        GOOD + "prior_data: data/old.csv\nlab: {kind: simulated, settings: {table: data/old.csv, card: data/old.csv}}\n"
    )
    (tmp_path / "spec.yaml").write_text(text)
    monkeypatch.chdir(tmp_path.parent)
    spec = load_spec(Path(tmp_path.name) / "spec.yaml")
    assert spec.prior_data == str((tmp_path / "data" / "old.csv").resolve())
    assert spec.lab.settings["table"] == spec.prior_data


def test_anchors_that_grow_without_end_are_refused(tmp_path: Path) -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{key}: &{key} [{','.join(['*' + before] * 9)}]\n" for before, key in zip("abcdefgh", "bcdefghi", strict=True)
    )
    with pytest.raises(BadInput, match="more than"):
        load(tmp_path, bomb)
    with pytest.raises(BadInput):
        load(tmp_path, "a: &a [*a]\n")


def test_override_replaces_mind_and_seed(tmp_path: Path) -> None:
    spec = load(tmp_path, GOOD)
    changed = override(spec, mind="rules", seed=5)
    assert (changed.mind.kind, changed.seed) == ("rules", 5)
    assert override(spec) == spec
    with pytest.raises(BadInput):
        override(spec, seed=-1)


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
    | st.sampled_from(["no", "on", "1e3", "0x10", "1_0", "12:30:00", "2024-01-01", "~", "=", "<<", "*a", "&a", "007"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abNoy1", min_size=1), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(plain)
def test_what_is_written_reads_back(value: Any) -> None:
    text = write_tree({"value": value})
    assert read_tree(text, "x").value == {"value": value}


@settings(max_examples=150, deadline=None)
@given(value=st.text("no1.5-+eE:_TtruefalsNull~", min_size=1, max_size=8))
def test_texts_are_safe_for_other_yaml_readers_too(value: str) -> None:
    assert yaml.safe_load(write_tree({"value": value})) == {"value": value}


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.integers(0, 12), st.text(max_size=4))
def test_a_mangled_file_loads_or_is_refused_in_one_line(
    tmp_path_factory: pytest.TempPathFactory, at: int, cut: int, new: str
) -> None:
    folder = tmp_path_factory.getbasetemp()
    data = (GOOD[:at] + new + GOOD[at + cut :]).encode("utf-8", "surrogatepass")
    try:
        load(folder, data)
    except EutecticError as error:
        assert "\n" not in str(error)


def test_the_published_schema_is_up_to_date_and_holds_the_examples() -> None:
    assert (ROOT / "docs" / "spec.schema.json").read_text(encoding="utf-8") == schema_text(), (
        "run: python -m eutectic.agents.spec_schema docs/spec.schema.json"
    )
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft202012Validator(spec_json_schema())
    for path in EXAMPLES:
        assert not list(validator.iter_errors(read_tree(path.read_text(encoding="utf-8"), path.name).value))
    wrong = json.loads(json.dumps(read_tree(GOOD, "x").value))
    wrong["budget"]["experimnts"] = 3
    assert list(validator.iter_errors(wrong))
