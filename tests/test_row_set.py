"""The set of rows that are taken answers as a plain set of their keys does."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from eutectic.tools.local_search import RowSet, allowed, row_keys

ROWS = st.integers(1, 4).flatmap(
    lambda width: st.tuples(
        *(
            st.lists(st.lists(st.integers(-300, 300) | st.just(0), min_size=width, max_size=width), max_size=30).map(
                lambda rows, width=width: np.array(rows, dtype=np.int64).reshape(-1, width)
            )
            for _ in range(2)
        )
    )
)


@given(ROWS)
def test_the_same_rows_are_allowed_as_by_a_plain_set(drawn: tuple[np.ndarray, np.ndarray]) -> None:
    kept, asked = drawn
    plain, packed = set(row_keys(kept)), RowSet(kept)
    np.testing.assert_array_equal(allowed(asked, packed), allowed(asked, plain))
    assert [key in packed for key in row_keys(asked)] == [key in plain for key in row_keys(asked)]
    assert set(packed) == plain
    assert packed | set(row_keys(asked)) == plain | set(row_keys(asked))
