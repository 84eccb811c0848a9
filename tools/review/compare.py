"""Compare the marts of two warehouses: rows by key, columns by value and type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb

from tools.marts import Place, copy_from_postgres, opened_file
from tools.project import declared_marts
from tools.publish.sql import literal, quoted

EXAMPLES = 3
# Types whose values can be compared with each other as they are.
NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL")


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
        types: By column of both whose type differs, the type before and after.
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
    types: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def is_same(self) -> bool:
        """Whether nothing changed at all."""
        return (
            self.rows_before is not None
            and self.rows_after is not None
            and not (self.added or self.removed or self.changed)
            and not (self.new_columns or self.lost_columns or self.types)
        )


@dataclass(frozen=True)
class Mart:
    """A mart of one state: where it is, and the columns of its key (none where none is tested)."""

    schema: str
    key: Sequence[str]


def marts_of(manifest: Mapping[str, Any]) -> dict[str, Mart]:
    """The marts of a state by name; their keys are the columns of their tests unique_key."""
    keys = {}
    for node in manifest["nodes"].values():
        if (
            node["resource_type"] == "test"
            and node.get("test_metadata", {}).get("name") == "unique_key"
        ):
            keys[node["attached_node"]] = node["test_metadata"]["kwargs"]["columns"]
    return {
        node["name"]: Mart(node["schema"], keys.get(name, []))
        for name, node in declared_marts(manifest).items()
    }


def compare_marts(
    before: Place,
    manifest_before: Mapping[str, Any],
    after: Place,
    manifest_after: Mapping[str, Any],
) -> Sequence[Comparison]:
    """Compare all marts of two states.

    Args:
        before: Where the marts of the base are.
        manifest_before: dbt's manifest of it.
        after: Where those of the current state are.
        manifest_after: dbt's manifest of that.

    Returns:
        A comparison per mart of either state, by name.

    Raises:
        MartsError: A warehouse cannot be read.
    """
    marts_before, marts_after = marts_of(manifest_before), marts_of(manifest_after)
    with duckdb.connect() as connection:
        attach(connection, "base", before, marts_before)
        attach(connection, "head", after, marts_after)
        return [
            compare_mart(connection, name, marts_before.get(name), marts_after.get(name))
            for name in sorted({*marts_before, *marts_after})
        ]


def attach(
    connection: duckdb.DuckDBPyConnection, name: str, where: Place, marts: Mapping[str, Mart]
) -> None:
    """Attach a warehouse under a name; of PostgreSQL, a copy of the marts.

    Args:
        connection: Where it is attached.
        name: What it is called there.
        where: Where the marts are.
        marts: The marts that will be read.

    Raises:
        MartsError: It cannot be read.
    """
    if not where.postgres:
        opened_file(where).close()
    attached = connection.execute(
        "select database_name from duckdb_databases() where path = ?",
        [str(where.database.resolve())],
    ).fetchone()
    if not where.postgres and not attached:
        file = literal(str(where.database.resolve()))
        connection.execute(f"attach {file} as {name} (read_only)")
        return
    schema = f"{name}.{quoted(where.schema)}"
    connection.execute(f"attach ':memory:' as {name}")
    connection.execute(f"create schema {schema}")
    if where.postgres:
        copy_from_postgres(where, sorted(marts), connection, schema)
    elif attached:  # a file cannot be attached twice
        for mart in marts:
            table = f"{quoted(where.schema)}.{quoted(mart)}"
            connection.execute(f"create view {name}.{table} as from {attached[0]}.{table}")


def same(name: str, types: Mapping[str, tuple[str, str]]) -> str:
    """The SQL condition that a column of b and of h has the same value.

    Args:
        name: Name of the column.
        types: By column whose type differs, both types; those that are not both numbers are
            compared as text.
    """
    one, other = f"b.{quoted(name)}", f"h.{quoted(name)}"
    if name in types and not all(kind.startswith(NUMBERS) for kind in types[name]):
        one, other = f"cast({one} as varchar)", f"cast({other} as varchar)"
    return f"{one} is not distinct from {other}"


def compare_mart(
    connection: duckdb.DuckDBPyConnection, name: str, before: Mart | None, after: Mart | None
) -> Comparison:
    """Compare one mart of the attached databases base and head.

    Args:
        connection: Where both are attached.
        name: Name of the mart.
        before: The mart of base; None where it has none.
        after: The mart of head; None where it has none.

    Returns:
        The comparison.
    """
    found = Comparison(name)
    relations, columns = {}, {}
    for database, mart in (("base", before), ("head", after)):
        if mart:
            relations[database] = f"{database}.{quoted(mart.schema)}.{quoted(name)}"
            rows = connection.execute(f"describe {relations[database]}").fetchall()
            columns[database] = {row[0]: row[1] for row in rows}
    if before:
        found.rows_before = rows_of(connection, relations["base"])
    if after:
        found.rows_after = rows_of(connection, relations["head"])
    if not before or not after:
        return found
    base, head = columns["base"], columns["head"]
    both = [column for column in head if column in base]
    found.new_columns = [column for column in head if column not in base]
    found.lost_columns = [column for column in base if column not in head]
    found.types = {
        column: (base[column], head[column]) for column in both if base[column] != head[column]
    }
    key = after.key or before.key
    if not key or not set(key) <= set(both):
        # rows without a common key cannot be matched
        found.added, found.removed = found.rows_after or 0, found.rows_before or 0
        return found

    values = [column for column in both if column not in key]
    differs = {column: f"not ({same(column, found.types)})" for column in values}
    anything = " or ".join(differs.values()) or "false"
    connection.execute(f"""
        create or replace temp table pairs as
        select
            b.is_there is null as is_added,
            h.is_there is null as is_removed,
            b.is_there and h.is_there as is_both,
            b as b,
            h as h
        from (select *, true as is_there from {relations["base"]}) as b
        full join (select *, true as is_there from {relations["head"]}) as h
            on {" and ".join(same(column, found.types) for column in key)}
    """)
    counts = [f"count(*) filter (is_both and ({test}))" for test in (anything, *differs.values())]
    counted = connection.execute(f"""
        select count(*) filter (is_added), count(*) filter (is_removed), {", ".join(counts)}
        from pairs
    """).fetchone() or (0, 0, 0)
    found.added, found.removed, found.changed = counted[:3]
    found.columns = {
        column: count for column, count in zip(values, counted[3:], strict=True) if count
    }
    shown = " || ', ' || ".join(
        f"coalesce(cast(h.{quoted(column)} as varchar), '(null)')" for column in key
    )
    order = ", ".join(f"h.{quoted(column)}" for column in key)
    for column in found.columns:
        rows = connection.execute(f"""
            select
                {shown},
                cast(b.{quoted(column)} as varchar),
                cast(h.{quoted(column)} as varchar)
            from pairs
            where is_both and ({differs[column]})
            order by {order}
            limit {EXAMPLES}
        """).fetchall()
        found.examples[column] = [
            Example(row, value or "(null)", now or "(null)") for row, value, now in rows
        ]
    return found


def rows_of(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    """Number of rows of a relation."""
    (rows,) = connection.execute(f"select count(*) from {relation}").fetchone() or (0,)
    return int(rows)
