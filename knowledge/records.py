"""Records of documents: labels, tables and text read by rules, quoted, checked, and put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from eutectic.core.composition import Composition
from eutectic.knowledge.evidence import find_quote
from eutectic.knowledge.labels import Labels, read_labels
from eutectic.knowledge.materials import TRADE_NAME, Material, find_materials
from eutectic.knowledge.record import LiteratureRecord
from eutectic.knowledge.record_checks import check, mark_outliers, same_value
from eutectic.knowledge.record_sentences import Sentence, sentence_records
from eutectic.knowledge.record_tables import table_labels, table_materials, table_records
from eutectic.knowledge.sentences import split_sentences
from eutectic.knowledge.symbols_said import symbols_said
from eutectic.knowledge.table import Table

EXTRACTOR = "records 11"
"""Changed with every rule that may change a record, so that kept ones are made anew."""


class Source(NamedTuple):
    """What is read of a document."""

    name: str
    pages: Mapping[int, str]
    sentences: Sequence[Sentence]
    tables: Sequence[Table]


def document_records(source: Source) -> list[LiteratureRecord]:
    """Every record of a document, verified, flagged and refused ones."""
    labels = document_labels(source)
    fallback = only_material(source)

    def find(page: int, quote: str) -> str | None:
        text = source.pages.get(page)
        return None if text is None else find_quote(text, quote)

    found: list[LiteratureRecord] = []
    for table in source.tables:
        for record in table_records(table.model_copy(update={"document": source.name}), labels, fallback):
            found.append(check(_quoted(record, table, source.pages), find))
    for record in sentence_records(source.name, source.sentences, labels, fallback):
        found.append(check(record, find))
    return _without_repeats(mark_outliers(found))


class FoundComposition(NamedTuple):
    """A composition that a document names, and where first."""

    document: str
    page: int
    written: str
    label: str
    composition: Composition


def document_compositions(source: Source) -> list[FoundComposition]:
    """Every distinct composition of a document, in text and tables, in the order of its pages; no baths and gases."""
    labels = document_labels(source)
    found: dict[str, FoundComposition] = {}

    def take(page: int, material: Material) -> None:
        if material.composition is not None:
            key = material.composition.formula()
            found.setdefault(
                key, FoundComposition(source.name, page, material.written, material.label, material.composition)
            )

    for page in sorted(source.pages):
        for sentence in source.sentences:
            for mention in find_materials(sentence.text, {}) if sentence.page == page else ():
                if not mention.is_reagent:
                    take(page, mention.material)
        for table in source.tables:
            if table.page == page:
                for material in table_materials(table, labels):
                    take(page, material)
    names = {material.composition: name for name, material in labels.materials.items()}
    return [item._replace(label=item.label or names.get(item.composition, "")) for item in found.values()]


def text_records(document: str, page: int, text: str) -> list[LiteratureRecord]:
    """The records of one passage by itself."""
    sentences = [Sentence(page, sentence) for sentence in split_sentences(text)]
    return document_records(Source(document, {page: text}, sentences, ()))


def document_labels(source: Source) -> Labels:
    """The names a document gives its materials, in text and in tables."""
    labels = read_labels(sorted(source.pages.items()))
    named = dict(labels.materials)
    numbered: dict[str, list[Material]] = {}
    for table in source.tables:
        for name, material in table_labels(table, Labels(named, labels.families)).items():
            known = named.get(name)
            if name.isdigit():
                numbered.setdefault(name, []).append(material)
            elif known is None or known.composition == material.composition:
                named[name] = material
    one = {name: found[0] for name, found in numbered.items() if len({item.composition for item in found}) == 1}
    return Labels(named, labels.families, one, symbols_said(source.pages.values()))


def only_material(source: Source) -> Material | None:
    """The one composition a document is about, where it names a single one and no grade or trade name beside it."""
    found: dict[str, Material] = {}
    for sentence in source.sentences:
        for mention in find_materials(sentence.text, {}):
            if mention.formula is not None and mention.formula.variables:
                return None
            if mention.material.problem == TRADE_NAME:
                return None
            if mention.material.composition is not None and not mention.is_reagent:
                found.setdefault(mention.material.composition.formula(), mention.material)
    return next(iter(found.values())) if len(found) == 1 else None


def _quoted(record: LiteratureRecord, table: Table, pages: Mapping[int, str]) -> LiteratureRecord:
    """The record with its row's words, on that one of the table's pages which holds most of them."""
    assert record.row is not None and record.column is not None
    row = table.rows[record.row] if record.row < len(table.rows) else ()
    best = (record.page, row[record.column] if row else "")
    longest = 0
    for number in range(table.page, max(table.page, table.last_page) + 1):
        quote = _table_quote(record.row, record.column, table, pages.get(number, ""))
        if quote is not None and len(quote) > longest:
            best, longest = (number, quote), len(quote)
    return record.model_copy(update={"page": best[0], "quote": best[1]})


def _table_quote(at_row: int, at_column: int, table: Table, page: str) -> str | None:
    """The longest piece of the row, else of the column, that stands on the page and holds the value's cell.

    A table of a text file has bars between its cells.
    """
    lines = _as_printed(table)
    n_head = len(table.headers)
    row = lines[at_row + n_head] if at_row < len(table.rows) else ()
    column = [line[at_column] for line in lines if at_column < len(line)]
    for cells, place in ((row, at_column), (column, at_row + n_head)):
        for start, end in _windows(len(cells), place):
            words = " ".join(cell for cell in cells[start:end] if cell.strip())
            for text in (words, "|".join(cells[start:end])) if words and "|" in page else (words,):
                if text and (quote := find_quote(page, text)) is not None:
                    return quote
    return None


def _as_printed(table: Table) -> list[list[str]]:
    """Header and body cells with the footnote marks that were taken off them."""
    lines = [list(row) for row in (*table.headers, *table.rows)]
    for item in table.marks:
        if item.row < len(lines) and item.column < len(lines[item.row]):
            lines[item.row][item.column] += item.mark
    return lines


def _windows(n: int, place: int) -> list[tuple[int, int]]:
    """Spans of cells that hold a place, longest first."""
    spans = [(start, end) for start in range(place + 1) for end in range(place + 1, n + 1)]
    return sorted(spans, key=lambda span: (span[0] - span[1], span[0]))


def _without_repeats(records: Sequence[LiteratureRecord]) -> list[LiteratureRecord]:
    """Each statement once: what a sentence repeats within its page, and what text says again of a table's cell."""
    kept: dict[str, LiteratureRecord] = {}
    for record in records:
        kept.setdefault(record.id, record)
    done: list[LiteratureRecord] = []
    for record in kept.values():
        twin = any(
            other.page == record.page and other.material == record.material and other.property == record.property
            and same_value(other, record) and other.source == record.source == "text"
            and other.conditions.temperature == record.conditions.temperature
            for other in done
        )  # fmt: skip
        if not twin:
            done.append(record)
    return done
