"""Ingest: files and folders into the library's rows, one transaction a file, each with a named outcome."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from eutectic.core.record import Record
from eutectic.knowledge.chunk import chunk_pages
from eutectic.knowledge.document import Content, Document
from eutectic.knowledge.metadata import Bibliography, Facts, describe, read_bibliography
from eutectic.knowledge.normalise import normalise
from eutectic.knowledge.reader import MENDS, Flag, Limits, ReadDocument, Reader, Refusal, RefusalCode
from eutectic.knowledge.store import Store
from eutectic.knowledge.structure import cited, sections

SUFFIXES = (".pdf", ".txt", ".md", ".html", ".htm")
BIBLIOGRAPHY = ".bib"
_SAME_WORK = 0.5
"""Share of words in common from which two texts with one DOI are versions of each other, not paper and supplement."""


class FileReport(Record):
    """What became of one file."""

    path: str
    status: Literal["ingested", "duplicate", "refused"]
    reason: RefusalCode | None = None
    message: str = ""
    """The reason in words, with how to mend it."""
    document: str = ""
    """Name of the document in the library (of the one it repeats, for a duplicate)."""
    pages: int = 0
    chunks: int = 0
    tables: int = 0
    figures: int = 0
    flags: tuple[Flag, ...] = ()
    hidden: tuple[str, ...] = ()
    """Texts that no reader of the page can see, left out; at most 20, 200 characters each."""
    seconds: float = 0.0


class IngestProgress(Record):
    """How far an ingest is."""

    done: int
    total: int
    pages: int
    seconds: float
    file: FileReport
    """The file that was finished last."""

    @property
    def pages_per_second(self) -> float:
        """Pages read so far per second."""
        return self.pages / self.seconds if self.seconds > 0 else 0.0


class IngestReport(Record):
    """What became of every file."""

    files: tuple[FileReport, ...]
    pages: int
    """Pages of the files that were ingested now."""
    seconds: float
    """With indexing."""
    pages_per_second: float
    notes: tuple[str, ...] = ()
    """What went wrong with the indexes and what was done about it."""

    def count(self, status: Literal["ingested", "duplicate", "refused"]) -> int:
        """Number of files that ended so."""
        return sum(file.status == status for file in self.files)


def ingest_files(
    store: Store,
    reader: Reader,
    paths: Sequence[Path],
    progress: Callable[[IngestProgress], None] | None,
    limits: Limits,
) -> list[FileReport]:
    """Take in every file, folders with all below them; a file that cannot be read is refused and the rest goes on."""
    files = list(_files(paths))
    bibliography, failed = read_bibliography(_bibliographies(paths, files))
    started, reports, pages = time.monotonic(), [], 0
    for done, path in enumerate(files, start=1):
        begun = time.monotonic()
        report = _ingest(store, Sources(reader, bibliography, limits), path)
        report = report.model_copy(update={"seconds": round(time.monotonic() - begun, 4)})
        reports.append(report)
        pages += report.pages if report.status == "ingested" else 0
        if progress is not None:
            seconds = time.monotonic() - started
            progress(IngestProgress(done=done, total=len(files), pages=pages, seconds=seconds, file=report))
    refused = [FileReport(path=str(p), status="refused", reason="unreadable", message=why) for p, why in failed]
    return [*reports, *refused]


class Sources(NamedTuple):
    """What a document is read with."""

    reader: Reader
    bibliography: Bibliography
    limits: Limits


def _bibliographies(paths: Sequence[Path], files: Sequence[Path]) -> list[Path]:
    """The .bib files among the paths, in the folders named and beside the documents."""
    named = [path for path in paths if path.suffix.lower() == BIBLIOGRAPHY]
    folders = {path for path in paths if path.is_dir()} | {file.parent for file in files}
    beside = [path for folder in sorted(folders) if folder.is_dir() for path in sorted(folder.glob("*.bib"))]
    return list(dict.fromkeys([*named, *beside]))


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    seen: set[Path] = set()
    for path in paths:
        inside = sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
        for file in inside if path.is_dir() else [path]:
            if file.suffix.lower() == BIBLIOGRAPHY and file.is_file():
                continue
            if file not in seen:
                seen.add(file)
                yield file


def _ingest(store: Store, sources: Sources, path: Path) -> FileReport:
    try:
        digest = _hash(path, sources.limits)
        known = store.document(digest)
        if known is not None:
            return _duplicate(path, known, "its bytes")
        read = sources.reader.read(path, sources.limits)
    except Refusal as refusal:
        message = f"{refusal.what} ({MENDS[refusal.code]})"
        return FileReport(path=str(path), status="refused", reason=refusal.code, message=message)
    hidden = tuple(text[:200] for page in read.pages for text in page.hidden)[:20]
    text_hash = hashlib.sha256("\f".join(normalise(page.text) for page in read.pages).encode()).hexdigest()
    known = store.same_text(text_hash)
    if known is not None:
        report = _duplicate(path, known, "its text")
        return report.model_copy(update={"flags": read.flags, "hidden": hidden})
    facts = describe(read, path, sources.bibliography)
    return _add(store, path, digest, text_hash, read, facts).model_copy(update={"hidden": hidden})


def _add(store: Store, path: Path, digest: str, text_hash: str, read: ReadDocument, facts: Facts) -> FileReport:
    chunks = chunk_pages(read.pages)
    flags: tuple[Flag, ...] = read.flags
    if any(chunk.is_suspicious for chunk in chunks):
        flags = (*flags, "suspicious_text")
    name = path.name if store.document(path.name) is None else f"{path.stem}-{digest[:8]}{path.suffix}"
    document = Document(
        id=digest,
        name=name,
        path=str(path.resolve()),
        n_pages=len(read.pages),
        reader=read.reader,
        text_hash=text_hash,
        flags=flags,
        **facts.model_dump(),
    )
    older = _older_versions(store, document, read)
    store.keep_original(document, path)
    figures = store.keep_pictures(document, read.pictures)
    content = Content(read.pages, chunks, read.tables, figures, sections(read.pages), cited(read.pages))
    store.add(document, content, older)
    return FileReport(
        path=str(path),
        status="ingested",
        message=f"a version of {older[0].name}: this one is used" if older else "",
        document=name,
        pages=len(read.pages),
        chunks=len(chunks),
        tables=len(read.tables),
        figures=len(figures),
        flags=flags,
    )


def _older_versions(store: Store, document: Document, read: ReadDocument) -> list[Document]:
    """The documents with the same DOI and much the same words: a supplement shares the DOI but not the text."""
    if not document.doi:
        return []
    words = _words(page.text for page in read.pages)
    older = []
    for known in store.same_doi(document.doi):
        theirs = _words(store.page(known.id, number) or "" for number in range(1, known.n_pages + 1))
        if len(words & theirs) >= _SAME_WORK * max(1, min(len(words), len(theirs))):
            older.append(known)
    return older


def _words(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in text.lower().split() if len(word) > 3}


def _duplicate(path: Path, known: Document, what: str) -> FileReport:
    message = f"{what} are those of {known.name}" if what == "its bytes" else f"{what} is that of {known.name}"
    return FileReport(
        path=str(path), status="duplicate", document=known.name, pages=known.n_pages, message=message, flags=known.flags
    )


def _hash(path: Path, limits: Limits) -> str:
    """SHA-256 of a file that may be read at all."""
    if not path.exists():
        raise Refusal("missing", "there is no such file")
    if path.suffix.lower() not in SUFFIXES or not path.is_file():
        raise Refusal("unsupported", f"{path.suffix or 'this kind of'} files are not read")
    size = path.stat().st_size
    if size > limits.bytes:
        raise Refusal("too_large", f"{size} bytes, at most {limits.bytes} are read")
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise Refusal("unreadable", f"it cannot be opened: {error.strerror}") from error
