"""The raw contract, models/staging/_raw__sources.yml, as Python reads it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import yaml

from tools.project import ROOT

CONTRACT: Final = ROOT / "models" / "staging" / "_raw__sources.yml"
# Columns that hold the first day after an end, where no column of the contract says so itself.
ENDS: Final = ("valid_to", "term_end")
SEPARATORS: Final = re.compile(r"[\s\-./()\[\]{}]+")


@dataclass(frozen=True)
class Column:
    """A raw column.

    Attributes:
        name: Its name.
        type: Its type, as the head of the contract lists them.
        description: What it holds.
        meta: Its checks by name, such as `required`.
    """

    name: str
    type: str
    description: str
    meta: dict[str, Any]


@dataclass(frozen=True)
class Table:
    """A raw table.

    Attributes:
        name: Its name.
        description: What it holds.
        key: Names of the columns of its primary key.
        columns: Its columns, in order.
        flags: What its rows can be flagged for, beside references that meet nothing.
        keeps_deleted: Whether rows that the source deleted stay as history.
        label_ja: Its Japanese name.
    """

    name: str
    description: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    flags: tuple[str, ...] = ()
    keeps_deleted: bool = False
    label_ja: str | None = None


@cache
def raw_tables() -> tuple[Table, ...]:
    """Read the raw contract.

    Returns:
        Its tables, in order.
    """
    (source,) = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))["sources"]
    return tuple(
        Table(
            name=table["name"],
            description=table["description"],
            key=tuple(table["config"]["meta"]["key"]),
            columns=tuple(
                Column(
                    name=column["name"],
                    type=column["data_type"],
                    description=column["description"],
                    meta=column.get("config", {}).get("meta", {}),
                )
                for column in table["columns"]
            ),
            flags=tuple(table["config"]["meta"].get("flags", ())),
            keeps_deleted=table["config"]["meta"].get("keeps_deleted", False),
            label_ja=table["config"]["meta"].get("label_ja"),
        )
        for table in source["tables"]
    )


def normalized(name: str) -> str:
    """A name without what people write differently: width, case, spaces and punctuation."""
    plain = unicodedata.normalize("NFKC", name).strip().lower()
    return SEPARATORS.sub("_", plain).strip("_")


def table_named(name: str) -> Table | None:
    """The raw table that a file or sheet means by its name, English or Japanese; None for none."""
    return _tables_by_name().get(normalized(name))


def column_named(table: Table, header: str) -> Column | None:
    """The column of a table that a header means, English or Japanese; None for none."""
    return _columns_by_name(table.name).get(normalized(header))


def end_columns(table: Table) -> frozenset[str]:
    """Columns of a table that hold the first day after an end, by their meta `end: exclusive`."""
    said = {
        (found.name, column.name)
        for found in raw_tables()
        for column in found.columns
        if column.meta.get("end") == "exclusive"
    }
    return frozenset(
        column.name
        for column in table.columns
        if (table.name, column.name) in said or (not said and column.name in ENDS)
    )


@cache
def _tables_by_name() -> dict[str, Table]:
    """Tables by every name that means them."""
    labels = {normalized(table.label_ja): table for table in raw_tables() if table.label_ja}
    return labels | {normalized(table.name): table for table in raw_tables()}


@cache
def _columns_by_name(table: str) -> dict[str, Column]:
    """Columns of a table by every name that means them."""
    (columns,) = (found.columns for found in raw_tables() if found.name == table)
    labels = {
        normalized(label): column for column in columns if (label := column.meta.get("label_ja"))
    }
    return labels | {normalized(column.name): column for column in columns}
