"""Ax as a search of a pool: its default Gaussian process and acquisition, judged on the recipes of the pool."""

from __future__ import annotations

import importlib
import logging
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from eutectic.evals.pools import Pool
from eutectic.evals.search_surrogates import Seen
from eutectic.tools.lattice import IntArray
from eutectic.tools.torch_scope import torch_scope

_TARGET = "y"


class AxSearch(Seen):
    """Ax's `BOTORCH_MODULAR` generator with its defaults, after random starts.

    Ax proposes points of a box, not rows of a table: here its acquisition is read at every recipe not yet made, and the
    best is taken, for a batch one after the other with the earlier ones pending.
    """

    def __init__(self, pool: Pool, seed: int, starts: int) -> None:
        super().__init__(pool, seed, starts)
        self._seed = seed
        # Ax refuses a range of no width.
        self._used = np.flatnonzero(np.ptp(self._features, axis=0) > 0)
        with warnings.catch_warnings():
            # Ax warns of its own moved modules.
            warnings.simplefilter("ignore")
            importlib.import_module("ax.api.client")
        # Each of Ax's modules sets the level of a logger of its own.
        for name in [name for name in logging.root.manager.loggerDict if name.split(".")[0] == "ax"]:
            logging.getLogger(name).setLevel(logging.ERROR)

    def _choose(self, n: int) -> list[int]:
        if not self._values:
            return [int(place) for place in np.flatnonzero(self._free)[:n]]
        features: Any = importlib.import_module("ax.core.observation").ObservationFeatures
        chosen: list[int] = []
        with torch_scope(self._seed + 1000 * len(self._places)):
            adapter = self._fitted()
            for _ in range(n):
                places = self._left(chosen)
                if not len(places):
                    break
                pending = {_TARGET: [features(point) for point in self._points(chosen)]} if chosen else None
                merit = adapter.evaluate_acquisition_function(
                    [features(point) for point in self._points(places)], pending_observations=pending
                )
                chosen.append(int(places[int(np.argmax(merit))]))
        return chosen

    def _fitted(self) -> Any:
        """Ax's adapter, fitted to what has been measured."""
        client = importlib.import_module("ax.api.client").Client(random_seed=self._seed)
        configs: Any = importlib.import_module("ax.api.configs")
        ranges = [(f"x{i}", self._features[:, i]) for i in self._used]
        client.configure_experiment(
            [
                configs.RangeParameterConfig(
                    name=name, bounds=(float(column.min()), float(column.max())), parameter_type="float"
                )
                for name, column in ranges
            ]
        )
        client.configure_optimization(objective=_TARGET)
        for point, value in zip(self._points(self._places), self._values, strict=True):
            client.complete_trial(client.attach_trial(point), raw_data={_TARGET: float(value)})
        generators: Any = importlib.import_module("ax.adapter.registry").Generators
        experiment = client._experiment
        return generators.BOTORCH_MODULAR(experiment=experiment, data=experiment.lookup_data())

    def _points(self, places: Sequence[int] | IntArray) -> list[dict[str, float]]:
        """The features of recipes as Ax names them."""
        return [{f"x{i}": float(self._features[place, i]) for i in self._used} for place in places]
