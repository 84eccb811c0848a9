"""From the raw contract: docs/raw_contract.md, the page that says what to bring."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from tools.contract import Column, Table, end_columns, raw_tables
from tools.generate.kpis import catalog

WORDS: Final = Path(__file__).with_name("contract_words.yml")


@cache
def words() -> dict[str, Any]:
    """The head of the page, Japanese descriptions and examples, as contract_words.yml has them."""
    found: dict[str, Any] = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    return found


def words_of(table: Table, column: Column) -> dict[str, str]:
    """The example (`example`) of a column and its description in Japanese (`ja`).

    Raises:
        KeyError: contract_words.yml has none.
    """
    columns = words()["columns"]
    found: dict[str, str] = columns.get(f"{table.name}.{column.name}") or columns[column.name]
    return found


def notes(table: Table, column: Column) -> str:
    """What else is to be known of a column, in short: defaults, values, references, ends."""
    meta = column.meta
    said = []
    if column.name in table.key:
        said.append("key")
    if meta.get("references"):
        said.append(f"→ {meta['references']}")
    if "default" in meta:
        default = meta["default"]
        said.append(f"default {str(default).lower() if isinstance(default, bool) else default}")
    if meta.get("values"):
        said.append(" / ".join(meta["values"]))
    if column.name in end_columns(table):
        said.append("exclusive: the first day after")
    if meta.get("pii"):
        said.append("personal")
    if meta.get("listed_in"):
        said.append(f"listed in the config seed {meta['listed_in']['seed']}")
    return "; ".join(said)


def row(table: Table, column: Column) -> str:
    """The line of a column."""
    name = f"**`{column.name}`**" if column.meta.get("required") else f"`{column.name}`"
    texts = words_of(table, column)
    cells = [
        name,
        column.meta.get("label_ja", ""),
        column.type.split("(")[0],
        f"`{texts['example']}`",
        column.description,
        texts["ja"],
        notes(table, column),
    ]
    return f"| {' | '.join(cells)} |\n"


def feeds(table: Table) -> str:
    """Names of the KPIs that need a table, English and Japanese, as two lists in a sentence."""
    if table.name == "customers":
        return "Every KPI. · すべての KPI。"
    needing = [kpi for kpi in catalog() if table.name in kpi["needs"].replace("|", " ").split()]
    if not needing:
        return (
            "No KPI needs it; what it says is used where it is there. · なくてもよい。あれば使う。"
        )
    english = ", ".join(kpi["kpi_name"] for kpi in needing)
    return f"{english}. · {'、'.join(kpi['kpi_name_ja'] for kpi in needing)}。"


def page() -> str:
    """Text of docs/raw_contract.md: the raw tables in the order of the contract."""
    text = str(words()["head"])
    for table in raw_tables():
        text += f"\n## {table.name} · {table.label_ja}\n\n{table.description}\n"
        text += f"{words()['tables'][table.name]}\n\nFeeds: {feeds(table)}\n\n"
        text += "| column | 列 | type | example | | 説明 | notes |\n|---|---|---|---|---|---|---|\n"
        text += "".join(row(table, column) for column in table.columns)
    return text
