"""The marts of the sample company: something in each, and statistics as others compute them."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
from lifelines import KaplanMeierFitter  # type: ignore[import-untyped]
from scipy.stats import chi2, chi2_contingency  # type: ignore[import-untyped]
from sklearn.metrics import roc_auc_score  # type: ignore[import-untyped]
from warehouse import ROOT, Build, run_dbt

DAYS_A_MONTH = 30.4375


@pytest.fixture(scope="module")
def built(sample: Build) -> Build:
    """The sample company, built."""
    return sample


def test_every_figure_of_every_mart_says_something(built: Build) -> None:
    """No column is null, or the same, in all rows; of KPIs not even in the months of all."""
    expected = {"segment_type", "segment_value", "period_grain", "is_complete", "raw_rows"}
    # of all customers nobody moves between plans, and none came and went within a month
    expected |= {"intra_period_customers", "is_present", "origin"}
    # the follow-up terms of all renewed contracts are landed
    expected |= {"renewal_source"}
    expected |= {
        f"transferred_{way}_{what}" for way in ("in", "out") for what in ("customers", "mrr")
    }
    silent = []
    for (mart,) in built.query(
        "select table_name from information_schema.tables where table_schema = 'main'"
    ):
        columns = [str(row[0]) for row in built.query(f"describe {mart}")]
        has_periods = "kpi_" in mart and "period_grain" in columns
        rows = "where period_grain = 'month' and segment_type = 'all'" if has_periods else ""
        counts = ", ".join(f"count(distinct {column})" for column in columns)
        (found,) = built.query(f"select {counts} from {mart} {rows}")
        silent += [
            f"{mart}.{column}"
            for column, values in zip(columns, found, strict=True)
            if values < 2 and column not in expected
        ]
    assert silent == []


def test_every_alert_occurs_and_candidates_exist(built: Build) -> None:
    """The sample has something to look after, and somebody to offer more."""
    types = {row[0] for row in built.query("select distinct alert_type from fct_customer_alerts")}
    rules = (ROOT / "docs" / "definitions" / "health.md").read_text(encoding="utf-8")
    defined = re.findall(r"^\| `(\w+)` \|", rules.partition("## Alerts")[2], re.MULTILINE)
    assert len(defined) >= 8
    assert types == set(defined)
    query = "select distinct candidate_type from fct_expansion_candidates"
    assert {row[0] for row in built.query(query)} == {"upsell", "cross_sell"}


def test_verdicts_are_what_was_planted(built: Build) -> None:
    """What makes customers of the sample stay shows, what has nothing to do with it does not."""
    significant = built.query(
        "select distinct behaviour_code from kpi_magic_numbers where is_significant"
    )
    assert {row[0] for row in significant} == {"onboarding_days", "feature_teammate_share"}
    verdicts = built.query(
        "select indicator_code, verdict from kpi_validation"
        " where window_end = (select max(window_end) from kpi_validation)"
    )
    # neither campaigns nor the community nor failed payments have an effect
    expected = dict.fromkeys(("health_score", "nps", "onboarding"), "predictive")
    expected |= dict.fromkeys(("engagement", "payment"), "unproven")
    assert expected.items() <= dict(verdicts).items()


def test_auc_is_that_of_scikit_learn(built: Build) -> None:
    """Of every indicator and window, from the marts of health and churns alone."""
    indicators = ("health_score", "usage", "onboarding", "nps", "support", "payment", "engagement")
    rows = built.rows("kpi_validation")
    assert {row["indicator_code"] for row in rows} == set(indicators)
    assert sum(row["auc"] is not None for row in rows) > 40
    for row in rows:
        observed = built.query(f"""
            select
                round(cast({row["indicator_code"]} as decimal(18, 8)), 2),
                exists (
                    from fct_churns
                    where fct_churns.customer_id = fct_customer_health.customer_id
                        and churned_on > month_end and churned_on <= month_end + 90
                )
            from fct_customer_health
            where month_end between date '{row["window_start"]}' and date '{row["window_end"]}'
                and {row["indicator_code"]} is not null
        """)
        assert row["observations"] == len(observed)
        assert row["churned"] == sum(churned for _, churned in observed)
        if 0 < row["churned"] < row["observations"]:
            stayed = [not churned for _, churned in observed]
            auc = roc_auc_score(stayed, [float(value) for value, _ in observed])
            assert abs(row["auc"] - auc) < 1e-9, row
        else:
            assert row["auc"] is None


def test_chi_square_is_that_of_scipy(built: Build) -> None:
    """Of every behaviour and threshold, from the four counts."""
    rows = built.rows("kpi_magic_numbers")
    assert len(rows) > 40
    for row in rows:
        above, below = row["customers_above"], row["customers_below"]
        kept_above = round(row["retained_rate_above"] * above)
        kept_below = round(row["retained_rate_below"] * below)
        table = [[kept_above, above - kept_above], [kept_below, below - kept_below]]
        assert abs(row["chi_square"] - chi2_contingency(table, correction=False).statistic) < 1e-9
        assert abs(row["recall"] - kept_above / (kept_above + kept_below)) < 1e-9
    limit = chi2.ppf(1 - 0.05 / len(rows), 1)
    assert all(row["is_significant"] == (row["chi_square"] > limit) for row in rows)


def test_survival_is_that_of_kaplan_and_meier(built: Build) -> None:
    """Customers at risk, churned and surviving, by tenure month, for all and for every channel."""
    last_day = built.value(
        "select cast(policy_value as date) from rpt_policies where policy_name = 'as_of_date'"
    )
    first_churns = {
        row["customer_id"]: row["churned_on"]
        for row in sorted(built.rows("fct_churns"), key=lambda row: row["churned_on"], reverse=True)
    }
    curve = built.rows("fct_survival_curve")
    customers = [row for row in built.rows("dim_customers") if row["first_active_on"]]
    channels = {row["acquisition_channel"] or "(none)" for row in customers}
    for segment_type, segment_value in [
        ("all", "all"),
        *(("acquisition_channel", channel) for channel in sorted(channels)),
    ]:
        chosen = [
            row
            for row in customers
            if segment_type == "all" or (row["acquisition_channel"] or "(none)") == segment_value
        ]
        ends = [first_churns.get(row["customer_id"]) for row in chosen]
        days = [
            ((end or last_day) - row["first_active_on"]).days
            for row, end in zip(chosen, ends, strict=True)
        ]
        fitter = KaplanMeierFitter().fit(
            [math.floor(count / DAYS_A_MONTH) for count in days],
            event_observed=[end is not None for end in ends],
        )
        ours = {
            row["tenure_month"]: row
            for row in curve
            if (row["segment_type"], row["segment_value"]) == (segment_type, segment_value)
        }
        months = [
            int(month) for month in fitter.event_table.index if fitter.event_table.at_risk[month]
        ]
        assert set(months) <= set(ours)
        assert max(months) == max(ours)
        for month, row in ours.items():
            survival = float(fitter.survival_function_at_times(month).iloc[0])
            assert abs(row["survival"] - survival) < 1e-9, (segment_value, month)
            if month in months:
                assert row["at_risk"] == fitter.event_table.at_risk[month]
                assert row["churned"] == fitter.event_table.observed[month]


@pytest.mark.parametrize("path", sorted((ROOT / "analyses").glob("*.sql")), ids=lambda p: p.stem)
def test_analyses_answer(built: Build, path: Path) -> None:
    """Each query that an analyst starts from has an answer, and says first what it asks."""
    assert path.read_text(encoding="utf-8").startswith("-- ")
    folder = built.database.parent
    compiled = folder / "target" / "compiled" / "customer_success" / "analyses" / path.name
    if not compiled.exists():
        run = run_dbt(folder, command=("compile", "--select", "resource_type:analysis"))
        assert run.returncode == 0, run.output
    assert built.query(compiled.read_text(encoding="utf-8"))
