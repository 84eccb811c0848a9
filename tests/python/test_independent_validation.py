# ruff: noqa: D103 - the names of the tests say what they are about
"""Validation and magic numbers of the independent calculation, worked out by hand."""

import random
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import sqrt
from typing import Any

import pytest
from independent import Policy, Row, validation
from independent.calendar import years_later
from independent.hand_made import (
    AS_OF,
    PLAIN_CONFIG,
    Tables,
    build_active,
    customers,
    features,
    only,
    orders,
    paying,
    sessions,
    steps,
    together,
)
from scipy.stats import chi2, chi2_contingency  # type: ignore[import-untyped]
from sklearn.metrics import matthews_corrcoef, roc_auc_score  # type: ignore[import-untyped]

# --- validation --------------------------------------------------------------------------


def observed(churned: str, retained: str) -> list[validation.Observation]:
    """Observations from values with blanks between."""
    return [
        validation.Observation(Decimal(value), has_churned)
        for values, has_churned in ((churned, True), (retained, False))
        for value in values.split()
    ]


def test_judged() -> None:
    row = validation.judged(observed("0 50", "50 100 100"))
    # Of six pairs five are won and one is even.
    area = 5.5 / 6
    one, other = area / (2 - area) - area**2, 2 * area**2 / (1 + area) - area**2
    margin = 1.96 * sqrt((area * (1 - area) + one + 2 * other) / 6)
    assert row == {
        "observations": 5,
        "churned": 2,
        "mean_churned": 25,
        "mean_retained": pytest.approx(250 / 3),
        "auc": pytest.approx(area, rel=1e-12),
        "auc_low": pytest.approx(area - margin, rel=1e-9),
        "auc_high": 1,
        "worst_fifth_churn_rate": 1,
        "best_fifth_churn_rate": 0,
        "verdict": "predictive",
    }


@pytest.mark.parametrize(
    ("churned", "retained", "verdict"),
    [
        ("0 0 0", "100 100 100", "predictive"),
        ("100 100 100", "0 0 0", "inverted"),
        ("0 100", "0 100", "unproven"),
        ("50", "50", "unproven"),
        ("0", "", "unproven"),
        ("", "0", "unproven"),
    ],
)
def test_verdict(churned: str, retained: str, verdict: str) -> None:
    assert validation.judged(observed(churned, retained))["verdict"] == verdict


def test_nobody_left_or_everybody_did() -> None:
    assert validation.judged(observed("", "1 2"))["mean_churned"] is None
    row = validation.judged(observed("1 2", ""))
    assert (row["mean_retained"], row["auc"], row["auc_low"], row["auc_high"]) == 4 * (None,)
    assert (row["worst_fifth_churn_rate"], row["best_fifth_churn_rate"]) == (1, 1)


def test_fifths_hold_all_that_are_as_low_or_as_high() -> None:
    row = validation.judged(observed("0", "0 0 50 50 50 50 50 80 100"))
    assert row["worst_fifth_churn_rate"] == pytest.approx(1 / 3)
    assert row["best_fifth_churn_rate"] == 0
    # Of six, two have less than a fifth below them.
    row = validation.judged(observed("1", "2 3 4 5 6"))
    assert (row["worst_fifth_churn_rate"], row["best_fifth_churn_rate"]) == (1 / 2, 0)
    row = validation.judged(observed("1", "2 3 4 5"))
    assert row["worst_fifth_churn_rate"] == 1


@pytest.mark.parametrize("seed", range(20))
def test_auc_equals_that_of_scikit_learn(seed: int) -> None:
    rng = random.Random(seed)
    observations = [
        validation.Observation(
            Decimal(rng.randrange(rng.choice((3, 40, 10000)))) / 100, has_churned
        )
        for has_churned in (True, False)
        for _ in range(rng.randrange(1, 200))
    ]
    theirs = roc_auc_score(
        [not each.has_churned for each in observations],
        [float(each.value) for each in observations],
    )
    assert validation.judged(observations)["auc"] == pytest.approx(theirs, abs=1e-9)


def test_windows_of_twelve_months_whose_outcomes_are_known() -> None:
    paid = orders(("2024-01-05", "paid"))
    signed_up = paying("c", "2024-01-05", signed_up_at="2024-01-05")

    def windows(as_of: date) -> list[tuple[str, date, date, int]]:
        return [
            (row["indicator_code"], row["window_start"], row["window_end"], row["observations"])
            for row in build_active(signed_up, paid, policy=Policy(as_of))["kpi_validation"]
        ]

    assert windows(date(2025, 3, 30)) == []  # 31 December + 90 days is 31 March
    first = (date(2024, 1, 1), date(2024, 12, 31), 12)
    assert windows(date(2025, 3, 31)) == [("health_score", *first), ("payment", *first)]
    assert windows(date(2025, 5, 1))[2:] == [
        (name, date(2024, 2, 1), date(2025, 1, 31), 12) for name in ("health_score", "payment")
    ]


