"""What becomes of every raw row: used, superseded, deleted or rejected."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .contract import PRODUCTS, TABLES, Column, Table
from .parsing import (
    half_width,
    is_null,
    is_null_word,
    key_text,
    listed,
    parse_boolean,
    parse_date,
    parse_integer,
    parse_numeric,
    parse_timestamp,
)
from .policy import Policy

RawRow = Mapping[str, str | None]
Raw = Mapping[str, Sequence[RawRow]]
Row = dict[str, Any]


@dataclass
class Accounts:
    """All raw rows accounted for; `used` holds typed rows, defaults filled in."""

    used: dict[str, list[Row]] = field(default_factory=dict)
    rejected: list[Row] = field(default_factory=list)
    flagged: list[Row] = field(default_factory=list)
    reconciliation: list[Row] = field(default_factory=list)


def _read(table: str, column: Column, text: str, policy: Policy) -> Any:
    """A landed text as a value; None where it is none."""
    zone = policy.reporting_timezone
    if column.type.startswith("numeric"):
        return parse_numeric(text, column.places, column.digits, is_share=column.is_share)
    if column.type == "date":
        return parse_date(text, zone)
    if column.type == "timestamp":
        return parse_timestamp(text, zone, policy.source_timezone_of(table))
    if column.type == "text":
        return _code(column, text)
    return {"integer": parse_integer, "boolean": parse_boolean}[column.type](text)


def _code(column: Column, text: str) -> str:
    """A text as it is; one of the allowed values and a code in capitals in any case."""
    word = half_width(text).lower()
    if word in column.values:
        return word
    if word in column.synonyms:
        return column.synonyms[word]
    return half_width(text).upper() if column.is_upper else text


def _given(row: RawRow, columns: Mapping[str, Column]) -> dict[str, str]:
    """The row's texts that are not null, of the columns that the contract knows."""
    texts = {name: row.get(name) for name in columns}
    return {
        name: text
        for name, text in texts.items()
        if text is not None
        and not is_null(text)
        and not (columns[name].type != "text" and is_null_word(text))
    }


@dataclass(frozen=True)
class _Known:
    """What the rows of a table are checked against."""

    keys: dict[str, set[str]] = field(default_factory=dict)
    currencies: set[str] = field(default_factory=set)

    def misses(self, column: Column, value: Any) -> bool:
        """Whether the value refers to a row of a landed table that is not there."""
        keys = self.keys.get(column.references or "")
        if keys is None or value in keys:
            return False
        parts = listed(value) if column.may_list and re.search("[;,]", value) else []
        return not parts or any(part not in keys for part in parts)


def _column_fault(
    table: str, name: str, texts: Mapping[str, str], known: _Known, policy: Policy
) -> str | None:
    """The first thing wrong with one column of a row."""
    column = TABLES[table].columns[name]
    if name not in texts:
        return "missing_required" if column.required else None
    value = _read(table, column, texts[name], policy)
    if value is None:
        return "bad_type"
    low, high = column.low, column.high
    if column.range_by:
        of = TABLES[table].columns[column.range_by]
        low, high = column.ranges.get(_code(of, texts.get(column.range_by, "")), (None, None))
    faults = {
        "not_allowed": column.values and value not in column.values,
        "out_of_range": (low is not None and value < low)
        or (high is not None and value > high)
        or (column.above is not None and value <= column.above),
        "unknown_reference": not column.may_dangle and known.misses(column, value),
        "missing_exchange_rate": column.needs_rate and value not in known.currencies,
    }
    return next((reason for reason, is_so in faults.items() if is_so), None)


def _flagged(table: str, row_key: str, values: Row, known: _Known) -> Iterator[Row]:
    """What is worth a look about a row that is used."""
    common = {"table_name": table, "row_key": row_key, "loaded_at": values["loaded_at"]}
    for name, column in TABLES[table].columns.items():
        value = values[name]
        if column.may_dangle and value is not None and known.misses(column, value):
            found = {"reason": "unknown_reference", "column_name": name, "flagged_value": value}
            yield common | found
    if table == "customers" and values["is_deleted"] and values["updated_at"] is None:
        yield common | {"reason": "undated_deletion", "column_name": "", "flagged_value": None}


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


def _is_too_much(table: str, values: Row) -> bool:
    """The product of two columns is beyond its limit."""
    if table not in PRODUCTS:
        return False
    one, other, limit = PRODUCTS[table]
    factors = (values[one], values[other])
    return None not in factors and factors[0] * factors[1] >= limit


