"""Kinds of drawn tables, second part: shares by element, families, headings, conditions, pages, parts, Chinese."""

from __future__ import annotations

import re
from random import Random

from eutectic.core.composition import Composition
from eutectic.evals.drawn_archetypes import Subject, subject, valued
from eutectic.evals.drawn_paper import Fact, Paper, Sheet, fact, heads
from eutectic.evals.drawn_values import Made, headed, materials, plain, quantities, unit_style, written


def _shares(made: Made, shares: dict[str, float], kind: str) -> list[Fact]:
    return [Fact(made, f"{kind} of {symbol}", value, "exact", "%") for symbol, value in shares.items()]


def atomic_columns(random: Random) -> Paper:
    """A column for each element in at%, properties beside."""
    about = subject(random, most=2, domain=random.choice(("alloys", "glasses", "magnets")))
    symbols = list(dict.fromkeys(symbol for made in about.made for symbol in made.amounts))
    inside = random.random() < 0.5
    names = [f"{symbol} (at.%)" if inside else symbol for symbol in symbols]
    tops = [[("", 1), ("Composition (at.%)", len(symbols)), *((h, 1) for h in about.headers())]]
    level = heads(["Sample", *names, *([""] * len(about.quantities) if not inside else about.headers())])
    sheet = Sheet("Chemical compositions and properties.", [level] if inside else [*tops, level])
    paper = Paper("element columns at%", [sheet])
    lead = []
    for i, made in enumerate(about.made, 1):
        lead.append([f"S{i}", *(f"{made.amounts[symbol]:.1f}" for symbol in symbols)])
        paper.facts += _shares(made, made.amounts, "atomic fraction")
    valued(random, sheet, about, lead, paper.facts)
    return paper


_STEEL = {"C": (0.05, 0.9), "Mn": (0.3, 2.0), "Si": (0.1, 1.8), "Cr": (0.3, 13.0), "Ni": (0.1, 9.0), "Mo": (0.1, 2.0)}


def weight_columns(random: Random) -> Paper:
    """A table of shares in wt% with a balance, and one of the properties by name."""
    symbols = random.sample(sorted(_STEEL), random.randint(3, 5))
    names = [f"{random.choice('KLMN')}{i}" for i in range(1, random.randint(4, 6))]
    balance = random.choice(("Bal.", "bal.", "Balance", "Rest"))
    first = Sheet(
        random.choice(("Chemical composition of the steels (wt.%).", "Chemical composition (mass%) of the steels.")),
        [heads(["Steel", *symbols, "Fe"])],
    )
    paper = Paper("element columns wt%", [first])
    made_all = []
    for name in names:
        shares = {symbol: round(random.uniform(*_STEEL[symbol]), 2) for symbol in symbols}
        whole = shares | {"Fe": round(100 - sum(shares.values()), 2)}
        made = Made(name, dict(Composition.of(whole, "wt%", normalise=True).to("at%").fractions))
        made_all.append(made)
        first.rows.append([name, *(f"{value:.2f}" for value in shares.values()), balance])
        paper.facts += _shares(made, shares, "mass fraction")
    about = Subject("alloys", made_all, quantities(random, "alloys", random.randint(2, 4)), unit_style(random))
    second = Sheet("Mechanical properties of the steels.", [heads(["Steel", *about.headers()])], label="Table 2")
    paper.sheets.append(second)
    valued(random, second, about, [[made.written] for made in made_all], paper.facts)
    return paper


def family(random: Random) -> Paper:
    """`x` of a family in the first column; the caption says the family."""
    about = subject(random, domain="magnets")
    xs = sorted(random.sample((0, 2, 4, 5, 6, 8, 10, 12), random.randint(3, 5)))
    host, guest, rest = random.choice(
        (("Fe", "Co", {"Si": 5.0, "B": 12.0}), ("Co", "Ni", {"B": 20.0}), ("Fe", "Mn", {"P": 10.0, "C": 8.0}))
    )
    whole = 100 - sum(rest.values())
    name = f"{host}_{{{whole:g}−x}}{guest}_{{x}}{written(rest)}"
    made = [Made(f"x = {x}", {host: float(whole - x)} | ({guest: float(x)} if x else {}) | rest) for x in xs]
    head = random.choice(("x", "x (at.%)", f"{guest} content x (at.%)"))
    about = about._replace(made=made)
    sheet = Sheet(f"Properties of the {name} alloys.", [heads([head, *about.headers()])])
    paper = Paper("family", [sheet])
    valued(random, sheet, about, [[str(x)] for x in xs], paper.facts)
    return paper


def headings(random: Random) -> Paper:
    """Heading rows that name the treatment of the rows below."""
    about = subject(random, most=3, domain=random.choice(("magnets", "alloys")))
    celsius = sorted(random.sample((300, 400, 450, 500, 600), 2))
    sheet = Sheet("Results for the heat-treated alloys.", [heads(["Composition", *about.headers()])])
    paper = Paper("heading rows", [sheet])
    for t in celsius:
        sheet.rows.append([random.choice(("Annealed at {} °C for 1 h", "Annealing temperature {} °C")).format(t)])
        valued(random, sheet, about, [[made.written] for made in about.made], paper.facts, anneal=t + 273.15)
    return paper


