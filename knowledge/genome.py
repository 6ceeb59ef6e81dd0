"""Statistics of a material genome: which component on which site goes with which performance.

After the analysis of 247 catalysts by component and site (Tsinghua): for every component and site, the share of its
materials that reach the best quarter against the share of all, and the median with and without it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from statistics import median
from typing import NamedTuple

import numpy as np

from eutectic.core.composition import Composition
from eutectic.core.errors import BadInput
from eutectic.core.record import Record
from eutectic.knowledge.sites import sites_of

_DRAWS = 1000
_Z = 1.959963984540054
"""Two-sided 95 % of the normal distribution."""
_LEAST = 8
"""Materials below which no statistics are made."""
_FEW_SOURCES = 5


class Material(NamedTuple):
    """One material with its value and where it comes from."""

    composition: Composition
    value: float
    formula: str = ""
    """As written, where sites can be read from it."""
    source: str = ""


class GenomeRow(Record):
    """One component on one site (or on any)."""

    component: str
    site: str
    """`any`, or a site of `sites_of`."""
    n: int
    """Materials that hold it there."""
    n_sources: int
    n_top: int
    """Of them in the best quarter of all."""
    share: float
    share_low: float
    share_high: float
    """Wilson's 95 % interval (Wilson 1927, DOI 10.1080/01621459.1927.10502953)."""
    lift: float
    """Share over the share of all materials."""
    median: float
    median_low: float
    median_high: float
    """95 % bootstrap over sources."""
    median_without: float | None
    p: float
    """Two-sided Fisher exact test on the best quarter."""
    q: float
    """With the false discovery rate over all rows (Benjamini and Hochberg 1995)."""
    p_sources: float
    """The same test with each source counted once with and once without it: materials of one paper are no strangers."""
    q_sources: float


class Genome(Record):
    """The statistics of one property."""

    property: str
    direction: str
    n_materials: int
    n_sources: int
    unit: str
    """Of the values; empty where a table does not say."""
    threshold: float
    """Value at which the best quarter begins."""
    top_share: float
    rows: tuple[GenomeRow, ...]
    """Most telling first."""
    notes: tuple[str, ...]


