"""Labels of samples: short names for a vessel with a check letter that catches misreadings."""

from __future__ import annotations

import re

from eutectic.core.errors import BadInput
from eutectic.core.record import sha256

_LETTERS = "ABCDFGHJKLMNPQRSTUVWXYZ"
"""Without E (a number in a spreadsheet), I and O; 23 is prime, so one wrong or two swapped characters show."""
_ALPHABET = "0123456789" + "ABCDEFGHIJKLMNOPQRSTUVWXYZ-"
_TRIAL = re.compile(r"r(\d{1,6})-s(\d{1,3})")
_LABEL = re.compile(r"[A-Z][2-9]-\d{2,}(?:S\d+|\d{2})-[A-Z]")


def sample_label(campaign: str, trial: str) -> str:
    """The label of a trial's sample, such as `K7-0302-Q` for slot 2 of round 3.

    Raises:
        BadInput: the trial's id is not of the form `r03-s02`.
    """
    match = _TRIAL.fullmatch(trial)
    if match is None:
        raise BadInput(f"{trial!r} is not a trial id", mend="write it as 'r03-s02'")
    digest = int(sha256(campaign.encode())[:8], 16)
    prefix = _LETTERS[digest % len(_LETTERS)] + str(2 + digest // len(_LETTERS) % 8)
    round_number, slot = int(match[1]), int(match[2])
    number = f"{round_number:02d}{slot:02d}" if slot < 100 else f"{round_number:02d}S{slot}"
    body = f"{prefix}-{number}"
    return f"{body}-{_check_letter(body)}"


def is_label(text: str) -> bool:
    """Whether a text is a label whose check letter fits."""
    return _LABEL.fullmatch(text) is not None and _check_letter(text[:-2]) == text[-1]


def _check_letter(body: str) -> str:
    total = sum((place + 1) * _ALPHABET.index(letter) for place, letter in enumerate(body))
    return _LETTERS[total % len(_LETTERS)]
