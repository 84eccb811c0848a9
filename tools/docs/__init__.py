"""The documentation that `make docs` writes, and what is derived from the KPI catalogue."""
