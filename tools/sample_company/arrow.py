"""Arrow tables of the raw contract, made from the arrays of the simulation."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.compute as pc  # type: ignore[import-untyped]

from tools.contract import raw_tables
from tools.sample_company.clock import DAY, UTC_OFFSET, Bools, Floats, Ints

SCHEMA: Final = {
    table.name: {column.name: column.type for column in table.columns} for table in raw_tables()
}
"""Type in the raw contract of each column of each raw table; the first column begins the key."""
ARROW_TYPES: Final = {
    "text": pa.string(),
    "integer": pa.int32(),
    "numeric": pa.decimal128(18, 4),
    "numeric(14,4)": pa.decimal128(14, 4),
    "numeric(18,8)": pa.decimal128(18, 8),
    "numeric(23,12)": pa.decimal128(23, 12),
    "numeric(24,12)": pa.decimal128(24, 12),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
}

Frame = Mapping[str, Any]
"""Columns of one table by name: numpy arrays (moments as floats) or Arrow text arrays."""


class Log:
    """Rows that come in batches, kept by column until they are all there."""

    def __init__(self, *columns: str) -> None:
        """Start an empty log of these columns."""
        self._parts: dict[str, list[Floats]] = {column: [] for column in columns}

    def add(self, size: int, **columns: Floats | Ints | Bools | float) -> None:
        """Append `size` rows; single values stand for all of them, absent columns are nan."""
        for name, parts in self._parts.items():
            value = np.asarray(columns.get(name, np.nan), dtype=np.float64)
            parts.append(np.broadcast_to(value, (size,)))

    def arrays(self) -> dict[str, Floats]:
        """Return all rows added so far, by column."""
        return {name: np.concatenate([np.empty(0), *parts]) for name, parts in self._parts.items()}


def ids(prefix: str, numbers: Ints | Floats, width: int = 5, suffix: str = "") -> Any:
    """Return text ids such as `c0001`; nan and negative numbers give nulls."""
    missing = np.isnan(numbers) | (np.asarray(numbers) < 0)
    whole = pa.array(np.where(missing, 0, numbers).astype(np.int64), mask=missing)
    digits = pc.utf8_lpad(whole.cast(pa.string()), width, "0")
    return pc.binary_join_element_wise(prefix, digits, suffix, "")


def customer_ids(numbers: Ints | Floats) -> Any:
    """Return the ids of customers."""
    return ids("c", numbers, 4)


def user_ids(customers: Ints | Floats, users: Ints | Floats) -> Any:
    """Return ids of the users of customers; nan in `users` gives nulls."""
    return pc.binary_join_element_wise(ids("u", customers, 1), ids("", users, 1), "-")


def labels(codes: Ints | Floats, values: Sequence[str | None]) -> Any:
    """Return the text at each position of `values`; nan and negative codes give nulls."""
    missing = np.isnan(codes) | (np.asarray(codes) < 0)
    indices = pa.array(np.where(missing, 0, codes).astype(np.int32), mask=missing)
    return pa.DictionaryArray.from_arrays(
        indices, pa.array(values, pa.string())
    ).dictionary_decode()


def to_table(name: str, frame: Frame) -> Any:
    """Return a frame as an Arrow table with the columns and types of the raw table `name`.

    Args:
        name: one of the raw tables.
        frame: its columns; absent ones become null.

    Raises:
        KeyError: if the frame has a column that the raw table does not have.
    """
    types = SCHEMA[name]
    if unknown := set(frame) - set(types):
        raise KeyError(f"{name} has no {sorted(unknown)}")
    size = len(next(iter(frame.values())))
    return pa.table(
        {
            column: _convert(frame[column], kind)
            if column in frame
            else pa.nulls(size, ARROW_TYPES[kind])
            for column, kind in types.items()
        }
    )


def _convert(values: Any, kind: str) -> Any:
    if not isinstance(values, np.ndarray):
        return values.cast(ARROW_TYPES[kind])
    if kind == "boolean":
        return pa.array(values.astype(np.bool_))
    missing = np.isnan(values)
    filled = np.where(missing, 0, values)
    if kind == "timestamp":
        return pa.array(((filled - UTC_OFFSET) * 1e6).astype(np.int64), mask=missing).cast(
            ARROW_TYPES[kind]
        )
    if kind == "date":
        return pa.array((filled // DAY).astype(np.int32), mask=missing).cast(ARROW_TYPES[kind])
    if kind == "integer":
        return pa.array(filled.astype(np.int32), mask=missing)
    numbers = pa.array(filled, mask=missing)
    if pa.types.is_decimal(ARROW_TYPES[kind]) and ARROW_TYPES[kind].scale > 8:
        # the company's prices have at most 4 decimals; what a double has beyond them is noise
        numbers = numbers.cast(pa.decimal128(18, 4))
    return numbers.cast(ARROW_TYPES[kind])


def to_text(table: Any) -> Any:
    """Return a typed table as text, in the raw contract's plain notation.

    A timestamp at midnight UTC is written as its date alone, a number without trailing zeros.
    """
    columns = {}
    for field in table.schema:
        column = table[field.name]
        if pa.types.is_timestamp(field.type):
            column = column.cast(pa.timestamp("s")).cast(pa.string())
            column = pc.replace_substring_regex(column, " 00:00:00$", "")
        elif pa.types.is_decimal(field.type):
            if field.type.scale > 8:  # Arrow writes their 0 as 0E-12
                column = column.cast(pa.decimal128(18, 4))
            column = pc.replace_substring_regex(column.cast(pa.string()), r"(\.\d*?)0+$", r"\1")
            column = pc.replace_substring_regex(column, r"\.$", "")
        columns[field.name] = column.cast(pa.string())
    return pa.table(columns)
