"""Runs of the optimiser benchmark: one method on one pool with one seed, kept in a file so that none runs twice."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from time import process_time

import numpy as np

from eutectic.core.record import Record
from eutectic.evals.measured_pool import measured_pool
from eutectic.evals.pools import TABLES, Pool, emulated_pool, laws, table_pool
from eutectic.evals.search_methods import METHODS, OWN_STARTS, Setup

_CODE = ("evals", "tools", "core")
_POOLS = ("pools.py", "table_files.py", "measured_pool.py")


class Task(Record):
    """One run to do."""

    method: str
    pool: str
    seed: int
    batch: int
    trials: int
    data: str = ""
    starts: int = 0
    """Random recipes that all methods begin with, the same for a seed; 0 leaves each to its own."""
    spec: str = ""
    """The campaign spec of a group's own table."""
    table: str = ""

    def path(self, out: Path, version: str) -> Path:
        """Where its result is kept."""
        return (
            out / version / self.method / f"{self.pool}-b{self.batch}-t{self.trials}-n{self.starts}-s{self.seed}.json"
        )


class Run(Record):
    """What one run gave."""

    method: str
    pool: str
    seed: int
    batch: int
    scores: tuple[float, ...]
    """True score of each trial in order, 0 for the worst recipe of the pool and 1 for the best."""
    top: float
    """The score from which a recipe is among the best 1 %."""
    seconds: float
    """Processor time for suggestions."""


def pool_of(task: Task) -> Pool:
    """The pool of a task: a group's own table, or by its key a table, `<table>-emulated`, or a closed form."""
    return _pool(task.pool, task.data, task.spec, task.table)


@lru_cache(maxsize=1)
def _pool(name: str, data: str, spec: str, table: str) -> Pool:
    """Kept for the next task, which is mostly of the same pool; the key of a group's own table holds its content."""
    if table:
        return measured_pool(Path(spec), Path(table)).pool
    for law in laws():
        if law.key == name:
            return law
    assert data
    folder = Path(data)
    emulated = emulated_pool(name.removesuffix("-emulated"), folder) if name.endswith("-emulated") else None
    return emulated or table_pool(name, folder)


def pool_keys(data: Path | None) -> list[str]:
    """Every pool there is: tables, their emulators, closed forms."""
    found = [law.key for law in laws()]
    if data is not None:
        found = [*TABLES, *(f"{name}-emulated" for name, table in TABLES.items() if table.step), *found]
    return found


def do(task: Task) -> Run:
    """One campaign: batches of noisy readings until the trials or the recipes are used up."""
    pool = pool_of(task)
    search = METHODS[task.method][1](Setup(pool, task.seed, task.batch, task.starts))
    noise = np.random.default_rng([task.seed, 7])
    sign = 1.0 if pool.direction == "maximize" else -1.0
    places: list[int] = []
    trials, scores, seconds = min(task.trials, len(pool.rows)), pool.scores, 0.0
    if task.starts and task.method not in OWN_STARTS:
        order = np.random.default_rng([task.seed, 13]).permutation(len(pool.rows))
        places = [int(place) for place in order[: min(task.starts, trials)]]
        search.tell(places, [sign * pool.measure(place, noise) for place in places])
    while len(places) < trials:
        start = process_time()
        asked = search.ask(min(task.batch, trials - len(places)))
        seconds += process_time() - start
        search.tell(asked, [sign * pool.measure(place, noise) for place in asked])
        places += asked
    return Run(
        method=task.method,
        pool=task.pool,
        seed=task.seed,
        batch=task.batch,
        scores=tuple(round(float(scores[place]), 6) for place in places),
        top=float(np.quantile(scores, 0.99)),
        seconds=round(seconds, 4),
    )


def run_all(tasks: Sequence[Task], out: Path, workers: int) -> Iterator[Run]:
    """Every run, from its file where it was done before by the same code; written as soon as it is there.

    Args:
        tasks: What to do.
        out: Folder of the results.
        workers: Processes; with 1 all in this one. With `DASK_SCHEDULER_ADDRESS` set and dask installed, its cluster.
    """
    version = code_version()
    missing = []
    for task in tasks:
        path = task.path(out, version)
        if path.is_file():
            yield Run.model_validate_json(path.read_text(encoding="utf-8"))
        else:
            missing.append(task)
    for run, task in _done(missing, workers):
        path = task.path(out, version)
        path.parent.mkdir(parents=True, exist_ok=True)
        half = path.with_suffix(".part")
        half.write_text(run.model_dump_json(), encoding="utf-8")
        half.replace(path)
        yield run


def code_version() -> str:
    """A hash of the code that decides what a run gives, so that results of other code are not taken for its own."""
    from importlib.resources import files

    digest = hashlib.sha256()
    for layer in _CODE:
        folder = files(f"eutectic.{layer}")
        names = sorted(item.name for item in folder.iterdir() if item.name.endswith(".py"))
        for name in names:
            if layer != "evals" or name in _POOLS or name.startswith("search_"):
                digest.update(name.encode())
                digest.update(folder.joinpath(name).read_bytes())
    for told in ("cards", "estimates"):
        for item in sorted(files("eutectic.evals").joinpath(told).iterdir(), key=lambda item: item.name):
            digest.update(item.name.encode() + item.read_bytes())
    return digest.hexdigest()[:10]


def _done(tasks: Sequence[Task], workers: int) -> Iterator[tuple[Run, Task]]:
    if (workers == 1 or len(tasks) < 2) and "DASK_SCHEDULER_ADDRESS" not in os.environ:
        for task in tasks:
            yield do(task), task
        return
    from concurrent.futures import ProcessPoolExecutor, as_completed

    if address := os.environ.get("DASK_SCHEDULER_ADDRESS"):
        import distributed

        with distributed.Client(address) as client:
            futures = {client.submit(do, task, pure=False): task for task in tasks}
            for future in distributed.as_completed(futures):
                yield future.result(), futures[future]
        return
    with ProcessPoolExecutor(workers) as pool:
        waiting = {pool.submit(do, task): task for task in tasks}
        for future in as_completed(waiting):
            yield future.result(), waiting[future]


def dumps(runs: Sequence[Run]) -> str:
    """Runs as JSON."""
    return json.dumps([run.model_dump(mode="json") for run in runs])
