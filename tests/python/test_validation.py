"""What the proof of KPIs is worth: it looks at nothing later, and finds what was planted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from warehouse import ROOT, Build, run_dbt

NO_TESTS = ("build", "--exclude-resource-type", "unit_test", "test")
MARTS = ("fct_customer_health", "kpi_health", "kpi_validation", "kpi_magic_numbers")
CUSTOMERS, MONTHS = 2000, 30


def marts(folder: Path, raw_dir: Path, as_of: str) -> Build:
    """Build what is proven, and all that it stands on, as of a day."""
    variables = {"raw_mode": "files", "raw_dir": str(raw_dir), "as_of_date": as_of}
    built = run_dbt(folder, variables, (*NO_TESTS, "--select", *(f"+{mart}" for mart in MARTS)))
    assert built.returncode == 0, built.output
    return built


def company(folder: Path, seed: int) -> Path:
    """The raw tables of a made-up company with the effects of tools.sample_company.planted."""
    subprocess.run(
        [
            sys.executable,
            *("-m", "tools.sample_company", "--out", str(folder), "--format", "parquet"),
            *("--customers", str(CUSTOMERS), "--months", str(MONTHS), "--seed", str(seed)),
            *("--as-of", "2026-09-30"),
        ],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return folder


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(7, marks=pytest.mark.ci),
        *(pytest.param(seed, marks=pytest.mark.long) for seed in (8, *range(10, 20))),
    ],
)
def test_what_was_planted_is_found(seed: int, tmp_path: Path) -> None:
    """Causes of staying come out significant, what has nothing to do with it does not."""
    built = marts(tmp_path, company(tmp_path / "raw", seed), "2026-09-30")

    best = {row["behaviour_code"]: row for row in built.rows("kpi_magic_numbers") if row["is_best"]}
    significant = {code for code, row in best.items() if row["is_significant"]}
    assert {"onboarding_days", "feature_teammate_share"} <= significant
    assert "feature_template_publish" not in significant
    features = [row for code, row in best.items() if code.startswith("feature_")]
    assert max(features, key=lambda row: row["mcc"])["behaviour_code"] == "feature_teammate_share"
    for code in ("onboarding_days", "feature_teammate_share"):
        assert best[code]["retained_rate_above"] > best[code]["retained_rate_below"] + 0.1

    rows = built.rows("kpi_validation")
    last = max(row["window_end"] for row in rows)
    verdicts = {row["indicator_code"]: row["verdict"] for row in rows if row["window_end"] == last}
    for indicator in ("health_score", "onboarding", "nps"):
        assert verdicts[indicator] == "predictive", verdicts
    assert "inverted" not in {verdicts["health_score"], verdicts["usage"], verdicts["engagement"]}


def health(built: Build, until: str) -> set[tuple[Any, ...]]:
    """The health of all customers at the month ends up to a day."""
    return set(built.query(f"select * from fct_customer_health where month_end <= date '{until}'"))


def test_health_of_a_month_knows_nothing_later(tmp_path: Path) -> None:
    """What was computed as of a month's end is what is said of it a year later."""
    raw_dir = company(tmp_path / "raw", 9)
    then = marts(tmp_path / "then", raw_dir, "2025-09-30")
    now = marts(tmp_path / "now", raw_dir, "2026-09-30")
    assert len(health(then, "2025-09-30")) > 1000
    assert health(then, "2025-09-30") == health(now, "2025-09-30")

    # A new month costs a month: later news do not make an earlier one be computed again.
    for months in (
        "int_health_partitions",
        "int_health_total_partitions",
        "int_indicator_partitions",
    ):
        earlier = f"select * from main_intermediate.{months} where month_end <= date '{{}}'"
        until = "2025-07-02" if months == "int_indicator_partitions" else "2025-09-30"
        hashes = sorted(then.query(earlier.format(until)))
        assert len(hashes) >= 6, months
        assert hashes == sorted(now.query(earlier.format(until))), months

    # Windows whose outcomes were known then are what they were: only outcomes are later.
    known = "select * from kpi_validation where window_end <= date '2025-07-02'"
    assert sorted(then.query(known)) == sorted(now.query(known))
    assert len(then.query(known)) >= 6
    # And on top of the earlier day comes out what comes out from scratch.
    on_top = marts(tmp_path / "then", raw_dir, "2026-09-30")
    for mart in MARTS:
        query = f"select * from {mart} order by all"
        assert on_top.query(query) == now.query(query), mart
