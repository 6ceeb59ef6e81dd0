"""Kinds of drawn tables first held back: written before any rule was changed for drawn papers, mended with later."""

from __future__ import annotations

from random import Random

from eutectic.evals.drawn_archetypes import Subject, subject, valued
from eutectic.evals.drawn_paper import ABOVE, Fact, Paper, Sheet, fact, heads
from eutectic.evals.drawn_values import Cell, Made, headed, number, plain, quantities, unit_style, written


def element_rows(random: Random) -> Paper:
    """Elements down the side in at%, samples across, properties under the elements."""
    about = subject(random, domain=random.choice(("alloys", "glasses")))
    about = about._replace(made=about.made[:4])
    symbols = list(dict.fromkeys(symbol for made in about.made for symbol in made.amounts))
    names = [f"No. {i}" for i in range(1, len(about.made) + 1)]
    sheet = Sheet("Composition and properties of the castings.", [heads(["", *names])])
    paper = Paper("elements down the side", [sheet])
    for symbol in symbols:
        sheet.rows.append([f"{symbol} (at.%)", *(f"{made.amounts[symbol]:.1f}" for made in about.made)])
        paper.facts += [
            Fact(made, f"atomic fraction of {symbol}", made.amounts[symbol], "exact", "%") for made in about.made
        ]
    for item in about.quantities:
        cells = [plain(random, item) for _ in about.made]
        sheet.rows.append([headed(item, about.style), *(cell.text for cell in cells)])
        paper.facts += [fact(made, item, cell) for made, cell in zip(about.made, cells, strict=True)]
    return paper


def long_format(random: Random) -> Paper:
    """One line for each value: material, property, value, unit."""
    about = subject(random, most=3, with_unit=True)
    order = random.choice((("Material", "Property", "Value", "Unit"), ("Property", "Material", "Unit", "Value")))
    sheet = Sheet("List of all values.", [heads(order)])
    paper = Paper("long format", [sheet])
    for made in about.made[:4]:
        for item in about.quantities:
            cell = plain(random, item)
            line = {"Material": made.written, "Property": item.names[0], "Value": cell.text, "Unit": item.unit}
            sheet.rows.append([line[key] for key in order])
            paper.facts.append(fact(made, item, cell))
    return paper


def name_last(random: Random) -> Paper:
    """The formula in the last column, a year or a reference in the first."""
    about = subject(random)
    sheet = Sheet(
        "Values from the literature.", [heads([random.choice(("Ref.", "Year")), *about.headers(), "Composition"])]
    )
    paper = Paper("formula last", [sheet])
    front = [
        f"[{random.randint(3, 60)}]" if sheet.heads[0][0][0] == "Ref." else str(random.randint(1988, 2024))
        for _ in about.made
    ]
    valued(random, sheet, about, [[text] for text in front], paper.facts)
    sheet.rows = [[*row, made.written] for row, made in zip(sheet.rows, about.made, strict=True)]
    return paper


def dopants(random: Random) -> Paper:
    """Dopant and its amount in two columns; the caption says the host with M."""
    about = subject(random, domain="magnets")
    x = random.choice((1, 2, 3))
    guests = random.sample(("Cr", "Mn", "Ni", "Mo", "Nb", "V"), 4)
    made = [Made(guest, {"Fe": 82 - x, "Si": 4, "B": 14, guest: x}) for guest in guests]
    name = f"Fe_{{{82 - x}}}Si_{{4}}B_{{14}}M_{{{x}}} (M = {', '.join(guests)})"
    about = about._replace(made=made)
    sheet = Sheet(f"Properties of {name} ribbons.", [heads(["M", *about.headers()])])
    paper = Paper("dopant M", [sheet])
    valued(random, sheet, about, [[guest] for guest in guests], paper.facts)
    return paper


def three_levels(random: Random) -> Paper:
    """Three header levels: state, kind of property, property."""
    about = subject(random, most=4, least=4, domain=random.choice(("alloys", "magnets")))
    top = [("Alloy", 1), ("As-cast", 2), ("Annealed at 500 °C", 2)]
    middle = [("", 1), ("Series 1", 2), ("Series 2", 2)]
    low = heads(["", *about.headers()[:2], *about.headers()[:2]])
    sheet = Sheet("Complete data.", [top, middle, low])
    paper = Paper("three levels", [sheet])
    for made in about.made:
        cells = [plain(random, item) for item in (*about.quantities[:2], *about.quantities[:2])]
        sheet.rows.append([made.written, *(cell.text for cell in cells)])
        for i, (item, cell) in enumerate(zip((*about.quantities[:2], *about.quantities[:2]), cells, strict=True)):
            paper.facts.append(fact(made, item, cell, 773.15 if i > 1 else None))
    return paper