def material_headings(random: Random) -> Paper:
    """Heading rows that name the material; temperatures below."""
    about = subject(random, most=3, domain=random.choice(("magnets", "alloys", "glasses")))
    sheet = Sheet(
        "Effect of annealing on the alloys.",
        [heads([random.choice(("T_{a} (K)", "Annealing temperature (K)")), *about.headers()])],
    )
    paper = Paper("material headings", [sheet])
    for made in about.made[:3]:
        sheet.rows.append([made.written])
        for t in sorted(random.sample((573, 623, 673, 723, 773, 823), 3)):
            cells = [plain(random, item) for item in about.quantities]
            sheet.rows.append([str(t), *(cell.text for cell in cells)])
            paper.facts += [fact(made, q, c, float(t)) for q, c in zip(about.quantities, cells, strict=True)]
    return paper


def slashed(random: Random) -> Paper:
    """Two properties in one column."""
    about = subject(random, most=3, least=3, with_unit=True)
    a, b, c = about.quantities
    head = random.choice(
        (f"{a.names[0]} ({a.unit}) / {b.names[0]} ({b.unit})", f"{a.names[0]} ({a.unit}); {b.names[0]} ({b.unit})")
    )
    mark = " / " if " / " in head else "; "
    sheet = Sheet("Paired results.", [heads(["Alloy", head, headed(c, about.style)])])
    paper = Paper("two in a column", [sheet])
    for made in about.made:
        cells = [plain(random, item) for item in about.quantities]
        sheet.rows.append([made.written, f"{cells[0].text}{mark}{cells[1].text}", cells[2].text])
        paper.facts += [fact(made, item, cell) for item, cell in zip(about.quantities, cells, strict=True)]
    return paper


def condition_heads(random: Random) -> Paper:
    """The temperature of annealing or measurement in the header itself."""
    about = subject(
        random, most=1, least=1, with_unit=True, domain=random.choice(("magnets", "alloys", "thermoelectrics"))
    )
    item = about.quantities[0]
    kelvin = sorted(random.sample((300, 373, 473, 573), 2))
    sheet = Sheet(
        "Dependence on temperature.",
        [heads(["Material", *(f"{item.names[0]} at {t} K ({item.unit})" for t in kelvin)])],
    )
    paper = Paper("condition in header", [sheet])
    for made in about.made:
        cells = [plain(random, item) for _ in kelvin]
        sheet.rows.append([made.written, *(cell.text for cell in cells)])
        paper.facts += [fact(made, item, cell, None, float(t)) for cell, t in zip(cells, kelvin, strict=True)]
    return paper


def condition_caption(random: Random) -> Paper:
    """The treatment in the caption."""
    about = subject(random, domain=random.choice(("magnets", "alloys")))
    t = random.choice((350, 420, 480, 560))
    sheet = Sheet(f"Properties of the alloys annealed at {t} °C for 30 min.", [heads(["Alloy", *about.headers()])])
    paper = Paper("condition in caption", [sheet])
    valued(random, sheet, about, [[made.written] for made in about.made], paper.facts, anneal=t + 273.15)
    return paper


def noted(random: Random) -> Paper:
    """Raised footnote marks on cells and headers, notes below."""
    paper = random.choice((_plain_rows,))(random, "footnotes")
    sheet = paper.sheets[0]
    row, at = random.randrange(len(sheet.rows)), random.randrange(1, sheet.n_columns)
    sheet.rows[row][at] += "^{a}"
    at = random.randrange(1, sheet.n_columns)
    sheet.heads[0][at] = (sheet.heads[0][at][0] + "^{b}", 1)
    sheet.notes += ["^{a} Measured on a second ingot.", "^{b} Mean of three measurements."]
    return paper


def _plain_rows(random: Random, name: str, most: int = 4) -> Paper:
    about = subject(random, most=most)
    sheet = Sheet("Results of this study.", [heads(["Composition", *about.headers()])])
    paper = Paper(name, [sheet])
    valued(random, sheet, about, [[made.written] for made in about.made], paper.facts)
    return paper


def continued(random: Random) -> Paper:
    """A long table over a page break, with or without its header repeated."""
    about = subject(random, domain=random.choice(("magnets", "glasses", "alloys")))
    about = about._replace(made=materials(random, about.domain, 14))
    sheet = Sheet(
        "Properties of all alloys.",
        [heads(["Alloy", *about.headers()])],
        breaks_at=8,
        is_headed_again=random.random() < 0.5,
    )
    paper = Paper("over a page break", [sheet])
    valued(random, sheet, about, [[made.written] for made in about.made], paper.facts)
    return paper


