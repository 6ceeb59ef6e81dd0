"""BibTeX: the entries of a .bib file, with what tells which document each of them describes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from eutectic.core.record import Record

_ENTRY = re.compile(r"@\s*(\w+)\s*[{(]", re.ASCII)
_NAME = re.compile(r"\s*,?\s*([\w:.+/-]+)\s*=\s*")
_ACCENTS = {"`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", '"': "\u0308", "=": "\u0304", ".": "\u0307"}
_ACCENTS |= {"c": "\u0327", "v": "\u030c", "u": "\u0306", "H": "\u030b", "r": "\u030a", "k": "\u0328"}
_ACCENT = re.compile(r"\\([`'^~\"=.]|[cvuHrk](?=\s|\{))\s*\{?\s*(\\?[ij]|[A-Za-z])\s*\}?")
_LETTERS = {"ss": "ß", "o": "ø", "O": "Ø", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å", "l": "ł"}
_LETTERS |= {"L": "Ł", "i": "ı", "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "mu": "μ", "times": "×"}
_LETTER = re.compile(rf"\\({'|'.join(sorted(_LETTERS, key=len, reverse=True))})(?![A-Za-z])\s*(?:\{{\}})?")
_COMMAND = re.compile(r"\\(?:text\w*|math\w*|emph|ce|rm|it|bf|ensuremath)\b\s*")
_MONTHS = {m: m for m in ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")}
_LONGEST = 20_000_000


class BibEntry(Record):
    """An entry of a bibliography."""

    key: str
    title: str = ""
    doi: str = ""
    year: int | None = None
    authors: tuple[str, ...] = ()
    journal: str = ""
    files: tuple[str, ...] = ()
    """Names of the files it points to, without folders."""


def parse_bibtex(text: str) -> list[BibEntry]:
    """The entries of a .bib file; one that is broken is left out and the rest is read."""
    strings = dict(_MONTHS)
    entries = []
    place, text = 0, text[:_LONGEST]
    while match := _ENTRY.search(text, place):
        kind, start = match[1].lower(), match.end()
        following = _ENTRY.search(text, start)
        end = _closing(text, start)
        if end is None:
            place = following.start() if following else len(text)
            continue
        place = end
        body = text[start : end - 1]
        if kind == "string":
            strings |= {name.lower(): value for name, value in _fields(body, strings)}
        elif kind not in ("comment", "preamble"):
            key, _, rest = body.partition(",")
            entries.append(_entry(key.strip(), dict(_fields(rest, strings))))
    return entries


def _closing(text: str, start: int) -> int | None:
    """Index behind the brace that closes an entry; None where it is never closed."""
    depth = 1
    for i in range(start, len(text)):
        character = text[i]
        if text[i - 1] == "\\":
            continue
        if character == "{":
            depth += 1
        elif character == "}" or (character == ")" and depth == 1 and text[start - 1] == "("):
            depth -= 1
            if depth == 0:
                return i + 1
    return None


def _fields(body: str, strings: dict[str, str]) -> Iterator[tuple[str, str]]:
    place = 0
    while match := _NAME.match(body, place):
        place = match.end()
        pieces = []
        while place < len(body):
            piece, place = _value(body, place, strings)
            pieces.append(piece)
            joint = re.compile(r"\s*#\s*").match(body, place)
            if joint is None:
                break
            place = joint.end()
        yield match[1].lower(), "".join(pieces)
        comma = body.find(",", place)
        if comma < 0:
            return
        place = comma


def _value(body: str, place: int, strings: dict[str, str]) -> tuple[str, int]:
    opening = body[place]
    if opening not in '{"':
        bare = re.compile(r"[^\s,#}]*").match(body, place)
        word = bare[0] if bare else ""
        return strings.get(word.lower(), word), place + max(1, len(word))
    depth = 0
    for i in range(place, len(body)):
        character = body[i]
        if i > place and body[i - 1] == "\\":
            continue
        if character == "{":
            depth += 1
        elif character == "}":
            depth -= 1
        if (opening == "{" and depth == 0) or (opening == '"' and character == '"' and depth == 0 and i > place):
            return body[place + 1 : i], i + 1
    return body[place + 1 :], len(body)


def _entry(key: str, fields: dict[str, str]) -> BibEntry:
    year = re.search(r"\b(1[89]\d\d|20\d\d)\b", fields.get("year") or fields.get("date") or "")
    doi = find_doi(fields.get("doi") or fields.get("url") or "")
    people = [_person(name) for name in re.split(r"\s+and\s+", plain(fields.get("author", ""))) if name.strip()]
    files = re.findall(r"([^/\\:;{}]+\.(?:pdf|html?|txt|md))", fields.get("file", ""), re.IGNORECASE)
    return BibEntry(
        key=key,
        title=plain(fields.get("title", "")),
        doi=doi,
        year=int(year[1]) if year else None,
        authors=tuple(people),
        journal=plain(fields.get("journal") or fields.get("journaltitle") or fields.get("booktitle") or ""),
        files=tuple(files),
    )


def _person(name: str) -> str:
    """`Family, Given` as `Given Family`."""
    family, comma, given = name.partition(",")
    return " ".join(f"{given} {family}".split()) if comma else " ".join(name.split())


def plain(text: str) -> str:
    """LaTeX text as Unicode: accents, a few letters, no braces and commands."""

    def accented(match: re.Match[str]) -> str:
        return unicodedata.normalize("NFC", match[2].removeprefix("\\") + _ACCENTS[match[1]])

    text = _ACCENT.sub(accented, text)
    text = _LETTER.sub(lambda match: _LETTERS[match[1]], text)
    text = _COMMAND.sub("", text).replace("\\&", "&").replace("\\%", "%").replace("---", "—").replace("--", "–")
    return " ".join(re.sub(r"[{}$]|\\(?=[_#])", "", text).replace("~", " ").split())


_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>{}|\\^`\[\]]+")
_OPENINGS = {")": "("}


def find_doi(text: str) -> str:
    """The first DOI in a text, lower case, without the punctuation that follows it; empty where there is none."""
    match = _DOI.search(text)
    if match is None:
        return ""
    doi = match[0].lower()
    while doi and (doi[-1] in ".,;:'’”\"*" or (doi[-1] in _OPENINGS and doi.count(doi[-1]) > doi.count("("))):
        doi = doi[:-1]
    return doi
