"""Made-up passages of materials papers for benchmarks of size: sentences with formulas, quantities and common words."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

PER_DOCUMENT = 50
"""Passages of one document."""
_HEADINGS = ("Introduction", "Experimental", "Results", "Discussion", "Magnetic properties", "Microstructure")
_HOSTS = ("Fe", "Co", "Ni", "Al", "Ti", "Zr", "Cu", "Mg", "Nb", "La")
_OTHERS = ("B", "Si", "P", "C", "Mo", "Cr", "Mn", "V", "W", "Ga", "Ge", "Sn", "Y", "Nd", "Hf", "Ta", "Ag", "Zn")
_PROPERTIES = (
    ("saturation magnetic flux density", "T", 0.4, 2.0),
    ("coercivity", "A/m", 1.0, 400.0),
    ("Curie temperature", "K", 300.0, 1100.0),
    ("Vickers hardness", "GPa", 0.5, 20.0),
    ("yield strength", "MPa", 80.0, 2400.0),
    ("ionic conductivity", "mS/cm", 0.001, 9.0),
    ("overpotential", "mV", 150.0, 600.0),
    ("glass transition temperature", "K", 400.0, 900.0),
    ("band gap", "eV", 0.3, 5.0),
    ("density", "g/cm3", 1.8, 15.0),
)
_METHODS = ("melt spinning", "arc melting", "ball milling", "copper-mould casting", "sputtering", "sintering")
_SYLLABLES = ("al", "ber", "con", "dis", "er", "fra", "gen", "hal", "in", "ju", "ker", "lo", "mi", "nor", "per", "qua")


class Writer:
    """Writes passages; the same seed writes the same ones."""

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed)
        words = {"".join(self._draw.choices(_SYLLABLES, k=self._draw.randint(2, 4))) for _ in range(30_000)}
        self._words = sorted(words)
        self._draw.shuffle(self._words)
        self._zipf = list(accumulate(1 / (rank + 2.7) for rank in range(len(self._words))))

    def formula(self) -> str:
        """An alloy of three to five elements in at%, to a tenth."""
        names = [self._draw.choice(_HOSTS), *self._draw.sample(_OTHERS, self._draw.randint(2, 4))]
        rest = [round(self._draw.uniform(0.5, 12), 1) for _ in names[1:]]
        shares = [round(100 - sum(rest), 1), *rest]
        return "".join(f"{name}{share:g}" for name, share in zip(names, shares, strict=True))

    def passage(self) -> str:
        """About 900 characters: three statements of values among sentences of words by Zipf's law."""
        sentences = [self._filler() for _ in range(5)]
        for place in (1, 3, 5):
            sentences.insert(place, self._statement())
        return " ".join(sentences)

    def query(self, passage: str) -> str:
        """A question of words, of a formula or of a quantity that the passage answers, in equal parts."""
        sentences = passage.split(". ")
        if self._draw.random() < 1 / 3:
            return " ".join(sentences[0].rstrip(".").split()[:6])
        words = sentences[1].split()
        return " ".join(words[:9]) if self._draw.random() < 0.5 else " ".join(words[-9:])

    def _filler(self) -> str:
        words = self._draw.choices(self._words, cum_weights=self._zipf, k=self._draw.randint(9, 15))
        return f"{' '.join(words).capitalize()}."

    def _statement(self) -> str:
        name, unit, low, high = self._draw.choice(_PROPERTIES)
        value = f"{self._draw.uniform(low, high):.3g}"
        made = f"after {self._draw.choice(_METHODS)} and annealing at {self._draw.randrange(500, 1100, 10)} K"
        return f"The {name} of {self.formula()} is {value} {unit} {made}."


def write_documents(folder: Path, passages: int, seed: int) -> list[str]:
    """Write text files with a number of passages; a query for every hundredth passage, at most 60."""
    writer, queries = Writer(seed), []
    for start in range(0, passages, PER_DOCUMENT):
        lines = []
        for number in range(start, min(start + PER_DOCUMENT, passages)):
            text = writer.passage()
            lines.append(f"## {_HEADINGS[number % len(_HEADINGS)]}\n\n{text}")
            if number % max(1, passages // 60) == 0:
                queries.append(writer.query(text))
        (folder / f"made{start:07d}.md").write_text("\n\n".join(lines), encoding="utf-8")
    return queries[:60]


def passages(n: int, seed: int) -> Iterator[str]:
    """Passages by themselves."""
    writer = Writer(seed)
    for _ in range(n):
        yield writer.passage()
