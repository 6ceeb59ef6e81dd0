"""A known-item retrieval set that everyone has: what the docstrings of SciPy, NumPy and scikit-learn say of each other.

A `See Also` entry describes another function in a few words of a person's own; the function's own docstring is what a
search with these words should find (as anchor texts are used for named-page finding, Craswell, Hawking and Robertson
2001, DOI 10.1145/383952.383999). Nothing is stored: the set is read from the packages that are installed.
"""

from __future__ import annotations

import importlib
import inspect
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

_NAMES = (
    "numpy numpy.linalg numpy.fft scipy.linalg scipy.optimize scipy.stats scipy.signal scipy.ndimage scipy.interpolate "
    "scipy.integrate scipy.spatial.distance scipy.special scipy.sparse.linalg scipy.fft sklearn.linear_model "
    "sklearn.preprocessing sklearn.decomposition sklearn.cluster sklearn.metrics sklearn.model_selection "
    "sklearn.feature_selection sklearn.neighbors sklearn.ensemble sklearn.covariance sklearn.manifold"
)
_MODULES = tuple(_NAMES.split())
_ALSO = re.compile(r"^See Also\n-+\n(.*?)(?=^\S[^\n]*\n-{3,}\n|\Z)", re.MULTILINE | re.DOTALL)
_ENTRY = re.compile(r"^(?P<name>[\w.]+)\s*:[ \t]*(?P<text>.*(?:\n[ \t]+\S.*)*)", re.MULTILINE)
_LONGEST = 1_500
_FEWEST_WORDS = 4


@dataclass(frozen=True)
class KnownItems:
    """Documents by name, and descriptions of them by other hands."""

    documents: dict[str, str]
    queries: dict[str, str]
    """The name of the one document that each description is of."""
    versions: str


def known_items(most: int, seed: int = 0) -> KnownItems:
    """The set, with at most so many queries drawn at random.

    A description that stands in the document itself, or names it, is left out: any index finds that.
    """
    texts = dict(_docstrings())
    short = {name.rpartition(".")[2]: name for name in texts}
    pairs: dict[str, str] = {}
    for owner in sorted(texts):
        found = _ALSO.search(texts[owner])
        for entry in _ENTRY.finditer(found[1]) if found else ():
            name, said = _target(entry["name"], owner, texts, short), " ".join(entry["text"].split())
            if name and name != owner and _is_own_words(said, name, texts[name]):
                pairs.setdefault(said, name)
    chosen = sorted(random.Random(seed).sample(sorted(pairs), min(most, len(pairs))))
    documents = {name: f"{_ALSO.sub('', text)[:_LONGEST]}" for name, text in sorted(texts.items())}
    return KnownItems(documents, {said: pairs[said] for said in chosen}, _versions())


def _docstrings() -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for module in _MODULES:
        package = importlib.import_module(module)
        for name in sorted(vars(package)):
            thing = vars(package)[name]
            text = inspect.getdoc(thing) if callable(thing) and not name.startswith("_") else None
            if text and len(text) > 200 and text not in seen:
                seen.add(text)
                yield f"{module}.{name}", text


def _target(name: str, owner: str, texts: dict[str, str], short: dict[str, str]) -> str:
    """The document that an entry names: in the same module, by its full name, or the only one of its last name."""
    module = owner.rpartition(".")[0]
    for full in (f"{module}.{name}", name, f"scipy.{name}", f"numpy.{name}", f"sklearn.{name}"):
        if full in texts:
            return full
    return short.get(name.rpartition(".")[2], "")


def _is_own_words(said: str, name: str, text: str) -> bool:
    plain = " ".join(text.lower().split())
    named = name.rpartition(".")[2].lower()
    return len(said.split()) >= _FEWEST_WORDS and said.lower().rstrip(".") not in plain and named not in said.lower()


def _versions() -> str:
    return ", ".join(f"{name} {importlib.import_module(name).__version__}" for name in ("numpy", "scipy", "sklearn"))
