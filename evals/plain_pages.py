"""The plain text of PDFs, read by another way than the library's, to check its quotes independently."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from eutectic.core.errors import EutecticError

_READ = """
import json, sys
sys.modules["onnxruntime"] = None
import pymupdf
print(json.dumps([[page.get_text() for page in pymupdf.open(path)] for path in json.load(sys.stdin)]))
"""
_SIGNS = str.maketrans({"\u2212": "-", "\u2013": "-", "\u2010": "-", "\u25e6": "°", "\u223c": "~"})
_NOTHING = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad\ufffd\u0000-\u0008\u000e-\u001f]")


class PlainPages:
    """Pages of PDFs in a normal form of their own: NFKC, dashes folded, line hyphens and white space out, no case."""

    def __init__(self, paths: Sequence[Path]) -> None:
        pdfs = [path for path in paths if path.suffix.lower() == ".pdf"]
        done = subprocess.run(
            [sys.executable, "-c", _READ],
            input=json.dumps([str(path) for path in pdfs]),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise EutecticError(f"the plain texts cannot be read: {(done.stderr.splitlines() or [''])[-1][:200]}")
        texts = json.loads(done.stdout.splitlines()[-1])
        self._pages = {
            (path.name, number): plain(text)
            for path, pages in zip(pdfs, texts, strict=True)
            for number, text in enumerate(pages, start=1)
        }
        for path in paths:
            if path.suffix.lower() in (".txt", ".md"):
                pages = path.read_text(encoding="utf-8-sig").split("\f")
                self._pages |= {(path.name, number): plain(text) for number, text in enumerate(pages, start=1)}

    def holds(self, document: str, page: int, quote: str) -> bool | None:
        """Whether a quote stands on a page; None where the page's plain text is not known."""
        text = self._pages.get((document, page))
        return None if text is None else plain(quote) in text


def plain(text: str) -> str:
    """A text in the normal form."""
    folded = _NOTHING.sub("", unicodedata.normalize("NFKC", text)).translate(_SIGNS)
    joined = re.sub(r"(?<=[A-Za-z])-\s*\n?\s*(?=[a-z])", "", folded)
    return re.sub(r"\s+", "", joined).casefold()
