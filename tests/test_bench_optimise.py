"""The optimiser benchmark: it resumes, pairs, counts censored seeds as such, and no method peeks or repeats."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import spearmanr

from eutectic.agents.cli.main import main
from eutectic.evals.fronts import hypervolume
from eutectic.evals.oracle_term import OracleTerm
from eutectic.evals.pools import Pool, synergy_pool
from eutectic.evals.search_methods import METHODS, ON_REQUEST, OWN_STARTS, STARTS, Setup
from eutectic.evals.search_report import describe, lines_of
from eutectic.evals.search_runs import Run, Task, do, run_all


@pytest.fixture(scope="module")
def pool() -> Pool:
    return synergy_pool()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("batch", [1, 5])
def test_no_method_asks_twice_and_each_is_the_same_for_a_seed(method: str, batch: int, pool: Pool) -> None:
    asked: list[int] = []
    searches = [METHODS[method][1](Setup(pool, 3, batch)) for _ in range(2)]
    for _ in range(15 // batch):
        places = [search.ask(batch) for search in searches]
        assert places[0] == places[1]
        asked += places[0]
        for search in searches:
            search.tell(places[0], [float(pool.scores[place]) for place in places[0]])
    assert len(set(asked)) == len(asked) == 15


def test_a_run_is_kept_and_not_done_again(tmp_path: Path) -> None:
    tasks = [Task(method=name, pool="synergy", seed=0, batch=4, trials=8) for name in ("random", "gp-logei")]
    first = list(run_all(tasks, tmp_path, 1))
    files = sorted(tmp_path.rglob("*.json"))
    assert len(files) == 2
    marked = first[0].model_copy(update={"seconds": 99.0})
    next(f for f in files if "random" in f.parts).write_text(marked.model_dump_json())
    again = {run.method: run for run in run_all(tasks, tmp_path, 1)}
    assert again["random"].seconds == 99.0
    assert again["gp-logei"] == first[1]
    assert do(tasks[0]).scores == first[0].scores


def test_all_methods_share_their_starts_and_go_on_from_them() -> None:
    firsts = {}
    for method in METHODS:
        if method not in OWN_STARTS:
            run = do(Task(method=method, pool="synergy", seed=4, batch=3, trials=9, starts=5))
            firsts[method] = run.scores[:5]
            assert len(run.scores) == 9
    assert len(set(firsts.values())) == 1 and len(firsts) >= 6
    other = do(Task(method="random", pool="synergy", seed=5, batch=3, trials=9, starts=5))
    assert other.scores[:5] != firsts["random"]


def test_a_method_that_starts_by_itself_draws_all_its_starts_before_the_surrogate_decides(pool: Pool) -> None:
    search = METHODS["gp-logei"][1](Setup(pool, 3, 1))
    drawn = np.random.default_rng([3, 11]).permutation(len(pool.rows))[:STARTS].tolist()
    asked = []
    for _ in range(STARTS + 2):
        asked += (places := search.ask(1))
        search.tell(places, [float(pool.scores[place]) for place in places])
    assert asked[:STARTS] == drawn


def run_of(method: str, seed: int, reach: int | None, trials: int = 20) -> Run:
    """A run that scores 1 at trial `reach` and 0 elsewhere."""
    scores = [1.0 if i == reach else 0.0 for i in range(1, trials + 1)]
    return Run(method=method, pool="p", seed=seed, batch=1, scores=tuple(scores), top=0.99, seconds=2.0)


def test_a_seed_that_never_gets_there_counts_with_all_its_trials() -> None:
    runs = [run_of("gp-logei", seed, 10) for seed in range(4)]
    runs += [run_of("rf-ei", seed, 16) for seed in range(4)]
    runs += [run_of("ours", seed, 5 if seed < 3 else None) for seed in range(4)]
    lines, overall = lines_of(runs)
    ours = next(line for line in lines if line.method == "ours")
    assert ours.to_top1[0] == pytest.approx((3 * 5 + 20) / 4, abs=0.06)
    assert ours.reached_top1 == 0.75
    assert ours.ratio is not None and ours.ratio[0] == pytest.approx(8.75 / 10)
    assert ours.ratio[1] < ours.ratio[0] < ours.ratio[2]
    assert ours.seconds_per_suggestion == pytest.approx(0.1)
    assert next(o for o in overall if o.method == "ours").ratio[0] == pytest.approx(0.875)
    assert "0.875" in describe(lines, overall)


def test_the_command_prints_figures_and_says_what_is_allowed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EUTECTIC_DATA", raising=False)
    common = ["bench", "optimise", "--out", str(tmp_path), "--workers", "1"]
    wanted = ["--tables", "peak", "--methods", "random,gp-logei,ours", "--seeds", "2", "--trials", "12"]
    assert main([*common, *wanted, "--batches", "4", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {line["method"] for line in found["pools"]} == {"random", "gp-logei", "ours"}
    assert main([*common, *wanted, "--batches", "4"]) == 0
    assert (tmp_path / "curves.png").stat().st_size > 10_000
    capsys.readouterr()
    assert main([*common, "--tables", "nosuch"]) == 2
    assert "nosuch" in (said := capsys.readouterr().err) and "peak" in said
    assert main([*common, *wanted, "--batches", "4,x"]) == 2


def test_ours_finds_the_narrow_peak_sooner_than_chance(pool: Pool) -> None:
    def mean(method: str) -> float:
        found = []
        for seed in range(3):
            run = do(Task(method=method, pool="peak", seed=seed, batch=4, trials=40))
            found.append(float(np.maximum.accumulate(run.scores).mean()))
        return float(np.mean(found))

    assert mean("ours") > mean("random") + 0.05


def test_speed_is_printed_and_no_rule_is_broken(capsys: pytest.CaptureFixture[str]) -> None:
    main(["bench", "optimise", "--speed", "--smoke", "--json"])
    lines = json.loads(capsys.readouterr().out)
    assert {line["case"]["observations"] for line in lines} == {50, 200}
    assert all(line["feasible"] and min(line["asked_s"]) > 0 for line in lines)


def test_hypervolume_is_that_of_boxes_counted_by_hand() -> None:
    assert hypervolume(np.array([[1.0, 0.5], [0.5, 1.0], [0.4, 0.4]])) == pytest.approx(0.75)
    assert hypervolume(np.array([[0.0, 1.0], [1.0, 0.0]])) == 0.0
    rng = np.random.default_rng(0)
    points = rng.random((6, 2))
    probe = rng.random((200_000, 2))
    covered = (points[:, None] >= probe[None]).all(axis=2).any(axis=0).mean()
    assert hypervolume(points) == pytest.approx(covered, abs=0.005)


def test_what_the_oracle_says_is_right_up_to_its_error(pool: Pool) -> None:
    shares, process = pool.lattice.shares(pool.rows), pool.features[:, pool.lattice.n_components :]
    said = [OracleTerm(pool, seed).scores(shares, process) for seed in range(3)]
    for scores in said:
        assert 0.6 < spearmanr(scores, pool.values).statistic < 0.95
    assert not np.allclose(said[0], said[1])
    assert "ours-oracle" in ON_REQUEST <= set(METHODS)
