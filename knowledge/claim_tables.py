"""Claims of tables: a property that rises or falls over a series in which one component takes the place of another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from eutectic.core.claim import Claim, Effect
from eutectic.core.trial import Quote
from eutectic.knowledge.claims import Holds
from eutectic.knowledge.record import LiteratureRecord

_FEWEST = 5
"""Different compositions of a series: of four, every order comes by chance too often."""
_MOST_P = 0.02
"""Of Kendall's exact test: a series of five has to rise or fall all the way."""
_VARIES = 0.005
"""Share by which a component has to vary to be part of a series."""
TRUST = 0.6
"""Of what was measured over a series, as of a sentence that reports a measurement."""


def table_claims(records: Iterable[LiteratureRecord], holds: Holds, dated: str) -> list[Claim]:
    """The effects that the series of tables show, each with the rows of its ends as evidence.

    Where more than two components vary together, no one of them can be named, and no claim is made.
    """
    series: dict[tuple[str, ...], list[LiteratureRecord]] = defaultdict(list)
    for record in records:
        is_value = record.source == "table" and record.status == "verified" and record.value_type == "exact"
        if is_value and record.composition is not None and record.si_value is not None:
            conditions = record.conditions.model_copy(update={"other": ()}).model_dump_json()
            series[record.document, record.table, record.property, conditions].append(record)
    found = (_claim(rows, holds, dated) for rows in series.values())
    return [claim for claim in found if claim is not None]


def _claim(rows: Sequence[LiteratureRecord], holds: Holds, dated: str) -> Claim | None:
    from scipy.stats import kendalltau

    component = _replacing(rows)
    if component is None:
        return None
    shares = [row.composition.fractions.get(component, 0.0) for row in rows if row.composition is not None]
    values = [row.si_value for row in rows if row.si_value is not None]
    if len({round(share, 4) for share in shares}) < _FEWEST or len(set(values)) < _FEWEST:
        return None
    test = kendalltau(shares, values)
    if not test.pvalue <= _MOST_P:
        return None
    order = sorted(rows, key=lambda row: shares[rows.index(row)])
    ends = [row for row in (order[0], order[-1]) if holds(row.document, row.page, row.quote)]
    if len(ends) < 2:
        return None
    return Claim(
        property=rows[0].property,
        statement=Effect(component=component, sign=1 if test.statistic > 0 else -1),
        origin="literature",
        author=rows[0].document[:120],
        dated=dated,
        evidence=tuple(Quote(document=row.document, page=row.page, text=row.quote) for row in ends),
        trust=TRUST,
        note=f"{rows[0].table or 'a table'}, {len(rows)} rows: tau {test.statistic:+.2f}, p = {test.pvalue:.2g}",
    )


def _replacing(rows: Sequence[LiteratureRecord]) -> str | None:
    """The component that takes the place of one other over a series; None where more than those two vary."""
    compositions = [row.composition.fractions for row in rows if row.composition is not None]
    names = sorted({name for composition in compositions for name in composition})
    spread = {name: [composition.get(name, 0.0) for composition in compositions] for name in names}
    varied = [name for name in names if max(spread[name]) - min(spread[name]) > _VARIES]
    if len(varied) != 2:
        return None
    return min(varied, key=lambda name: (sum(spread[name]), name))
