"""Write the doc blocks of KPI columns from the catalogue, where alone their words stand."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CATALOG = ROOT / "seeds" / "config" / "kpi_catalog.csv"
BLOCKS = ROOT / "models" / "marts" / "_kpi_columns.md"

HEAD = "{# Written by `make catalog` from seeds/config/kpi_catalog.csv: change it there. #}\n"
UNITS = {
    "currency": "in reporting currency",
    "customers": "customers",
    "days": "days",
    "minutes": "minutes",
    "months": "months",
    "points": "points from -100 to 100",
    "rate": "share of 1",
    "ratio": "ratio",
    "score": "score",
    "tickets": "tickets",
}


def catalog() -> list[dict[str, str]]:
    """The rows of the KPI catalogue, in their order."""
    with CATALOG.open(encoding="utf-8", newline="") as file:
        return sorted(csv.DictReader(file), key=lambda kpi: int(kpi["sort_order"]))


def block(kpi: Mapping[str, str]) -> str:
    """The doc block of one KPI, named kpi_<kpi_code>.

    Args:
        kpi: A row of the catalogue.

    Returns:
        Japanese and English name, formula in both languages, unit, direction and timing.
    """
    names = kpi["kpi_name_ja"]
    if kpi["kpi_name"] not in names:
        names += f", {kpi['kpi_name']}"
    return (
        f"\n{{% docs kpi_{kpi['kpi_code']} %}}\n"
        f"{names}: {kpi['formula']} ({kpi['formula_ja']}). "
        f"Unit: {UNITS[kpi['unit']]}; {kpi['direction']} is better; {kpi['timing']}.\n"
        "{% enddocs %}\n"
    )


def blocks() -> str:
    """The whole file of doc blocks."""
    return HEAD + "".join(block(kpi) for kpi in catalog())


if __name__ == "__main__":
    BLOCKS.write_text(blocks(), encoding="utf-8")
