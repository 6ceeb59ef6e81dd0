"""A shelf: many records by key in little memory, packed, the older ones on disk, the ones used last at hand."""

from __future__ import annotations

import os
import tempfile
import zlib
from array import array
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar
from weakref import finalize

from eutectic.core.record import Record

T = TypeVar("T", bound=Record)
_AT_HAND = 256
"""Records kept unpacked: a few batches, so that what a round works with is unpacked once."""
_IN_MEMORY = 1_000
"""Records kept packed in memory before the rest goes to disk: a usual campaign opens no file."""
_CAN_SPILL = hasattr(os, "pread")
"""Reading at a place without moving a shared one, for threads; Windows lacks it and keeps all in memory."""


class Shelf(Mapping[str, T], Generic[T]):
    """A mapping that keeps each record as compressed JSON: a trial of six components takes a tenth of its objects.

    A record that is taken out is equal to the one that was put in. Going over all of them unpacks one at a time. From
    the thousandth on they lie in a file without a name, which goes with the shelf: it is a cache of the notebook.
    """

    def __init__(self, kind: type[T]) -> None:
        self._kind = kind
        self._place: dict[str, int] = {}
        self._packed: list[bytes] = []
        self._begins, self._sizes = array("Q"), array("L")
        self._file: int | None = None
        self._end = 0
        self._at_hand: OrderedDict[str, T] = OrderedDict()

    def put(self, key: str, record: T) -> None:
        """Keep a record; one under the same key gives way and its place is kept."""
        packed = zlib.compress(record.model_dump_json().encode(), 1)
        place = self._place.setdefault(key, len(self._place))
        if place < len(self._packed):
            self._packed[place] = packed
        elif place < _IN_MEMORY or not _CAN_SPILL:
            self._packed.append(packed)
        else:
            self._spill(place - len(self._packed), packed)
        self._hold(key, record)

    def _spill(self, number: int, packed: bytes) -> None:
        """Write a record behind the others; one that replaces another leaves a gap."""
        if self._file is None:
            self._file, path = tempfile.mkstemp(prefix="eutectic-shelf-")
            os.unlink(path)  # noqa: PTH108
            finalize(self, os.close, self._file)
        if number == len(self._begins):
            self._begins.append(0)
            self._sizes.append(0)
        os.pwrite(self._file, packed, self._end)
        self._begins[number], self._sizes[number] = self._end, len(packed)
        self._end += len(packed)

    def _hold(self, key: str, record: T) -> None:
        self._at_hand[key] = record
        self._at_hand.move_to_end(key)
        if len(self._at_hand) > _AT_HAND:
            self._at_hand.popitem(last=False)

    def __getitem__(self, key: str) -> T:
        found = self._at_hand.get(key)
        if found is None:
            found = self._unpacked(self._place[key])
            self._hold(key, found)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._place)

    def __len__(self) -> int:
        return len(self._place)

    def __contains__(self, key: object) -> bool:
        return key in self._place

    def place(self, key: str) -> int:
        """How many records came before this one."""
        return self._place[key]

    def each(self) -> Iterator[T]:
        """Every record in the order it came, unpacked one at a time and not kept at hand."""
        for key, place in self._place.items():
            found = self._at_hand.get(key)
            yield self._unpacked(place) if found is None else found

    def _unpacked(self, place: int) -> T:
        return self._kind.model_validate_json(zlib.decompress(self._bytes(place)))

    def _bytes(self, place: int) -> bytes:
        if place < len(self._packed) or self._file is None:
            return self._packed[place]
        number = place - len(self._packed)
        return os.pread(self._file, self._sizes[number], self._begins[number])