def treatments(random: Random) -> Paper:
    """Temperature and time of annealing in one cell: `673 K / 1 h`."""
    about = subject(random, most=3, domain=random.choice(("magnets", "alloys")))
    sheet = Sheet(
        "Properties after several treatments.",
        [heads(["Alloy", random.choice(("Heat treatment", "Annealing")), *about.headers()])],
    )
    paper = Paper("treatment in a cell", [sheet])
    say = random.choice(("{} K / 1 h", "{} K, 30 min", "{} K for 2 h"))
    for made in about.made[:3]:
        for i, t in enumerate(sorted(random.sample((573, 623, 673, 723, 773), 2))):
            cells = [plain(random, item) for item in about.quantities]
            sheet.rows.append([ABOVE if i else made.written, say.format(t), *(cell.text for cell in cells)])
            paper.facts += [fact(made, q, c, float(t)) for q, c in zip(about.quantities, cells, strict=True)]
    return paper


def family_headings(random: Random) -> Paper:
    """Heading rows that name a family; its `x` below."""
    about = subject(random, most=3, domain="magnets")
    sheet = Sheet("Two series of alloys.", [heads(["x", *about.headers()])])
    paper = Paper("family headings", [sheet])
    for guest, rest in (("Co", {"B": 16.0, "P": 2.0}), ("Ni", {"Si": 6.0, "B": 12.0})):
        sheet.rows.append([f"Fe_{{82−x}}{guest}_{{x}}{written(rest)}"])
        xs = sorted(random.sample((2, 4, 6, 8, 10), 3))
        made = [Made(f"x = {x}", {"Fe": 82.0 - x, guest: float(x)} | rest) for x in xs]
        valued(random, sheet, about._replace(made=made), [[str(x)] for x in xs], paper.facts)
    return paper


def across_units(random: Random) -> Paper:
    """Samples across, a column of units, and a column of uncertainties behind each sample."""
    about = subject(random, most=4, least=3, with_unit=True)
    two = about.made[:2]
    sheet = Sheet(
        "Mean values and their errors.",
        [[("Property", 1), ("Unit", 1), *((m.written, 1) if i else ("±", 1) for m in two for i in (1, 0))]],
    )
    paper = Paper("across with units and errors", [sheet])
    for item in about.quantities:
        row = [item.names[0], item.unit]
        for made in two:
            cell = plain(random, item)
            row += [cell.text, f"{10.0**-item.decimals * random.randint(1, 9):.{item.decimals}f}"]
            paper.facts.append(fact(made, item, cell))
        sheet.rows.append(row)
    return paper


