"""A group's own table as a benchmark: what is read, left out and refused, and what the spec's knowledge may do."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from eutectic.agents.cli.main import main
from eutectic.core.errors import BadInput
from eutectic.evals.measured_pool import key_of, measured_pool
from eutectic.evals.paired_ratio import describe_over_none, describe_pairs, paired_ratio
from eutectic.evals.search_runs import Run

SPEC = """
name: own
goal: the hardest
space:
  components:
    - {name: Fe, min: 20%, max: 60%, step: 5%}
    - {name: Co, max: 60%, step: 5%}
    - {name: Ni, max: 60%, step: 5%}
  process:
    - {kind: continuous, name: anneal, low: 600, high: 900, step: 50, unit: K}
    - {kind: categorical, name: gas, choices: [Ar, N2]}
objectives:
  - {property: HV, unit: HV, direction: maximize}
budget: {experiments: 20}
batch: 3
knowledge:
  claims: claims.yaml
  sources: {advice: true}
"""
CLAIMS = """
- property: HV
  origin: person
  author: Ada
  dated: 2026-01-02
  trust: 0.6
  statement: {kind: effect, component: Ni, sign: 1}
"""


def write(folder: Path, rows: list[str], spec: str = SPEC) -> tuple[Path, Path]:
    (folder / "own.yaml").write_text(spec)
    (folder / "claims.yaml").write_text(CLAIMS)
    (folder / "hard.csv").write_text("\n".join(["Fe,Co,Ni,anneal (K),gas,HV (HV),status", *rows]))
    return folder / "own.yaml", folder / "hard.csv"


def rows(n: int = 40) -> list[str]:
    rng = np.random.default_rng(1)
    lines = []
    for i in range(n):
        a, b = sorted(rng.uniform(0, 100, 2).round(1))
        fe, co, ni = a, round(b - a, 1), round(100 - b, 1)
        lines.append(f"{fe},{co},{ni},{600 + 11 * i},{('Ar', 'N2')[i % 2]},{100 + 3 * ni:.1f},ok")
    return lines


def test_recipes_beyond_the_bounds_and_off_the_steps_are_searched_as_they_stand(tmp_path: Path) -> None:
    pool = measured_pool(*write(tmp_path, rows())).pool
    assert len(pool.rows) == 40
    assert pool.lattice.feasible(pool.rows).all()
    assert np.allclose(pool.lattice.shares(pool.rows).sum(axis=1), 1, atol=1e-12)
    back = [pool.lattice.nearest(*pool.lattice.recipe(row)) for row in pool.rows]
    assert (np.array(back) == pool.rows).all()  # what the optimiser asks for is found in the table again
    assert [term.property for term in pool.terms] == ["y"]


def test_replicates_are_one_recipe_and_failures_and_bounds_are_left_out(tmp_path: Path) -> None:
    table = rows()
    first = table[0].rsplit(",", 2)
    table += [f"{first[0]},{float(first[1]) + 10},ok", f"{first[0]},,failed", f"{first[0]},>300,ok"]
    read = measured_pool(*write(tmp_path, table))
    assert len(read.pool.rows) == 40
    assert sorted(len(group) for group in read.pool.readings or ()) == [1] * 39 + [2]
    assert any("2 rows left out" in note for note in read.notes)


def test_a_target_is_a_distance_and_knowledge_of_a_direction_is_set_aside(tmp_path: Path) -> None:
    spec = SPEC.replace("direction: maximize", "direction: target, target: 200, tolerance: 5")
    read = measured_pool(*write(tmp_path, rows(), spec))
    assert read.pool.direction == "minimize"
    assert float(read.pool.values.min()) >= 0
    assert read.pool.terms == ()
    assert any("knowledge is not used" in note for note in read.notes)


@pytest.mark.parametrize(("kept", "said"), [(rows(10), "10 rows"), ([rows(1)[0]] * 30, "recipes")])
def test_too_small_a_table_is_refused(tmp_path: Path, kept: list[str], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        measured_pool(*write(tmp_path, kept))


def test_other_claims_are_another_key(tmp_path: Path) -> None:
    files = write(tmp_path, rows())
    before = key_of(*files)
    assert key_of(*files) == before
    (tmp_path / "claims.yaml").write_text(CLAIMS.replace("sign: 1", "sign: -1"))
    assert key_of(*files) != before


def test_the_command_says_what_the_optimiser_and_the_knowledge_saved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec, table = write(tmp_path, rows())
    words = ["bench", "optimise", "--spec", str(spec), "--table", str(table), "--out", str(tmp_path / "out")]
    assert main([*words, "--seeds", "3", "--trials", "12", "--workers", "1"]) == 0
    said = capsys.readouterr().out
    assert "40 recipes of 40 measurements, hard.csv" in said
    assert "with what your spec knows beside without:" in said
    assert "batches of 3" in said  # the spec's own
    assert main(["bench", "optimise", "--table", str(table)]) == 2
    assert "go together" in capsys.readouterr().err


def test_a_saving_is_said_only_where_its_interval_has_a_sign() -> None:
    def run(method: str, seed: int, reach: int) -> Run:
        scores = tuple(float(i == reach) for i in range(1, 21))
        return Run(method=method, pool="p", seed=seed, batch=4, scores=scores, top=0.9, seconds=0.0)

    runs = [run("random", s, 20) for s in range(4)] + [run("ours-none", s, 10) for s in range(4)]
    assert paired_ratio(runs, "ours-none", "random") == (0.5, 0.5, 0.5)
    assert "random draws: 50 % fewer (95 %: 50 to 50 %)" in describe_pairs(runs)
    mixed = [run("ours-none", s, 10) for s in range(4)] + [run("ours-true", s, (5, 20)[s % 2]) for s in range(4)]
    assert "not told apart" in describe_pairs(mixed)
    worse = [run("ours-none", s, 10) for s in range(4)] + [run("ours-true", s, 15) for s in range(4)]
    assert "50 % more (95 %: 50 to 50 %)" in describe_pairs(worse)


def test_knowledge_is_told_over_the_optimiser_without_any() -> None:
    def run(method: str, pool: str, seed: int, hit: int) -> Run:
        scores = tuple(1.0 if i == hit - 1 else 0.1 for i in range(8))
        return Run(method=method, pool=pool, seed=seed, batch=4, scores=scores, top=0.9, seconds=0.0)

    runs = [run("ours-none", p, s, 4) for p in "ab" for s in range(3)]
    assert describe_over_none(runs) == ""
    runs += [run("ours-oracle", "a", s, 2) for s in range(3)] + [run("ours-oracle", "b", s, 8) for s in range(3)]
    words = describe_over_none(runs)
    assert "ours-oracle        1.000 [1.000, 1.000] over 2 pools; worst 2.00 on b, best 0.50 on a" in words
