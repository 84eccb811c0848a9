"""Pieces of SQL that DuckDB and PostgreSQL read alike: names, texts, comments."""

from __future__ import annotations

from collections.abc import Mapping


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def comments(table: str, description: str, columns: Mapping[str, str]) -> list[str]:
    """The statements that put descriptions into a database.

    Args:
        table: Qualified and quoted name of the table.
        description: What the table is.
        columns: Description by column; those without one are left out.
    """
    statements = [f"comment on table {table} is {literal(description)}"]
    statements += [
        f"comment on column {table}.{quoted(column)} is {literal(text)}"
        for column, text in columns.items()
        if text
    ]
    return statements
