"""Compare the marts of two warehouses: rows by key, columns by value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

EXAMPLES = 3


@dataclass(frozen=True)
class Example:
    """A value that changed: the row's key and both values, as text."""

    key: str
    before: str
    after: str


@dataclass
class Comparison:
    """What changed in one mart.

    Attributes:
        mart: Its name.
        rows_before, rows_after: How many rows it has; None where there is no such mart.
        added, removed: Rows whose key is new, or gone.
        changed: Rows of both with some column that differs.
        columns: By column, in how many rows of both it differs.
        examples: By column, the first few differences in the order of the key.
        new_columns, lost_columns: Columns that only one of the two has.
    """

    mart: str
    rows_before: int | None = None
    rows_after: int | None = None
    added: int = 0
    removed: int = 0
    changed: int = 0
    columns: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[Example]] = field(default_factory=dict)
    new_columns: list[str] = field(default_factory=list)
    lost_columns: list[str] = field(default_factory=list)

    @property
    def is_same(self) -> bool:
        """Whether nothing changed at all."""
        return (
            self.rows_before is not None
            and self.rows_after is not None
            and not (self.added or self.removed or self.changed)
            and not (self.new_columns or self.lost_columns)
        )


def mart_keys(manifest: Mapping[str, Any]) -> dict[str, list[str]]:
    """By mart the columns of its key, which are those of its test unique_key."""
    keys = {}
    for node in manifest["nodes"].values():
        if (
            node["resource_type"] == "test"
            and node.get("test_metadata", {}).get("name") == "unique_key"
        ):
            model = manifest["nodes"].get(node["attached_node"])
            if model and model["resource_type"] == "model" and model["access"] == "public":
                keys[model["name"]] = node["test_metadata"]["kwargs"]["columns"]
    return keys


def compare_marts(
    before: Path,
    manifest_before: Mapping[str, Any],
    after: Path,
    manifest_after: Mapping[str, Any],
) -> Sequence[Comparison]:
    """Compare all marts of two states.

    Args:
        before: The warehouse of the base.
        manifest_before: dbt's manifest of it.
        after: The warehouse of the current state.
        manifest_after: dbt's manifest of that.

    Returns:
        A comparison per mart of either state, by name.
    """
    keys_before, keys_after = mart_keys(manifest_before), mart_keys(manifest_after)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{before}' as base (read_only)")
        connection.execute(f"attach '{after}' as head (read_only)")
        return [
            compare_mart(
                connection,
                mart,
                keys_after.get(mart) or keys_before[mart],
                (mart in keys_before, mart in keys_after),
            )
            for mart in sorted({*keys_before, *keys_after})
        ]


def compare_mart(
    connection: duckdb.DuckDBPyConnection, mart: str, key: Sequence[str], is_in: tuple[bool, bool]
) -> Comparison:
    """Compare one mart of the attached databases base and head.

    Args:
        connection: Where both are attached.
        mart: Name of the mart.
        key: Columns of its key.
        is_in: Whether base has it, and whether head has it.

    Returns:
        The comparison.
    """
    found = Comparison(mart)
    columns: dict[str, list[str]] = {"base": [], "head": []}
    for database, there in zip(columns, is_in, strict=True):
        if there:
            described = connection.execute(f"describe {database}.main.{mart}").fetchall()
            columns[database] = [row[0] for row in described]
            (rows,) = connection.execute(
                f"select count(*) from {database}.main.{mart}"
            ).fetchone() or (0,)
            if database == "base":
                found.rows_before = rows
            else:
                found.rows_after = rows
    if not all(is_in):
        return found
    found.new_columns = [name for name in columns["head"] if name not in columns["base"]]
    found.lost_columns = [name for name in columns["base"] if name not in columns["head"]]
    if not set(key) <= set(columns["base"]) & set(columns["head"]):
        # another key makes other rows: none can be told to be the same
        found.added, found.removed = found.rows_after or 0, found.rows_before or 0
        return found

    matched = " and ".join(f"b.{name} is not distinct from h.{name}" for name in key)
    values = [name for name in columns["head"] if name in columns["base"] and name not in key]
    differs = {name: f"b.{name} is distinct from h.{name}" for name in values}
    anything = " or ".join(differs.values()) or "false"
    connection.execute(f"""
        create or replace temp table pairs as
        select
            b.is_there is null as is_added,
            h.is_there is null as is_removed,
            b.is_there and h.is_there as is_both,
            b as b,
            h as h
        from (select *, true as is_there from base.main.{mart}) as b
        full join (select *, true as is_there from head.main.{mart}) as h on {matched}
    """)
    counts = [f"count(*) filter (is_both and ({test}))" for test in (anything, *differs.values())]
    counted = connection.execute(f"""
        select count(*) filter (is_added), count(*) filter (is_removed), {", ".join(counts)}
        from pairs
    """).fetchone() or (0, 0, 0)
    found.added, found.removed, found.changed = counted[:3]
    found.columns = {name: count for name, count in zip(values, counted[3:], strict=True) if count}
    shown = " || ', ' || ".join(f"coalesce(cast(h.{name} as varchar), '(null)')" for name in key)
    for name in found.columns:
        rows = connection.execute(f"""
            select {shown}, cast(b.{name} as varchar), cast(h.{name} as varchar)
            from pairs
            where is_both and ({differs[name]})
            order by {", ".join(f"h.{column}" for column in key)}
            limit {EXAMPLES}
        """).fetchall()
        found.examples[name] = [
            Example(row, before or "(null)", after or "(null)") for row, before, after in rows
        ]
    return found