def commas(random: Random) -> Paper:
    """Decimal commas, as the continent prints them."""
    paper = _plain_rows(random, "decimal commas")
    rows = paper.sheets[0].rows
    paper.sheets[0].rows = [[row[0], *(re.sub(r"(?<=\d)\.(?=\d)", ",", cell) for cell in row[1:])] for row in rows]
    return paper


def stacked(random: Random) -> Paper:
    """Uncertainties up and down set over one another, and symbols with both scripts."""
    about = subject(random, most=3)
    sheet = Sheet("Values with upper and lower uncertainty.", [heads(["Alloy", *about.headers()])])
    paper = Paper("stacked scripts", [sheet])
    for made in about.made:
        row = [made.written]
        for item in about.quantities:
            cell = plain(random, item)
            step = 10.0**-item.decimals
            up, down = (f"{step * random.randint(1, 9):.{item.decimals}f}" for _ in range(2))
            row.append(f"{cell.text}^{{+{up}}}_{{−{down}}}")
            paper.facts.append(fact(made, item, cell))
        sheet.rows.append(row)
    return paper


def chinese(random: Random) -> Paper:
    """A Chinese table."""
    about = subject(random, domain=random.choice(("magnets", "alloys", "glasses")))
    names = [item._replace(names=(item.chinese,)) for item in about.quantities]
    about = about._replace(quantities=names)
    sheet = Sheet(
        "合金的性能",
        [
            heads(
                [
                    random.choice(("合金", "成分", "样品")),
                    *(f"{q.chinese}({q.unit})" if q.unit else q.chinese for q in names),
                ]
            )
        ],
        label="表1",
    )
    paper = Paper("Chinese", [sheet], is_chinese=True)
    valued(random, sheet, about, [[made.written] for made in about.made], paper.facts)
    return paper


def sideways(random: Random) -> Paper:
    """A table set a quarter turned on its page."""
    paper = _plain_rows(random, "sideways", most=5)
    paper.sheets[0].is_sideways = True
    return paper


def parts(random: Random) -> Paper:
    """Parts (a) and (b) in one table, each with a header of its own."""
    about = subject(random, most=2, least=2)
    others = [
        q for q in quantities(random, about.domain, 6) if q.property not in {item.property for item in about.quantities}
    ][:2]
    sheet = Sheet("Properties of the two series.", [heads(["Composition", *about.headers()])])
    paper = Paper("parts (a) and (b)", [sheet])
    sheet.rows.append(["(a) First series"])
    valued(random, sheet, about, [[made.written] for made in about.made], paper.facts)
    second = Subject(about.domain, materials(random, about.domain, 4), others, about.style)
    sheet.rows += [["(b) Second series"], ["Composition", *second.headers()]]
    if len(second.quantities) == 2:
        valued(random, sheet, second, [[made.written] for made in second.made], paper.facts)
    return paper


def ditto(random: Random) -> Paper:
    """Ditto marks under a formula, milling times beside."""
    about = subject(random, most=2, domain=random.choice(("magnets", "alloys")))
    mark = random.choice(("″", "do.", "–″–"))
    sheet = Sheet("Effect of the milling time.", [heads(["Alloy", "Milling time (h)", *about.headers()])])
    paper = Paper("ditto", [sheet])
    for made in about.made[:3]:
        for i, hours in enumerate((2, 10)):
            cells = [plain(random, item) for item in about.quantities]
            sheet.rows.append([mark if i else made.written, str(hours), *(cell.text for cell in cells)])
            paper.facts += [fact(made, q, c) for q, c in zip(about.quantities, cells, strict=True)]
    return paper


def powers(random: Random) -> Paper:
    """Powers of ten in the header or in the cells."""
    made = materials(random, "thermoelectrics", 4)
    inside, power = random.random() < 0.5, random.choice((3, 4, 5))
    head = "σ (S/cm)" if inside else f"σ (10^{{−{power}}} S/cm)"
    other = quantities(random, "thermoelectrics", 1, with_unit=True)[0]
    sheet = Sheet(
        "Electrical conductivity σ of the compounds at room temperature.",
        [heads(["Compound", head, headed(other, "round")])],
    )
    paper = Paper("powers of ten", [sheet])
    for item in made:
        mantissa, cell = round(random.uniform(1, 9.9), 1), plain(random, other)
        sheet.rows.append([item.written, f"{mantissa} × 10^{{−{power}}}" if inside else f"{mantissa}", cell.text])
        paper.facts += [
            Fact(item, "electrical conductivity", float(f"{mantissa}e-{power}"), "exact", "S/cm"),
            fact(item, other, cell),
        ]
    return paper


MORE = (
    atomic_columns,
    weight_columns,
    family,
    headings,
    material_headings,
    slashed,
    condition_heads,
    condition_caption,
    noted,
    continued,
    commas,
    stacked,
    chinese,
    sideways,
    parts,
    ditto,
    powers,
)
