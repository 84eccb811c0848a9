"""The raw contract, models/staging/_raw__sources.yml, as Python reads it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import yaml

from tools.project import ROOT

CONTRACT: Final = ROOT / "models" / "staging" / "_raw__sources.yml"


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
    """

    name: str
    description: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]


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
        )
        for table in source["tables"]
    )
