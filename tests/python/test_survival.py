"""The survival curve against lifelines, which knows nothing of this project's SQL."""

from __future__ import annotations

import math
from pathlib import Path

from lifelines import KaplanMeierFitter  # type: ignore[import-untyped]
from warehouse import build

DAYS_A_MONTH = 30.4375


def test_survival_is_that_of_kaplan_and_meier(tmp_path: Path) -> None:
    """Customers at risk, churned and surviving, by tenure month, for all and for every channel."""
    built = build(tmp_path)
    last_day = built.value("select cast(policy_value as date) from rpt_policies limit 1")
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
