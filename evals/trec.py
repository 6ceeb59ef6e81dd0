"""Public retrieval sets as they are handed out: Cranfield's and NPL's files, or BEIR's JSON lines."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from eutectic.core.errors import BadInput


@dataclass(frozen=True)
class Collection:
    """Documents, queries, and which documents are relevant to which query."""

    name: str
    documents: dict[str, str]
    queries: dict[str, str]
    relevant: dict[str, set[str]]

    @classmethod
    def read(cls, folder: Path) -> Collection:
        """The collection of a folder.

        Raises:
            BadInput: it holds neither `cran.all.1400`, `cran.qry`, `cranqrel` nor `corpus.jsonl`, `queries.jsonl`,
                `qrels/test.tsv`.
        """
        if (folder / "corpus.jsonl").is_file():
            return _beir(folder)
        if (folder / "cran.all.1400").is_file():
            return _cranfield(folder)
        raise BadInput(
            "this is no retrieval set that can be read",
            where=str(folder),
            mend="Cranfield: cran.all.1400, cran.qry, cranqrel; BEIR: corpus.jsonl, queries.jsonl, qrels/test.tsv",
        )


def _cranfield(folder: Path) -> Collection:
    documents = _sections((folder / "cran.all.1400").read_text(encoding="latin-1"))
    # The relevance file numbers the queries by their place in the file, not by their label.
    queries = {str(i): text for i, text in enumerate(_sections((folder / "cran.qry").read_text("latin-1")).values(), 1)}
    relevant: dict[str, set[str]] = {}
    for line in (folder / "cranqrel").read_text(encoding="latin-1").splitlines():
        fields = line.split()
        if len(fields) >= 3 and fields[0] in queries and fields[1] in documents and int(fields[2]) in (1, 2, 3, 4):
            relevant.setdefault(fields[0], set()).add(fields[1])
    return Collection("cranfield", documents, queries, relevant)


def _sections(text: str) -> dict[str, str]:
    """Title and body of each `.I` entry."""
    found = {}
    for entry in re.split(r"^\.I ", text, flags=re.MULTILINE)[1:]:
        number, _, rest = entry.partition("\n")
        parts = re.split(r"^\.([TABW])\s*$", rest, flags=re.MULTILINE)
        fields = dict(zip(parts[1::2], parts[2::2], strict=False))
        body = f"{fields.get('T', '').strip()}\n\n{fields.get('W', '').strip()}".strip()
        if body:
            found[number.strip()] = body
    return found


def _beir(folder: Path) -> Collection:
    documents, queries = {}, {}
    for line in (folder / "corpus.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        documents[str(row["_id"])] = f"{row.get('title', '')}\n\n{row['text']}".strip()
    for line in (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        queries[str(row["_id"])] = row["text"]
    relevant: dict[str, set[str]] = {}
    for line in (folder / "qrels" / "test.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        query, document, grade = line.split("\t")
        if int(grade) > 0 and query in queries and document in documents:
            relevant.setdefault(query, set()).add(document)
    return Collection(folder.name, documents, queries, relevant)
