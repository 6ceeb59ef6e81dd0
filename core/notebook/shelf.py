"""A shelf: many records by key in little memory, packed, with the ones used last at hand."""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

from eutectic.core.record import Record

T = TypeVar("T", bound=Record)
_AT_HAND = 256
"""Records kept unpacked: a few batches, so that what a round works with is unpacked once."""


class Shelf(Mapping[str, T], Generic[T]):
    """A mapping that keeps each record as compressed JSON: a trial of six components takes a tenth of its objects.

    A record that is taken out is equal to the one that was put in. Going over all of them unpacks one at a time.
    """

    def __init__(self, kind: type[T]) -> None:
        self._kind = kind
        self._packed: dict[str, bytes] = {}
        self._at_hand: OrderedDict[str, T] = OrderedDict()

    def put(self, key: str, record: T) -> None:
        """Keep a record; one under the same key gives way and its place is kept."""
        self._packed[key] = zlib.compress(record.model_dump_json().encode(), 1)
        self._hold(key, record)

    def _hold(self, key: str, record: T) -> None:
        self._at_hand[key] = record
        self._at_hand.move_to_end(key)
        if len(self._at_hand) > _AT_HAND:
            self._at_hand.popitem(last=False)

    def __getitem__(self, key: str) -> T:
        found = self._at_hand.get(key)
        if found is None:
            found = self._unpacked(self._packed[key])
            self._hold(key, found)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._packed)

    def __len__(self) -> int:
        return len(self._packed)

    def __contains__(self, key: object) -> bool:
        return key in self._packed

    def each(self) -> Iterator[T]:
        """Every record in the order it came, unpacked one at a time and not kept at hand."""
        for key, packed in self._packed.items():
            found = self._at_hand.get(key)
            yield self._unpacked(packed) if found is None else found

    def _unpacked(self, packed: bytes) -> T:
        return self._kind.model_validate_json(zlib.decompress(packed))