@pytest.mark.parametrize(
    ("churned_on", "churned"),
    # 90 days after 31 October 2024 is 29 January 2025; the customer is active at 12 ends of month.
    [("2025-01-01", 3), ("2025-01-29", 3), ("2025-01-30", 2), ("2025-03-31", 1), ("2025-04-01", 0)],
)
def test_churned_within_the_horizon(churned_on: str, churned: int) -> None:
    rows = build_active(
        paying("c", "2024-01-05", churned_on, signed_up_at="2024-01-05"),
        orders(("2024-01-05", "paid")),
        policy=Policy(date(2025, 4, 15)),
    )["kpi_validation"]
    row = only(rows, indicator_code="payment", window_end=date(2024, 12, 31))
    assert (row["observations"], row["churned"]) == (12, churned)


def test_values_are_rounded_to_two_decimals() -> None:
    rows = build_active(
        paying("c", "2024-01-05", signed_up_at="2024-01-05"),
        orders(("2024-01-05", "paid")),
        {"community_activities": []},
        config=replace(
            PLAIN_CONFIG,
            health_score_weights={
                "payment": Fraction("0.12345"),
                "engagement": Fraction("0.87655"),
            },
        ),
        policy=Policy(date(2025, 4, 15)),
    )["kpi_validation"]
    row = only(rows, indicator_code="health_score", window_end=date(2024, 12, 31))
    assert row["mean_retained"] == pytest.approx(12.35, rel=1e-12)


# --- magic numbers -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "later"),
    [
        (date(2024, 2, 29), date(2025, 2, 28)),
        (date(2023, 2, 28), date(2024, 2, 28)),
        (date(2023, 12, 31), date(2024, 12, 31)),
    ],
)
def test_a_year_later(day: date, later: date) -> None:
    assert years_later(day, 1) == later


