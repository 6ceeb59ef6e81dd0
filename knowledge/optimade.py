"""OPTIMADE: asks databases of calculated materials for structures, page by page.

The query language and answers are those of OPTIMADE 1.1 (doi:10.1038/s41597-021-00974-z).
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import urljoin, urlsplit

from eutectic.core.elements import is_element
from eutectic.core.errors import BadInput, EndpointFailed
from eutectic.core.record import Record

PROVIDERS: dict[str, str] = {
    "mp": "https://optimade.materialsproject.org",
    "oqmd": "https://oqmd.org/optimade",
    "aflow": "https://aflow.org/API/optimade",
    "alexandria": "https://alexandria.icams.rub.de/pbe",
    "cod": "https://www.crystallography.net/cod/optimade",
    "mcloud": "https://aiida.materialscloud.org/mc3d/optimade",
    "nmd": "https://nomad-lab.eu/prod/v1/api/optimade",
    "jarvis": "https://jarvis.nist.gov/optimade/jarvisdft",
    "mpds": "https://api.mpds.io",
    "odbx": "https://optimade.odbx.science",
    "tcod": "https://www.crystallography.net/tcod/optimade",
    "twodmatpedia": "http://optimade.2dmatpedia.org",
}
"""Base URLs by the short names of providers.optimade.org; any other base URL can be given in full."""
_MEASURED = frozenset(("cod", "mpds"))
"""Databases of measured structures."""
_RETRIED = frozenset((408, 429, 500, 502, 503, 504))
_LARGEST = 50_000_000
"""Bytes of one page."""
_MOST_STALE = 3
"""Pages in a row that bring nothing new, after which an answer has ended: some servers repeat a page."""
_FORMULA = re.compile(r"(?:[A-Z][a-z]?\d*)+")


class Query(Record):
    """Which structures are asked for; all that is given must hold."""

    elements: tuple[str, ...] = ()
    """Elements that must be in it."""
    only: bool = False
    """No other elements may be in it."""
    n_elements: int | None = None
    formula: str = ""
    """Reduced formula, such as `Fe3B`."""
    filter: str = ""
    """More conditions, in OPTIMADE's own language."""

    def text(self) -> str:
        """The query in OPTIMADE's language.

        Raises:
            BadInput: nothing is asked for, or an element is unknown.
        """
        unknown = [symbol for symbol in self.elements if not is_element(symbol)]
        if unknown:
            raise BadInput(f"{unknown[0]!r} is not an element", mend="write symbols, such as Fe,Co,B")
        parts = []
        if self.elements:
            named = ", ".join(f'"{symbol}"' for symbol in sorted(set(self.elements)))
            parts.append(f"elements HAS ALL {named}")
            if self.only:
                parts.append(f"elements HAS ONLY {named}")
        if self.n_elements is not None:
            parts.append(f"nelements={self.n_elements}")
        if self.formula:
            parts.append(f'chemical_formula_reduced="{reduced_formula(self.formula)}"')
        if self.filter:
            parts.append(f"({self.filter})")
        if not parts:
            raise BadInput("the query asks for everything", mend="give elements, a formula or a filter")
        return " AND ".join(parts)


class Structure(Record):
    """One structure as its database gives it."""

    id: str
    formula: str
    properties: dict[str, float | str | bool]
    """Numbers, words and marks of the entry by name; lists are left out."""


class Page(Record):
    """One page of an answer."""

    structures: tuple[Structure, ...]
    n_broken: int = 0
    """Entries without an id or a formula, left out."""
    next: str = ""
    database: str = ""
    version: str = ""


def reduced_formula(formula: str) -> str:
    """A formula as OPTIMADE compares it: elements in the alphabet's order, amounts by their common divisor."""
    from math import gcd

    if not _FORMULA.fullmatch(formula):
        raise BadInput(f"{formula!r} is not a formula of whole numbers", mend="write it like Fe3B")
    counts: dict[str, int] = {}
    for symbol, number in re.findall(r"([A-Z][a-z]?)(\d*)", formula):
        if not is_element(symbol):
            raise BadInput(f"{symbol!r} is not an element", where=formula)
        counts[symbol] = counts.get(symbol, 0) + int(number or 1)
    divisor = gcd(*counts.values()) or 1
    return "".join(f"{s}{n // divisor if n != divisor else ''}" for s, n in sorted(counts.items()))


def base_url(provider: str) -> str:
    """The base URL of a provider's short name, or the URL itself.

    Raises:
        BadInput: it is neither.
    """
    if provider.startswith(("https://", "http://")):
        return provider.rstrip("/")
    if provider not in PROVIDERS:
        known = ", ".join(sorted(PROVIDERS))
        raise BadInput(f"there is no provider {provider!r}", mend=f"give one of {known}, or a base URL")
    return PROVIDERS[provider]


def is_calculated(provider: str) -> bool:
    """Whether a provider's values are calculated; of one that is not known they are taken to be."""
    return not any(provider == name or provider.startswith(PROVIDERS[name]) for name in _MEASURED)


