"""The ingest benchmark: pages per second of Eutectic beside plain PyMuPDF, pypdf and pdfplumber on the same papers."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from eutectic.core.errors import BadInput, EutecticError
from eutectic.core.record import Record

_START = "import json, resource, sys, time\nfrom pathlib import Path\npaths = json.load(sys.stdin)\npages = 0\n"
_END = """
own, sub = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
cpu = own.ru_utime + own.ru_stime + sub.ru_utime + sub.ru_stime
print(json.dumps([pages, time.monotonic() - begun, cpu - used, max(own.ru_maxrss, sub.ru_maxrss)]))
"""
_CLOCK = """
before = resource.getrusage(resource.RUSAGE_SELF)
begun, used = time.monotonic(), before.ru_utime + before.ru_stime
"""
_OURS = """
from eutectic.core.settings import Settings
from eutectic.knowledge.library import open_library
from eutectic.knowledge.reader import Limits
from eutectic.knowledge.reader_process import ReaderProcess
"""
_METHODS: dict[str, tuple[str, str, str]] = {
    "PyMuPDF, text": (
        "pymupdf",
        "sys.modules['onnxruntime'] = None\nimport pymupdf\n",
        "for path in paths:\n    for page in pymupdf.open(path):\n        page.get_text()\n        pages += 1\n",
    ),
    "pypdf, text": (
        "pypdf",
        "import logging, pypdf\nlogging.disable()\n",
        "for path in paths:\n    for page in pypdf.PdfReader(path).pages:\n"
        "        page.extract_text()\n        pages += 1\n",
    ),
    "pdfplumber, text": (
        "pdfplumber",
        "import logging, pdfplumber\nlogging.disable()\n",
        "for path in paths:\n    with pdfplumber.open(path) as pdf:\n        for page in pdf.pages:\n"
        "            page.extract_text()\n            pages += 1\n",
    ),
    "pdfplumber, text and tables": (
        "pdfplumber",
        "import logging, pdfplumber\nlogging.disable()\n",
        "for path in paths:\n    with pdfplumber.open(path) as pdf:\n        for page in pdf.pages:\n"
        "            page.extract_text()\n            page.extract_tables()\n            pages += 1\n",
    ),
    "PyMuPDF, text and find_tables": (
        "pymupdf",
        "sys.modules['onnxruntime'] = None\nimport pymupdf\n",
        "for path in paths:\n    for page in pymupdf.open(path):\n        page.get_text()\n"
        "        page.find_tables()\n        pages += 1\n",
    ),
    "Eutectic, read: text, tables, figures": (
        "eutectic",
        _OURS,
        "with ReaderProcess() as reader:\n    for path in paths:\n"
        "        pages += len(reader.read(Path(path), Limits()).pages)\n",
    ),
    "Eutectic, ingest: read, stored, indexed": (
        "eutectic",
        _OURS,
        "import tempfile\nwith tempfile.TemporaryDirectory() as place:\n"
        "    library = open_library(Path(place), Settings())\n"
        "    pages = library.ingest([Path(path) for path in paths]).pages\n",
    ),
}


class Speed(Record):
    """What one way of reading took."""

    name: str
    pages: int = 0
    seconds: float = 0.0
    """As a clock on the wall shows, without the start of the interpreter and the imports."""
    cpu_seconds: float = 0.0
    memory_mb: float = 0.0
    """Largest of the process and its children."""
    note: str = ""

    @property
    def pages_per_second(self) -> float:
        """By the clock."""
        return self.pages / self.seconds if self.seconds else 0.0

    @property
    def pages_per_cpu_second(self) -> float:
        """By the processor."""
        return self.pages / self.cpu_seconds if self.cpu_seconds else 0.0


def run_ingest_bench(papers: Sequence[Path], smoke: bool = False) -> list[Speed]:
    """Every method on the same papers, each in a process of its own, one after the other.

    Raises:
        BadInput: there are no papers.
    """
    pdfs = [path for path in papers if path.suffix.lower() == ".pdf"]
    if not pdfs:
        raise BadInput("there are no PDFs to read", mend="give --docs DIR, or EUTECTIC_PDFS")
    return [_speed(name, pdfs[:1] if smoke else pdfs) for name in _METHODS]


def _speed(name: str, papers: Sequence[Path]) -> Speed:
    package, imports, work = _METHODS[name]
    if importlib.util.find_spec(package) is None:
        return Speed(name=name, note=f"{package} is not installed: pip install 'eutectic[bench]'")
    with tempfile.TemporaryDirectory() as place:
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", _START + imports + _CLOCK + work + _END],
            input=json.dumps([str(path.resolve()) for path in papers]),
            capture_output=True,
            text=True,
            check=False,
            cwd=place,
        )
    if done.returncode:
        raise EutecticError(f"{name} failed: {(done.stderr.splitlines() or [''])[-1][:200]}")
    pages, seconds, cpu, memory = json.loads(done.stdout.splitlines()[-1])
    return Speed(
        name=name, pages=pages, seconds=round(seconds, 3), cpu_seconds=round(cpu, 3), memory_mb=round(memory / 1024, 1)
    )


def describe(found: Sequence[Speed]) -> str:
    """The speeds in lines."""
    lines = [f"{'':<42}{'pages':>6}{'s':>8}{'pages/s':>9}{'pages/cpu-s':>13}{'MB':>7}"]
    for item in found:
        if item.note:
            lines.append(f"{item.name:<42}{item.note}")
            continue
        lines.append(
            f"{item.name:<42}{item.pages:>6}{item.seconds:>8.2f}{item.pages_per_second:>9.1f}"
            f"{item.pages_per_cpu_second:>13.1f}{item.memory_mb:>7.0f}"
        )
    return "\n".join(lines)
