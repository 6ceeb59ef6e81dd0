"""The dominated volume (hypervolume) of a set of scores above the origin, for two or three objectives.

Swept slice by slice: area in two dimensions, and in three the areas between successive heights of the third score
(Fonseca, Paquete and Lopez-Ibanez 2006, DOI 10.1109/CEC.2006.1688440).
"""

from __future__ import annotations

import numpy as np


def dominated_volume(scores: np.ndarray) -> float:
    """Volume between the origin and the `n x m` scores (larger is better), with m 1, 2 or 3.

    Raises:
        ValueError: for more than three objectives.
    """
    points = scores[np.all(scores > 0, axis=1)]
    if len(points) == 0:
        return 0.0
    if points.shape[1] == 1:
        return float(points.max())
    if points.shape[1] == 2:
        return _area(points)
    if points.shape[1] != 3:
        raise ValueError("the dominated volume is made for one to three objectives")
    total, heights = 0.0, np.unique(points[:, 2])
    below = 0.0
    for height in heights:
        total += (height - below) * _area(points[points[:, 2] >= height][:, :2])
        below = height
    return float(total)


def _area(points: np.ndarray) -> float:
    ordered = points[np.argsort(-points[:, 0], kind="stable")]
    tops = np.maximum.accumulate(ordered[:, 1])
    widths = ordered[:, 0] - np.append(ordered[1:, 0], 0.0)
    return float(np.sum(widths * tops))