def genome(
    property: str,
    materials: Sequence[Material],
    *,
    maximize: bool = True,
    least: int = 5,
    seed: int = 0,
    unit: str = "",
) -> Genome:
    """Statistics of the components and sites of materials.

    Repeats of one composition (to 0.1 at%) count once, with their median. Nothing here is causal: components come
    together in families, and papers report what worked.

    Args:
        property: For the record.
        materials: With values of one property in one unit.
        maximize: Whether larger is better.
        least: Materials a component and site must have, and lack.
        seed: Of the bootstrap.
        unit: Of the values.

    Raises:
        BadInput: fewer than eight different materials.
    """
    distinct = _distinct(materials)
    if len(distinct) < _LEAST:
        raise BadInput(
            f"{len(distinct)} different materials, at least {_LEAST} are needed",
            mend="ingest more, or name another property",
        )
    values = sorted((item.value for item in distinct), reverse=maximize)
    threshold = values[max(1, len(values) // 4) - 1]
    top = [item.value >= threshold if maximize else item.value <= threshold for item in distinct]
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, item in enumerate(distinct):
        for name, site in sites_of(item.composition.fractions, item.formula).items():
            groups[name, "any"].append(place)
            groups[name, site].append(place)
    kept = {key: places for key, places in groups.items() if least <= len(places) <= len(distinct) - least}
    kept = {key: places for key, places in kept.items() if key[1] == "any" or places != groups[key[0], "any"]}
    rows = [
        _row(key, kept[key], distinct, top, np.random.default_rng([seed, number]))
        for number, key in enumerate(sorted(kept))
    ]
    n_sources = len({item.source for item in distinct})
    return Genome(
        property=property,
        direction="maximize" if maximize else "minimize",
        n_materials=len(distinct),
        n_sources=n_sources,
        unit=unit,
        threshold=threshold,
        top_share=round(sum(top) / len(top), 4),
        rows=tuple(_with_q(rows)),
        notes=tuple(_notes(len(materials) - len(distinct), n_sources, len(rows), least)),
    )


def _notes(repeats: int, n_sources: int, n_rows: int, least: int) -> Iterator[str]:
    if repeats:
        yield f"{repeats} repeats of a composition were put together"
    if not n_rows:
        yield f"no component stands in at least {least} of the materials and is missing in at least {least}"
    if n_sources < _FEW_SOURCES:
        yield (
            f"{n_sources} sources: what holds in them may hold nowhere else, and below {_FEW_SOURCES} the test by "
            "sources says nothing"
        )


def _distinct(materials: Sequence[Material]) -> list[Material]:
    groups: dict[str, list[Material]] = defaultdict(list)
    for item in materials:
        key = " ".join(f"{part.component}{part.fraction * 100:.1f}" for part in item.composition.parts)
        groups[key].append(item)
    return [same[0]._replace(value=median(item.value for item in same)) for same in groups.values()]


def _row(
    key: tuple[str, str],
    places: Sequence[int],
    all_of: Sequence[Material],
    top: Sequence[bool],
    generator: np.random.Generator,
) -> GenomeRow:
    inside = [all_of[place] for place in places]
    chosen = set(places)
    without = [item.value for place, item in enumerate(all_of) if place not in chosen]
    n, n_top, total = len(places), sum(top[place] for place in places), sum(top)
    low, high = wilson(n_top, n)
    middle = [item.value for item in inside]
    median_low, median_high = _bootstrap(inside, generator)
    return GenomeRow(
        component=key[0],
        site=key[1],
        n=n,
        n_sources=len({item.source for item in inside}),
        n_top=n_top,
        share=round(n_top / n, 4),
        share_low=round(low, 4),
        share_high=round(high, 4),
        lift=round(n_top / n / (total / len(all_of)), 3),
        median=median(middle),
        median_low=median_low,
        median_high=median_high,
        median_without=median(without) if without else None,
        p=fisher(n_top, n, total, len(all_of)),
        q=1.0,
        p_sources=_by_sources(places, all_of, top),
        q_sources=1.0,
    )


def _by_sources(places: Sequence[int], all_of: Sequence[Material], top: Sequence[bool]) -> float:
    """Fisher's test on sources: good is one of whose materials more reach the best quarter than of all.

    A source that holds materials with and without the component is counted once on each side.
    """
    chosen = set(places)
    shares: dict[tuple[str, bool], list[bool]] = defaultdict(list)
    for place, item in enumerate(all_of):
        shares[item.source, place in chosen].append(top[place])
    usual = sum(top) / len(top)
    good = {key: sum(hits) / len(hits) > usual for key, hits in shares.items()}
    inside = [is_good for (_, has), is_good in good.items() if has]
    return fisher(sum(inside), len(inside), sum(good.values()), len(good))


def _with_q(rows: Sequence[GenomeRow]) -> list[GenomeRow]:
    """Rows with q values, smallest first."""
    by_materials, by_sources = adjusted([row.p for row in rows]), adjusted([row.p_sources for row in rows])
    done = [
        row.model_copy(
            update={
                "p": float(f"{row.p:.4g}"),
                "q": float(f"{q:.4g}"),
                "p_sources": float(f"{row.p_sources:.4g}"),
                "q_sources": float(f"{q_sources:.4g}"),
            }
        )
        for row, q, q_sources in zip(rows, by_materials, by_sources, strict=True)
    ]
    return sorted(done, key=lambda row: (row.p, row.component, row.site))


def adjusted(values: Sequence[float]) -> list[float]:
    """Values of p as q at the false discovery rate (Benjamini and Hochberg 1995), in the order given."""
    order = sorted(range(len(values)), key=lambda place: values[place])
    found, q = [1.0] * len(values), 1.0
    for rank in range(len(order), 0, -1):
        q = min(q, values[order[rank - 1]] * len(order) / rank)
        found[order[rank - 1]] = q
    return found


def wilson(hits: int, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    share, z2 = hits / n, _Z * _Z
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return max(0.0, centre - half), min(1.0, centre + half)


def fisher(hits: int, n: int, total_hits: int, total: int) -> float:
    """Two-sided Fisher exact p of `hits` among `n` where `total_hits` of `total` hit."""

    def log_choose(above: int, below: int) -> float:
        return math.lgamma(above + 1) - math.lgamma(below + 1) - math.lgamma(above - below + 1)

    def log_p(count: int) -> float:
        return log_choose(total_hits, count) + log_choose(total - total_hits, n - count) - log_choose(total, n)

    here = log_p(hits)
    counts = range(max(0, n - (total - total_hits)), min(n, total_hits) + 1)
    return min(1.0, sum(math.exp(log_p(count)) for count in counts if log_p(count) <= here + 1e-9))


def _bootstrap(inside: Sequence[Material], generator: np.random.Generator) -> tuple[float, float]:
    """95 % interval of the median, drawing whole sources."""
    by_source: dict[str, list[float]] = defaultdict(list)
    for item in inside:
        by_source[item.source].append(item.value)
    clusters = [np.array(values) for values in by_source.values()]
    draw: Callable[[], float]
    if len(clusters) >= 5:

        def draw() -> float:
            picked = generator.integers(0, len(clusters), len(clusters))
            return float(np.median(np.concatenate([clusters[i] for i in picked])))
    else:
        values = np.array([item.value for item in inside])

        def draw() -> float:
            return float(np.median(generator.choice(values, len(values))))

    medians = np.array([draw() for _ in range(_DRAWS)])
    low, high = np.quantile(medians, [0.025, 0.975])
    return float(f"{low:.6g}"), float(f"{high:.6g}")
