"""What the KPI catalogue says of the raw tables that a KPI needs, against plain Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pytest
from independent import Policy, compute
from independent.hand_made import SEEDS
from independent.quality import RawRow
from independent.random_company import random_company

pytestmark = pytest.mark.long
POLICY = Policy(date(2025, 3, 31), segments=(), survival_min_at_risk=1)
# Without them there is nobody to count, and amounts in other currencies are rejected.
ALWAYS = ("customers", "exchange_rates", "products")
Raw = Mapping[str, Sequence[RawRow]]


@pytest.fixture(scope="module")
def company() -> Raw:
    """A random company with every raw table."""
    return random_company(8, 60, date(2023, 10, 1), 500)


def with_figures(raw: Raw) -> set[str]:
    """The KPIs that have a figure somewhere: a quotient of something, or an amount or number."""
    marts: Mapping[str, Sequence[Mapping[str, Any]]] = compute(raw, POLICY, SEEDS)

    def is_figure(kpi: Mapping[str, str], row: Mapping[str, Any]) -> bool:
        of_what = row[kpi["denominator_column"] or kpi["value_column"]]
        return row[kpi["value_column"]] is not None and bool(of_what)

    return {
        kpi["kpi_code"]
        for kpi in SEEDS.kpi_catalog
        if any(is_figure(kpi, row) for row in marts[kpi["mart_name"]])
    }


def needs(kpi: Mapping[str, str]) -> list[list[str]]:
    """Raw tables that a KPI needs; of those in one list one will do."""
    return [need.split("|") for need in kpi["needs"].split(" ")]


def test_a_kpi_has_figures_where_there_is_what_it_needs(company: Raw) -> None:
    """With these tables alone, whichever of several it is."""
    missing = []
    for text in sorted({kpi["needs"] for kpi in SEEDS.kpi_catalog}):
        kpis = {kpi["kpi_code"] for kpi in SEEDS.kpi_catalog if kpi["needs"] == text}
        alternatives = [need.split("|") for need in text.split(" ")]
        for number in range(max(map(len, alternatives))):
            tables = {names[number % len(names)] for names in alternatives}
            found = with_figures(
                {name: rows for name, rows in company.items() if name in {*tables, *ALWAYS}}
            )
            missing += [(code, sorted(tables)) for code in kpis - found]
    assert missing == []


@pytest.mark.xfail(strict=True, reason="13 needs are too strict, of plans and campaigns")
def test_a_kpi_has_none_without_any_of_what_it_needs(company: Raw) -> None:
    """Each need taken away from a company that has everything."""
    everything = with_figures(company)
    assert everything == {kpi["kpi_code"] for kpi in SEEDS.kpi_catalog}
    found = []
    for need in sorted({tuple(need) for kpi in SEEDS.kpi_catalog for need in needs(kpi)}):
        left = with_figures({name: rows for name, rows in company.items() if name not in need})
        found += [
            (kpi["kpi_code"], need)
            for kpi in SEEDS.kpi_catalog
            if list(need) in needs(kpi) and kpi["kpi_code"] in left
        ]
    assert found == []
