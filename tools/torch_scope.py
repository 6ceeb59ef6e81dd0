"""A scope in which torch is seeded, single-threaded, in double precision and silent, and which leaves no trace."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from numpy.typing import ArrayLike


@contextmanager
def torch_scope(seed: int) -> Iterator[None]:
    """Run torch code so that the same seed gives the same bits; the caller's random state and settings come back.

    One thread, for torch and for NumPy's BLAS: the matrices here are small, threads that wait for each other made a fit
    of 120 recipes ten times slower, and sums come out the same on every machine.
    """
    import torch
    from threadpoolctl import threadpool_limits

    threads = torch.get_num_threads()
    with (
        threadpool_limits(limits=1, user_api="blas"),
        torch.random.fork_rng(devices=[]),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        torch.manual_seed(seed)
        torch.set_num_threads(1)
        try:
            yield
        finally:
            torch.set_num_threads(threads)


def tensor(values: ArrayLike) -> Any:
    """A double-precision tensor of its own memory."""
    import numpy as np
    import torch

    return torch.from_numpy(np.array(values, dtype=np.float64))