def _latest(name: str, versions: list[dict[str, str]], policy: Policy) -> dict[str, str]:
    columns = TABLES[name].columns

    def moment(texts: Mapping[str, str], column: str) -> datetime:
        # to order versions by: null and unreadable are as old as can be
        read = (
            _read(name, columns[column], texts.get(column, ""), policy)
            if column in columns
            else None
        )
        return read or datetime.min

    def age(texts: dict[str, str]) -> tuple[datetime, datetime]:
        return moment(texts, "updated_at"), moment(texts, "loaded_at")

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


def _without_decimals(texts: Iterable[str]) -> bool:
    """Whether all of them are whole numbers with .0, as programs write them."""
    return all(re.fullmatch(r"[0-9]+\.0", text) for text in texts)


def _referenced(text: str, keys: set[str] | None) -> str:
    """A reference with .0 means the whole number, unless there is such a key."""
    whole = text.removesuffix(".0")
    is_meant = keys is not None and text not in keys and whole in keys and whole.isdecimal()
    return whole if is_meant else text


def _normalised(name: str, rows: list[dict[str, str]]) -> None:
    """Ids lose a .0 that every one of them has."""
    (key, *others) = TABLES[name].key
    landed = [texts[key] for texts in rows if key in texts]
    if not others and _without_decimals(landed):
        for texts in rows:
            if key in texts:
                texts[key] = texts[key].removesuffix(".0")


def _faults(
    table: str, texts: dict[str, str], values: Row, known: _Known, policy: Policy
) -> list[tuple[str, str, str | None]]:
    """What is wrong with a row: reason, column (empty for the row as a whole) and text."""
    faults: list[tuple[str, str, str | None]] = [
        (fault, column, texts.get(column))
        for column in TABLES[table].columns
        if (fault := _column_fault(table, column, texts, known, policy))
    ]
    if _is_inconsistent(table, texts, values):
        faults.append(("inconsistent", "", None))
    elif _is_too_much(table, values):
        faults.append(("out_of_range", "", None))
    return faults


def account(raw: Raw, policy: Policy) -> Accounts:
    """Decide for every raw row what becomes of it."""
    accounts = Accounts()
    rejections: list[Row] = []
    known = _Known(currencies={policy.reporting_currency})
    # The rates come first because other tables are checked against them.
    for name in ["exchange_rates", *(name for name in TABLES if name != "exchange_rates")]:
        table = TABLES[name]
        given = [
            _given(row, table.columns) | _own(name, _plainly_named(row), policy)
            for row in raw.get(name, [])
            if not _is_blank(row)
        ]
        _normalised(name, given)
        if name in raw and len(table.key) == 1:
            # of the table itself, whatever becomes of the row
            known.keys[name] = {texts[table.key[0]] for texts in given if table.key[0] in texts}
        entities: dict[object, list[dict[str, str]]] = defaultdict(list)
        for number, texts in enumerate(given):
            for column, spec in table.columns.items():
                if spec.references and column in texts:
                    texts[column] = _referenced(texts[column], known.keys.get(spec.references))
            entities[_key(table, texts) or number].append(texts)
        used: list[Row] = []
        counts = {"used_rows": 0, "deleted_rows": 0, "rejected_rows": 0, "flags": 0}
        for key, versions in entities.items():
            texts = _latest(name, versions, policy)
            row_key = key if isinstance(key, str) else ""
            is_deleted = table.is_mutable and parse_boolean(texts.get("is_deleted", "")) is True
            if is_deleted and not table.keeps_deleted:
                counts["deleted_rows"] += 1
                continue
            values = {
                column: _read(name, spec, texts[column], policy) if column in texts else None
                for column, spec in table.columns.items()
            }
            faults = _faults(name, texts, values, known, policy)
            if faults:
                counts["rejected_rows"] += 1
            else:
                counts["deleted_rows" if is_deleted else "used_rows"] += 1
                used.append(values | _defaults(table, values, policy) | _own(name, texts, policy))
                flagged = list(_flagged(name, row_key, used[-1], known))
                counts["flags"] += len(flagged)
                accounts.flagged += flagged
            rejections += [
                {
                    "table_name": name,
                    "row_key": row_key,
                    "reason": reason,
                    "column_name": column,
                    "bad_value": bad_value,
                    "loaded_at": values["loaded_at"],
                }
                for reason, column, bad_value in faults
            ]
        accounts.used[name] = used
        if name in known.keys:
            known.keys[name] = {row[table.key[0]] for row in used}
        if name == "exchange_rates":
            known.currencies.update(row["currency_code"] for row in used)
        accounts.reconciliation.append(
            {
                "table_name": name,
                "is_present": name in raw,
                "origin": "file" if name in raw else "absent",
                "raw_rows": len(given),
                "superseded_rows": len(given) - len(entities),
                **counts,
            }
        )
    accounts.rejected = _merged(rejections)
    _complete(accounts.used, raw)
    _flag_items_open_twice(accounts)
    return accounts