def fetch(
    provider: str,
    query: Query,
    *,
    most: int = 1_000,
    timeout_s: float = 30.0,
    tries: int = 4,
    wait: Callable[[float], None] = time.sleep,
    page_size: int = 100,
) -> Iterator[Page]:
    """The pages of an answer, in order, until there are no more or enough structures came.

    Raises:
        EndpointFailed: the database is not there, too slow, answers with an error or not in OPTIMADE's form.
        BadInput: the query is empty or wrong.
    """
    import httpx2

    base = base_url(provider)
    url = f"{base}/v1/structures"
    parameters: dict[str, str] | None = {"filter": query.text(), "page_limit": str(min(page_size, most))}
    seen, known, stale = {""}, set[str](), 0
    with httpx2.Client(timeout=timeout_s, follow_redirects=True) as client:
        while url not in seen and len(known) < most and stale < _MOST_STALE:
            seen.add(url)
            page = read_page(_get(client, url, parameters, tries, wait), url)
            new = [one for one in page.structures if one.id not in known][: most - len(known)]
            stale = 0 if new else stale + 1
            known |= {one.id for one in new}
            yield page.model_copy(update={"structures": tuple(new)})
            url, parameters = _following(base, url, page.next), None


def _following(base: str, url: str, link: str) -> str:
    """The next page's URL; one that leads to another host is refused, so that no answer sends us elsewhere."""
    if not link:
        return ""
    following = urljoin(url, link)
    if urlsplit(following).hostname != urlsplit(base).hostname:
        raise EndpointFailed("the answer goes on at another host", where=base, mend="ask that host yourself")
    return following


def _get(client: Any, url: str, parameters: dict[str, str] | None, tries: int, wait: Callable[[float], None]) -> Any:
    """The JSON of an answer; a fault that may pass is tried again, with longer and longer waits."""
    import httpx2

    reason = ""
    for attempt in range(tries):
        if attempt:
            wait(min(30.0, 0.5 * 2**attempt))
        try:
            with client.stream("GET", url, params=parameters) as answer:
                data = _body(answer, url)
                if answer.status_code in _RETRIED:
                    reason = f"it answers {answer.status_code}"
                    continue
                if answer.status_code != 200:
                    raise EndpointFailed(f"it answers {answer.status_code}{_detail(_read(data))}", where=url)
            return _json(data, url)
        except httpx2.TimeoutException:
            reason = "it does not answer in time"
        except httpx2.HTTPError as error:
            reason = f"it cannot be reached: {error}"
    raise EndpointFailed(f"{reason}, {tries} times", where=url, mend="try later, or fetch --file a dump")


def _body(answer: Any, url: str) -> bytes:
    data = bytearray()
    for piece in answer.iter_bytes():
        data += piece
        if len(data) > _LARGEST:
            raise EndpointFailed(f"a page is larger than {_LARGEST} bytes", where=url)
    return bytes(data)


def _json(data: bytes, url: str) -> Any:
    import json

    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise EndpointFailed("the answer is not JSON", where=url, mend="check the base URL") from error


def _read(data: bytes) -> Any:
    import json

    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _detail(answer: Any) -> str:
    """What the first error of an answer says; empty where it says nothing."""
    try:
        return f": {str(answer['errors'][0]['detail'])[:200]}"
    except (KeyError, IndexError, TypeError):
        return ""


def read_page(answer: Any, where: str) -> Page:
    """An OPTIMADE answer, checked; entries that lack an id or a formula are counted and left out.

    Raises:
        EndpointFailed: it has not the form of one.
    """
    if isinstance(answer, dict) and answer.get("errors") and not answer.get("data"):
        raise EndpointFailed(f"it answers with an error{_detail(answer)}", where=where)
    if not isinstance(answer, dict) or not isinstance(answer.get("data"), list):
        raise EndpointFailed("the answer has no list of data: it is not OPTIMADE", where=where)
    found = [structure for entry in answer["data"] if (structure := read_structure(entry)) is not None]
    meta = _object(answer.get("meta"))
    provider = _object(meta.get("provider"))
    return Page(
        structures=tuple(found),
        n_broken=len(answer["data"]) - len(found),
        next=_link(_object(answer.get("links")).get("next")),
        database=str(provider.get("name") or "")[:200],
        version=str(meta.get("api_version") or "")[:50],
    )


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _link(link: Any) -> str:
    if isinstance(link, dict):
        link = link.get("href")
    return link if isinstance(link, str) else ""


def read_structure(entry: Any) -> Structure | None:
    """One entry, or None where it has no id or no formula."""
    if not isinstance(entry, dict):
        return None
    given = entry.get("attributes")
    attributes: dict[str, Any] = given if isinstance(given, dict) else entry
    names: Sequence[str] = ("chemical_formula_reduced", "chemical_formula_descriptive", "formula", "formula_pretty")
    formula = next((str(attributes[name]) for name in names if attributes.get(name)), "")
    key = entry.get("id") or attributes.get("material_id")
    if not formula or key is None:
        return None
    simple = {
        str(name): value
        for name, value in attributes.items()
        if isinstance(value, (str, bool)) or (isinstance(value, (int, float)) and abs(value) < 1e300)
    }
    return Structure(id=str(key)[:200], formula=formula[:200], properties=simple)
