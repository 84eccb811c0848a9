"""What becomes of every raw row: used, superseded, deleted or rejected."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from .contract import TABLES, Column, Table
from .parsing import (
    is_null,
    parse_boolean,
    parse_date,
    parse_integer,
    parse_numeric,
    parse_timestamp,
)

RawRow = Mapping[str, str | None]
Raw = Mapping[str, Sequence[RawRow]]
Row = dict[str, Any]


@dataclass
class Accounts:
    """All raw rows accounted for; `used` holds typed rows, defaults filled in."""

    used: dict[str, list[Row]] = field(default_factory=dict)
    rejected: list[Row] = field(default_factory=list)
    reconciliation: list[Row] = field(default_factory=list)


_PARSERS: dict[str, Callable[[str], Any]] = {
    "text": str,
    "integer": parse_integer,
    "numeric": parse_numeric,
    "numeric(18,8)": partial(parse_numeric, places=8),
    "boolean": parse_boolean,
    "date": parse_date,
    "timestamp": parse_timestamp,
}


def _read(column: Column, text: str) -> Any:
    return _PARSERS[column.type](text)


def _given(row: RawRow, columns: Mapping[str, Column]) -> dict[str, str]:
    """The row's texts that are not null, of the columns that the contract knows."""
    texts = {name: row.get(name) for name in columns}
    return {name: text for name, text in texts.items() if text is not None and not is_null(text)}


def _moment(texts: Mapping[str, str], column: str) -> datetime:
    """A time to order versions by: null and unreadable are as old as can be."""
    return parse_timestamp(texts.get(column, "")) or datetime.min


def _column_fault(
    table: str,
    name: str,
    texts: Mapping[str, str],
    referenced_keys: Mapping[str, set[str]],
    currencies: set[str],
) -> str | None:
    """The first thing wrong with one column of a row."""
    column = TABLES[table].columns[name]
    if name not in texts:
        return "missing_required" if column.required else None
    value = _read(column, texts[name])
    if value is None:
        return "bad_type"
    low, high = column.low, column.high
    if column.range_by:
        low, high = column.ranges.get(texts.get(column.range_by, ""), (None, None))
    faults = {
        "not_allowed": column.values and value not in column.values,
        "out_of_range": (low is not None and value < low) or (high is not None and value > high),
        "unknown_reference": column.references
        and column.references in referenced_keys
        and value not in referenced_keys[column.references],
        "missing_exchange_rate": column.needs_rate and value not in currencies,
    }
    return next((reason for reason, is_so in faults.items() if is_so), None)


def _is_inconsistent(table: str, texts: Mapping[str, str], values: Row) -> bool:
    """Two readable values of the row contradict each other."""
    for greater, smaller, may_be_equal in TABLES[table].ordered:
        high, low = values[greater], values[smaller]
        if None not in (high, low) and (high < low or (high == low and not may_be_equal)):
            return True
    if table == "survey_responses":
        answer = [name for name in ("score", "responded_at") if name in texts]
        return len(answer) == 1 and values[answer[0]] is not None
    return False


def _latest(table: Table, versions: list[dict[str, str]]) -> dict[str, str]:
    def age(texts: dict[str, str]) -> tuple[datetime, datetime]:
        updated = _moment(texts, "updated_at") if table.is_mutable else datetime.min
        return updated, _moment(texts, "loaded_at")

    return max(versions, key=age)


def _merged(rejections: list[Row]) -> list[Row]:
    """Rejections that coincide on the grain become one row."""
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rejections:
        grain = (row["table_name"], row["row_key"], row["reason"], row["column_name"])
        groups[grain].append(row)
    merged = []
    for rows in groups.values():
        bad_values = [row["bad_value"] for row in rows if row["bad_value"] is not None]
        loaded = [row["loaded_at"] for row in rows if row["loaded_at"] is not None]
        merged.append(
            rows[0]
            | {
                "bad_value": min(bad_values, default=None),
                "loaded_at": max(loaded, default=None),
                "raw_rows": len(rows),
            }
        )
    return merged


def account(raw: Raw, reporting_currency: str) -> Accounts:
    """Decide for every raw row what becomes of it."""
    accounts = Accounts()
    rejections: list[Row] = []
    referenced_keys: dict[str, set[str]] = {}
    currencies = {reporting_currency}
    # The rates come first because other tables are checked against them.
    for name in ["exchange_rates", *(name for name in TABLES if name != "exchange_rates")]:
        table = TABLES[name]
        entities: dict[object, list[dict[str, str]]] = defaultdict(list)
        for number, row in enumerate(raw.get(name, [])):
            texts = _given(row, table.columns)
            has_key = all(part in texts for part in table.key)
            # A row without a key is an entity of its own.
            entities["|".join(texts[part] for part in table.key) if has_key else number].append(
                texts
            )
        used: list[Row] = []
        deleted = rejected = 0
        for key, versions in entities.items():
            texts = _latest(table, versions)
            if parse_boolean(texts.get("is_deleted", "")) and table.is_mutable:
                deleted += 1
                continue
            values = {
                column: _read(spec, texts[column]) if column in texts else None
                for column, spec in table.columns.items()
            }
            faults = [
                (fault, column, texts.get(column))
                for column in table.columns
                if (fault := _column_fault(name, column, texts, referenced_keys, currencies))
            ]
            if _is_inconsistent(name, texts, values):
                faults.append(("inconsistent", "", None))
            if faults:
                rejected += 1
            else:
                defaults = {
                    column: reporting_currency
                    if spec.default == "reporting_currency"
                    else spec.default
                    for column, spec in table.columns.items()
                    if values[column] is None
                }
                used.append(values | defaults)
            rejections += [
                {
                    "table_name": name,
                    "row_key": key if isinstance(key, str) else "",
                    "reason": reason,
                    "column_name": column,
                    "bad_value": bad_value,
                    "loaded_at": values["loaded_at"],
                }
                for reason, column, bad_value in faults
            ]
        accounts.used[name] = used
        if name in raw and len(table.key) == 1:
            referenced_keys[name] = {row[table.key[0]] for row in used}
        if name == "exchange_rates":
            currencies |= {row["currency_code"] for row in used}
        accounts.reconciliation.append(
            {
                "table_name": name,
                "is_present": name in raw,
                "raw_rows": len(raw.get(name, [])),
                "used_rows": len(used),
                "superseded_rows": len(raw.get(name, [])) - len(entities),
                "deleted_rows": deleted,
                "rejected_rows": rejected,
            }
        )
    accounts.rejected = _merged(rejections)
    return accounts