def _complete(used: dict[str, list[Row]], raw: Raw) -> None:
    """What items say where other tables or columns are not landed."""
    landed = {name.lower() for row in raw.get("subscriptions", []) for name in row}
    if "started_at" not in landed:
        _start_with_first_items(used)
    if "plans" not in raw:
        used["plans"] = _plans_of(used["subscription_items"])


def _plans_of(items: Sequence[Row]) -> list[Row]:
    """Where plans are not landed: those that items name, of a product that nobody knows."""
    plan = dict.fromkeys(TABLES["plans"].columns) | {"product_id": "(none)"}
    plan |= {"is_free": False, "is_deleted": False}
    return [plan | {"plan_id": name} for name in sorted({row["plan_id"] for row in items})]


def _start_with_first_items(used: Mapping[str, Sequence[Row]]) -> None:
    """Where the column is not landed, a subscription starts with its first item."""
    starts: dict[object, datetime] = {}
    for item in used["subscription_items"]:
        name, start = item["subscription_id"], item["valid_from"]
        starts[name] = min(starts.get(name, start), start)
    for row in used["subscriptions"]:
        row["started_at"] = starts.get(row["subscription_id"])


def _flag_items_open_twice(accounts: Accounts) -> None:
    """What takes the rows of two tables to see."""
    twice = list(_open_twice(accounts.used))
    accounts.flagged += twice
    for counts in accounts.reconciliation:
        counts["flags"] += sum(row["table_name"] == counts["table_name"] for row in twice)


def _open_twice(used: Mapping[str, Sequence[Row]]) -> Iterator[Row]:
    """Items without an end beside another one of the same product in the same subscription."""
    products = {plan["plan_id"]: plan["product_id"] for plan in used["plans"]}
    together: dict[object, list[Row]] = defaultdict(list)
    for item in used["subscription_items"]:
        if item["valid_to"] is None and products.get(item["plan_id"], "(none)") != "(none)":
            together[item["subscription_id"], products[item["plan_id"]]].append(item)
    for items in together.values():
        for item in items if len(items) > 1 else ():
            yield {
                "table_name": "subscription_items",
                "row_key": item["subscription_item_id"],
                "reason": "open_twice",
                "column_name": "",
                "flagged_value": None,
                "loaded_at": item["loaded_at"],
            }


def _plainly_named(row: RawRow) -> dict[str, str]:
    """The texts of a row that are not blank, by column in lower case with underscores."""
    texts = {name.lower().replace(" ", "_"): text for name, text in row.items()}
    return {name: text for name, text in texts.items() if text and text.strip()}


def _own(table: str, texts: Mapping[str, str], policy: Policy) -> dict[str, Any]:
    """The columns of customers beyond the contract that a company wants as segments."""
    names = policy.customer_columns if table == "customers" else ()
    return {name: texts.get(name) for name in names}


def _is_blank(row: RawRow) -> bool:
    """A row without any value, as spreadsheets leave them, is none."""
    return all(is_null(text) for text in row.values())


def _key(table: Table, texts: Mapping[str, str]) -> str:
    """The primary key of a row as text; empty where a part is missing: such rows are all others."""
    if not all(part in texts for part in table.key):
        return ""
    return "|".join(
        key_text(texts[part], spec.type, is_upper=spec.is_upper)
        for part, spec in table.columns.items()
        if part in table.key
    )


def _defaults(table: Table, values: Row, policy: Policy) -> Row:
    """What stands for the columns that are null."""
    return {
        column: policy.reporting_currency if spec.default == "reporting_currency" else spec.default
        for column, spec in table.columns.items()
        if values[column] is None
    }
