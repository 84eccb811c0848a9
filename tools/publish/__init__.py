"""Hands the marts to readers (DuckDB file, Parquet, PostgreSQL) without holding up a build."""