@pytest.mark.parametrize("seed", range(20))
def test_tables_equal_those_of_scipy_and_scikit_learn(seed: int) -> None:
    rng = random.Random(seed)
    counts = [rng.randrange(1, 200) for _ in range(4)]
    table = validation.Contingency(*counts)
    theirs = chi2_contingency([counts[:2], counts[2:]], correction=False)
    assert table.chi_square == pytest.approx(theirs.statistic, rel=1e-9, abs=1e-12)
    retained = [1] * counts[0] + [0] * counts[1] + [1] * counts[2] + [0] * counts[3]
    above = [1] * (counts[0] + counts[1]) + [0] * (counts[2] + counts[3])
    assert table.mcc == pytest.approx(matthews_corrcoef(retained, above), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("comparisons", [1, 2, 33, 1000, 100000])
def test_critical_value_equals_that_of_scipy(comparisons: int) -> None:
    theirs = chi2.ppf(1 - 0.05 / comparisons, 1)
    assert validation.critical_value(comparisons) == pytest.approx(theirs, rel=1e-9)


def test_columns_of_a_table() -> None:
    row = validation.Contingency(30, 10, 15, 45).columns()
    assert row == {
        "customers_above": 40,
        "customers_below": 60,
        "retained_rate_above": 0.75,
        "retained_rate_below": 0.25,
        "lift": pytest.approx(0.75 / 0.45),
        "precision": 0.75,
        "recall": pytest.approx(30 / 45),
        "mcc": pytest.approx((30 * 45 - 10 * 15) / sqrt(40 * 60 * 45 * 55)),
        "chi_square": pytest.approx(100 * 1200**2 / (40 * 60 * 45 * 55)),
    }
    row = validation.Contingency(2, 0, 3, 0).columns()
    assert (row["lift"], row["recall"], row["mcc"], row["chi_square"]) == (1, 0.4, None, None)
    row = validation.Contingency(0, 2, 0, 3).columns()
    assert (row["lift"], row["recall"], row["retained_rate_above"]) == (None, None, 0)


def magic_rows(*parts: Tables, behaviour: str, fewest: int = 1, **more: Any) -> list[Row]:
    rows = build_active(*parts, policy=Policy(AS_OF, magic_min_customers=fewest), **more)[
        "kpi_magic_numbers"
    ]
    return [row for row in rows if row["behaviour_code"] == behaviour]


def old(name: str, ended: str | None = None) -> Tables:
    """A customer that signed up and was first active on 10 April 2024."""
    return paying(name, "2024-04-10", ended, signed_up_at="2024-04-10")


def test_population_of_magic_numbers() -> None:
    rows = magic_rows(
        old("stays"),
        old("left", "2025-04-10"),
        old("leaves", "2025-04-11"),
        paying("young", "2025-01-01", signed_up_at="2024-04-10"),
        customers("never", signed_up_at="2024-04-10"),
        *(sessions("2024-04-10", of=name) for name in ("stays", "leaves", "young", "never")),
        behaviour="session_minutes",
    )
    row = only(rows)
    assert (row["threshold"], row["customers_above"], row["customers_below"]) == (30, 2, 1)
    assert (row["retained_rate_above"], row["retained_rate_below"]) == (1, 0)
    assert (row["mcc"], row["is_best"], row["is_significant"]) == (pytest.approx(1), True, False)


def test_early_is_from_sign_up_for_sixty_days() -> None:
    def minutes(*visits: str) -> list[float]:
        tables = together(old("c"), old("idle"), sessions(*visits, minutes=19))
        found = magic_rows(tables, behaviour="session_minutes")
        return [row["threshold"] for row in found]

    assert minutes("2024-04-10", "2024-06-09T14:00") == [30]  # 38 minutes
    assert minutes("2024-04-09", "2024-06-09T15:00") == []
    assert minutes("2024-06-09") == [10]


def test_behaviours() -> None:
    tables = together(
        *(old(name) for name in "abcd"),
        features(("view", "2024-04-20"), ("view", "2024-05-20"), ("api", "2024-06-10"), of="a"),
        features(("view", "2024-04-20", "u"), ("api", "2024-06-09", "u"), of="b"),
        features(("other", "2024-04-20", "v"), of="c"),
        sessions("2024-04-20", of="b", user="w"),
        sessions("2024-04-21", of="b", user="u"),
        steps(("login", "2024-04-10"), ("import", "2024-04-10"), of="a"),
        steps(("login", "2024-04-10"), ("import", "2024-04-30"), of="b"),
        steps(("login", "2024-04-10"), ("import", "2024-05-01"), of="c"),
    )

    def thresholds(behaviour: str, fewest: int = 1) -> list[tuple[float, int]]:
        rows = magic_rows(tables, behaviour=behaviour, fewest=fewest)
        return [(row["threshold"], row["customers_above"]) for row in rows]

    assert thresholds("feature_view") == [(1, 2), (2, 1)]
    assert thresholds("feature_view", 2) == [(1, 2)]
    assert thresholds("feature_view", 3) == []
    assert thresholds("feature_api") == [(1, 1)]
    assert thresholds("feature_other") == []
    assert thresholds("ladder_stage") == [(1, 2), (2, 1)]
    assert thresholds("active_users") == [(1, 2), (2, 1)]
    assert thresholds("session_minutes") == [(60, 1)]
    assert thresholds("onboarding_days") == [(0, 1), (20, 2)]


def test_a_row_stands_for_as_many_uses_as_it_says() -> None:
    counted = together(
        features(("view", "2024-04-20"), ("view", "2024-04-21"), of="a"),
        features(("view", "2024-04-20"), of="b"),
        features(("view", "2024-04-20"), of="d"),
    )
    for row, count in zip(counted["feature_events"], ("40", None, "2", "0"), strict=True):
        row["event_count"] = count
    tables = together(*(old(name) for name in "abcd"), counted)
    found = magic_rows(tables, behaviour="feature_view")
    assert [(row["threshold"], row["customers_above"]) for row in found] == [(2, 2), (41, 1)]
    weeks = build_active(tables)["fct_usage_weekly"]
    assert [(row["customer_id"], row["active_days"]) for row in weeks] == [("a", 2), ("b", 1)]


def test_of_equal_thresholds_the_smallest_is_best() -> None:
    # Retained: a, b; lost: c, d. At 1 all but d are above, at 2 only a is.
    tables = together(
        *(old(name) for name in "ab"),
        *(old(name, "2025-01-01") for name in "cd"),
        features(("view", "2024-04-20"), ("view", "2024-04-20"), of="a"),
        features(("view", "2024-04-20"), of="b"),
        features(("view", "2024-04-20"), of="c"),
    )
    rows = magic_rows(tables, behaviour="feature_view")
    assert [row["mcc"] for row in rows] == [pytest.approx(1 / sqrt(3))] * 2
    assert [row["is_best"] for row in rows] == [True, False]
    everybody_stays = together(old("a"), old("b"), features(("view", "2024-04-20"), of="a"))
    row = only(magic_rows(everybody_stays, behaviour="feature_view"))
    assert (row["mcc"], row["is_best"], row["is_significant"]) == (None, False, False)


@pytest.mark.parametrize(("others", "is_significant"), [(0, True), (9, True), (10, False)])
def test_significance_takes_all_rows_into_account(others: int, is_significant: bool) -> None:
    # Four who use the product and stay, four who do neither: chi-square is 8, which chance
    # exceeds once in 214 times. Of m rows one in 20 m is looked for.
    codes = [f"f{number}" for number in range(others)]
    tables = together(
        *(old(name) for name in "abcd"),
        *(old(name, "2025-01-01") for name in "wxyz"),
        *(sessions("2024-04-20", of=name) for name in "abcd"),
        features(*((code, "2024-04-20") for code in codes), of="a"),
    )
    more = replace(PLAIN_CONFIG, feature_stages=dict.fromkeys(codes))
    row = only(magic_rows(tables, behaviour="session_minutes", config=more))
    assert (row["chi_square"], row["is_significant"]) == (pytest.approx(8), is_significant)
