"""Find every difference between two sets of rows."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

AnyRow = Mapping[str, Any]


def _is_same(expected: Any, actual: Any) -> bool:
    if expected is None or actual is None:
        return expected is actual
    if isinstance(expected, bool) or isinstance(actual, bool):
        return expected is actual
    if isinstance(expected, float):
        return isinstance(actual, int | float) and math.isclose(
            expected, actual, rel_tol=1e-9, abs_tol=1e-12
        )
    return bool(expected == actual)


def _by_key(
    table: str,
    whose: str,
    key_columns: Sequence[str],
    rows: Sequence[AnyRow],
    differences: list[str],
) -> dict[tuple[Any, ...], AnyRow]:
    found: dict[tuple[Any, ...], AnyRow] = {}
    for row in rows:
        key = tuple(row[column] for column in key_columns)
        if key in found:
            differences.append(f"{table} {_named(key_columns, key)}: twice in the {whose} rows")
        found[key] = row
    return found


def _named(key_columns: Sequence[str], key: tuple[Any, ...]) -> str:
    return ", ".join(f"{name}={part}" for name, part in zip(key_columns, key, strict=True))


def compare(
    table: str,
    key_columns: Sequence[str],
    expected_rows: Sequence[AnyRow],
    actual_rows: Sequence[AnyRow],
) -> list[str]:
    """Find all differences; doubles may differ by 1e-9 of their value, the rest not at all.

    Args:
        table: What the rows are of.
        key_columns: The columns that identify a row.
        expected_rows: The rows that there should be.
        actual_rows: The rows that there are.

    Returns:
        A line for each column that only one of the two has, each row that only one of the two
        has, each row that is there twice, and each value that differs.
    """
    differences: list[str] = []
    expected = _by_key(table, "expected", key_columns, expected_rows, differences)
    actual = _by_key(table, "actual", key_columns, actual_rows, differences)
    for key, row in expected.items():
        name = f"{table} {_named(key_columns, key)}"
        if key not in actual:
            differences.append(f"{name}: missing")
            continue
        found = actual[key]
        for column in sorted(row.keys() ^ found.keys()):
            whose = "expected" if column in row else "actual"
            if (line := f"{table}: only {whose} rows have a column {column}") not in differences:
                differences.append(line)
        for column, value in row.items():
            if column in found and not _is_same(value, found[column]):
                differences.append(f"{name}: {column} is {found[column]!r}, expected {value!r}")
    differences += [
        f"{table} {_named(key_columns, key)}: extra" for key in actual if key not in expected
    ]
    return differences
