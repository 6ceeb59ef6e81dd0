"""Kinds of drawn tables, first part: samples down or across, headers of one level and of several, units, values."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from eutectic.evals.drawn_paper import ABOVE, Fact, Paper, Sheet, fact, heads
from eutectic.evals.drawn_values import (
    DOMAINS,
    Cell,
    Made,
    Quantity,
    headed,
    materials,
    odd,
    plain,
    quantities,
    uncertain,
    unit_style,
)


class Subject(NamedTuple):
    """What a table is about."""

    domain: str
    made: list[Made]
    quantities: list[Quantity]
    style: str

    def headers(self) -> list[str]:
        """The properties as headers."""
        return [headed(item, self.style) for item in self.quantities]


def subject(random: Random, *, most: int = 4, least: int = 2, with_unit: bool = False, domain: str = "") -> Subject:
    """Materials and properties of a domain."""
    domain = domain or random.choice(sorted(DOMAINS))
    made = materials(random, domain, random.randint(3, 6))
    return Subject(
        domain, made, quantities(random, domain, random.randint(least, most), with_unit=with_unit), unit_style(random)
    )


def valued(
    random: Random, sheet: Sheet, about: Subject, lead: list[list[str]], facts: list[Fact], **when: float
) -> None:
    """Rows of plain values and uncertain ones, one property in one way."""
    ways = {item.names: random.choice(("plain", "plain", "plus", "last")) for item in about.quantities}
    for made, front in zip(about.made, lead, strict=True):
        row = list(front)
        for item in about.quantities:
            way = ways[item.names]
            cell = plain(random, item) if way == "plain" else uncertain(random, item, way)
            row.append(cell.text)
            facts.append(fact(made, item, cell, when.get("anneal"), when.get("at")))
        sheet.rows.append(row)


_MATERIAL = ("Alloy", "Composition", "Material", "Sample", "Compound", "Nominal composition")


def rows(random: Random) -> Paper:
    """Samples in rows, formulas in the first column."""
    about = subject(random, most=5)
    sheet = Sheet(
        "Properties of the materials studied in this work.", [heads([random.choice(_MATERIAL), *about.headers()])]
    )
    paper = Paper("rows", [sheet])
    valued(random, sheet, about, [[made.written] for made in about.made], paper.facts)
    return paper


def columns(random: Random) -> Paper:
    """Samples in columns, properties down the side."""
    about = subject(random, most=6, least=3)
    about = about._replace(made=about.made[:4])
    corner = random.choice(("Property", "", "Parameter", "Quantity"))
    sheet = Sheet("Comparison of the materials.", [heads([corner, *(made.written for made in about.made)])])
    paper = Paper("columns", [sheet])
    for item in about.quantities:
        cells = [plain(random, item) for _ in about.made]
        sheet.rows.append([headed(item, about.style), *(cell.text for cell in cells)])
        paper.facts += [fact(made, item, cell) for made, cell in zip(about.made, cells, strict=True)]
    return paper


def numbered(random: Random) -> Paper:
    """A number or code in front of the formula."""
    about = subject(random)
    code = random.choice(("#", "No.", "ID"))
    names = [f"{i}" if code != "ID" else f"{'ABCM'[len(about.made) % 4]}{i}" for i in range(1, len(about.made) + 1)]
    sheet = Sheet(
        "Nominal compositions and measured properties.",
        [heads([code, random.choice(_MATERIAL[1:3]), *about.headers()])],
    )
    paper = Paper("numbered", [sheet])
    valued(
        random, sheet, about, [[name, made.written] for name, made in zip(names, about.made, strict=True)], paper.facts
    )
    return paper


def coded(random: Random) -> Paper:
    """Codes in the table; a sentence says which is which."""
    about = subject(random)
    stem = random.choice(("A", "M", "R", "HT"))
    names = [f"{stem}{i}" for i in range(1, len(about.made) + 1)]
    sheet = Sheet(
        "Measured properties of the samples.",
        [heads([random.choice(("Sample", "Code", "Specimen")), *about.headers()])],
    )
    said = "; ".join(f"{made.written} ({name})" for made, name in zip(about.made, names, strict=True))
    paper = Paper("coded", [sheet], sentences=[f"The following compositions were cast: {said}."])
    valued(random, sheet, about, [[name] for name in names], paper.facts)
    return paper


def grouped_heads(random: Random) -> Paper:
    """Two levels: kinds of property over the properties."""
    about = subject(random, most=4, least=4)
    groups = random.choice((("Group I", "Group II"), ("Structure", "Performance"), ("Thermal", "Other properties")))
    top = [("Alloy", 1), (groups[0], 2), (groups[1], 2)]
    sheet = Sheet("Overview of the results.", [top, heads(["", *about.headers()])])
    paper = Paper("two-level heads", [sheet])
    valued(random, sheet, about, [[made.written] for made in about.made], paper.facts)
    return paper


def states_above(random: Random) -> Paper:
    """Two levels: annealing temperatures over the properties."""
    about = subject(random, most=2, least=2, domain=random.choice(("magnets", "alloys")))
    celsius = sorted(random.sample((300, 350, 400, 450, 500, 550), 2))
    say = random.choice(("Annealed at {} °C", "Annealing at {} °C", "{} °C, 1 h"))
    top = [("Alloy", 1), *((say.format(t), 2) for t in celsius)]
    sheet = Sheet("Properties after annealing.", [top, heads(["", *about.headers(), *about.headers()])])
    paper = Paper("states above", [sheet])
    for made in about.made:
        row = [made.written]
        for t in celsius:
            for item in about.quantities:
                cell = plain(random, item)
                row.append(cell.text)
                paper.facts.append(fact(made, item, cell, t + 273.15))
        sheet.rows.append(row)
    return paper


def states_below(random: Random) -> Paper:
    """Two levels: properties over the temperatures of measurement."""
    about = subject(random, most=2, least=2, with_unit=True)
    kelvin = sorted(random.sample((77, 150, 200, 250, 300, 350, 400), random.choice((2, 3))))
    top = [("Composition", 1), *((header, len(kelvin)) for header in about.headers())]
    sheet = Sheet(
        "Results at several temperatures.", [top, heads(["", *(f"{t} K" for _ in about.quantities for t in kelvin)])]
    )
    paper = Paper("states below", [sheet])
    for made in about.made:
        row = [made.written]
        for item in about.quantities:
            for t in kelvin:
                cell = plain(random, item)
                row.append(cell.text)
                paper.facts.append(fact(made, item, cell, None, float(t)))
        sheet.rows.append(row)
    return paper


def units_row(random: Random) -> Paper:
    """Units in a row of their own under the names."""
    about = subject(random, most=5)
    units = [f"({item.unit})" if item.unit else random.choice(("", "–")) for item in about.quantities]
    sheet = Sheet(
        "Summary of the measured data.",
        [heads(["Material", *(item.names[0] for item in about.quantities)]), heads(["", *units])],
    )
    paper = Paper("units row", [sheet])
    valued(random, sheet, about, [[made.written] for made in about.made], paper.facts)
    return paper


def units_caption(random: Random) -> Paper:
    """Units in the caption."""
    about = subject(random, with_unit=True)
    said = "; ".join(f"{item.names[0]} in {item.unit}" for item in about.quantities)
    sheet = Sheet(
        f"Properties of the alloys ({said}).", [heads(["Composition", *(item.names[0] for item in about.quantities)])]
    )
    paper = Paper("units in caption", [sheet])
    valued(random, sheet, about, [[made.written] for made in about.made], paper.facts)
    return paper


def units_cell(random: Random) -> Paper:
    """Units behind every value."""
    about = subject(random, most=3, with_unit=True)
    sheet = Sheet("Key figures.", [heads(["Material", *(item.names[0] for item in about.quantities)])])
    paper = Paper("units in cells", [sheet])
    for made in about.made:
        cells = [plain(random, item) for item in about.quantities]
        sheet.rows.append([made.written, *(f"{c.text} {q.unit}" for c, q in zip(cells, about.quantities, strict=True))])
        paper.facts += [fact(made, item, cell) for item, cell in zip(about.quantities, cells, strict=True)]
    return paper


def odd_values(random: Random) -> Paper:
    """Bounds, ranges, rough values, dashes and what was not detected."""
    about = subject(random, most=4)
    sheet = Sheet("Measured values; n.d.: not detected.", [heads([random.choice(_MATERIAL), *about.headers()])])
    paper = Paper("bounds and ranges", [sheet])
    for made in about.made:
        cells: list[Cell] = [odd(random, q) if random.random() < 0.45 else plain(random, q) for q in about.quantities]
        sheet.rows.append([made.written, *(cell.text for cell in cells)])
        paper.facts += [fact(made, item, cell) for item, cell in zip(about.quantities, cells, strict=True)]
    return paper


def merged(random: Random) -> Paper:
    """A formula over several rows, one for each annealing temperature."""
    about = subject(random, most=3, domain=random.choice(("magnets", "alloys", "glasses")))
    celsius = sorted(random.sample((300, 350, 400, 450, 500, 550, 600), random.choice((2, 3))))
    name = random.choice(("T_{a} (°C)", "Annealing temperature (°C)", "Annealing temp. / °C"))
    sheet = Sheet("Influence of the heat treatment.", [heads(["Alloy", name, *about.headers()])])
    paper = Paper("merged cells", [sheet])
    for made in about.made[:4]:
        for i, t in enumerate(celsius):
            cells = [plain(random, item) for item in about.quantities]
            sheet.rows.append([ABOVE if i else made.written, str(t), *(cell.text for cell in cells)])
            paper.facts += [fact(made, q, c, t + 273.15) for q, c in zip(about.quantities, cells, strict=True)]
    return paper


FIRST = (
    rows,
    columns,
    numbered,
    coded,
    grouped_heads,
    states_above,
    states_below,
    units_row,
    units_caption,
    units_cell,
    odd_values,
    merged,
)