def extremes(random: Random) -> Paper:
    """Minimum, mean and maximum of a property under one head."""
    about = subject(random, most=2, least=2, with_unit=True)
    top = [("Material", 1), *((header, 3) for header in about.headers())]
    sheet = Sheet("Spread of the results.", [top, heads(["", *("min", "mean", "max") * 2])])
    paper = Paper("min, mean, max", [sheet])
    for made in about.made:
        row = [made.written]
        for item in about.quantities:
            values = sorted({number(random, item) for _ in range(9)}, key=lambda pair: pair[1])
            for text, value in (values[0], values[len(values) // 2], values[-1]):
                row.append(text)
                paper.facts.append(fact(made, item, Cell(text, value, "exact")))
        sheet.rows.append(row)
    return paper


def chinese_across(random: Random) -> Paper:
    """A Chinese table with samples across."""
    about = subject(random, least=3, domain=random.choice(("magnets", "alloys", "glasses")))
    about = about._replace(made=about.made[:4])
    sheet = Sheet("不同合金的性能比较", [heads(["性能", *(made.written for made in about.made)])], label="表2")
    paper = Paper("Chinese, across", [sheet], is_chinese=True)
    for item in about.quantities:
        cells = [plain(random, item) for _ in about.made]
        sheet.rows.append(
            [f"{item.chinese} ({item.unit})" if item.unit else item.chinese, *(cell.text for cell in cells)]
        )
        paper.facts += [fact(made, item, cell) for made, cell in zip(about.made, cells, strict=True)]
    return paper


def two_line_cells(random: Random) -> Paper:
    """Headers and formulas broken over two lines in narrow columns."""
    about = subject(random, most=4, with_unit=True, domain=random.choice(("alloys", "magnets", "glasses")))
    top = [f"{item.names[0]}\n({item.unit})" for item in about.quantities]
    sheet = Sheet("Compositions and results.", [heads(["Alloy\ncomposition", *top])])
    paper = Paper("cells of two lines", [sheet])
    lead = []
    for made in about.made:
        parts = made.written.split("}")
        half = max(1, (len(parts) - 1) // 2)
        lead.append(["}".join(parts[:half]) + "}\n" + "}".join(parts[half:])])
    valued(random, sheet, about, lead, paper.facts)
    return paper


def oxides(random: Random) -> Paper:
    """Glasses by columns of oxides in mol%."""
    systems = (
        (("SiO_{2}", "Na_{2}O", "CaO"), ({"Si": 1, "O": 2}, {"Na": 2, "O": 1}, {"Ca": 1, "O": 1})),
        (("B_{2}O_{3}", "Li_{2}O", "ZnO"), ({"B": 2, "O": 3}, {"Li": 2, "O": 1}, {"Zn": 1, "O": 1})),
    )
    names, atoms = random.choice(systems)
    sheet = Sheet("Glass compositions in mol% and their properties.", [])
    paper = Paper("oxides in mol%", [sheet])
    items = quantities(random, "glasses", 2, with_unit=True)
    made, lead = [], []
    for i in range(1, 5):
        shares = (random.choice((50, 55, 60)), random.choice((20, 24, 28)))
        all_shares = (*shares, 100 - sum(shares))
        amounts: dict[str, float] = {}
        for share, counts in zip(all_shares, atoms, strict=True):
            for symbol, count in counts.items():
                amounts[symbol] = amounts.get(symbol, 0.0) + share * count
        made.append(Made(f"G{i}", amounts))
        lead.append([f"G{i}", *(str(share) for share in all_shares)])
        plain_names = [name.replace("_{", "").replace("}", "") for name in names]
        paper.facts += [
            Fact(made[-1], f"mole fraction of {n}", float(s), "exact", "%")
            for n, s in zip(plain_names, all_shares, strict=True)
        ]
    about = Subject("glasses", made, items, unit_style(random))
    sheet.heads.append(heads(["Glass", *names, *about.headers()]))
    valued(random, sheet, about, lead, paper.facts)
    return paper


def designed(random: Random) -> Paper:
    """Two columns of compositions, nominal and measured by EDX; values belong to the row."""
    about = subject(random, domain=random.choice(("alloys", "magnets")))
    sheet = Sheet(
        "Nominal compositions and hardness-related data.",
        [heads(["Code", "Nominal composition (at.%)", *about.headers(), "Remark"])],
    )
    paper = Paper("with remarks", [sheet])
    valued(random, sheet, about, [[f"C{i}", made.written] for i, made in enumerate(about.made, 1)], paper.facts)
    for row in sheet.rows:
        row.append(random.choice(("single phase", "bcc + fcc", "fully amorphous", "cracked", "this work")))
    return paper


def spread(random: Random) -> Paper:
    """Property in the caption, materials down, temperatures across."""
    about = subject(random, most=1, least=1, with_unit=True, domain=random.choice(("alloys", "thermoelectrics")))
    item = about.quantities[0]._replace(names=(about.quantities[0].property.capitalize(),))
    kelvin = sorted(random.sample((300, 400, 500, 600, 700), 4))
    sheet = Sheet(
        f"{item.names[0]} ({item.unit}) of the materials at several temperatures.",
        [heads(["Material", *(f"{t} K" for t in kelvin)])],
    )
    paper = Paper("property in caption", [sheet])
    for made in about.made:
        cells = [plain(random, item) for _ in kelvin]
        sheet.rows.append([made.written, *(cell.text for cell in cells)])
        paper.facts += [fact(made, item, cell, None, float(t)) for t, cell in zip(kelvin, cells, strict=True)]
    return paper


HELD_BACK = (
    element_rows,
    long_format,
    name_last,
    dopants,
    three_levels,
    treatments,
    family_headings,
    across_units,
    extremes,
    chinese_across,
    two_line_cells,
    oxides,
    designed,
    spread,
)
