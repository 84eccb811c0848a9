"""The pages of the site and what stands on each: the one place to add a chart or a page.

A page is called by the subject that it is about, the word that also names the folders of models
(`growth` holds orders too, `usage` campaigns). Titles, notes and labels of columns are in the files
of `languages/`, under the codes that are used here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tools.site import charts
from tools.site.marts import GRAINS, NEEDED

# Which rows a chart shows, beside those of the chosen segment:
#   periods    all periods of the chosen grain
#   latest     its latest complete period
#   by_value   every value of the chosen segment type, in the latest complete period of the chosen
#              grain, or where the mart has it of the trailing twelve months
#   timeless   a mart without periods
#   curves     a mart without periods: all customers and the largest values of the segment type
Pick = Literal["periods", "latest", "by_value", "timeless", "curves"]


@dataclass(frozen=True)
class Chart:
    """A chart with its table.

    Attributes:
        code: Names the chart, its title and its note.
        mart: Where its rows come from.
        columns: The figures that are drawn; they share a unit.
        draw: The drawing.
        pick: Which rows.
        keys: Columns that name a row of a mart without periods, in the order of the rows.
        beside: Further columns of the table.
    """

    code: str
    mart: str
    columns: tuple[str, ...]
    draw: charts.Draw = charts.lines
    pick: Pick = "periods"
    keys: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Page:
    """A page; its file is `<code>.html`.

    Attributes:
        code: Names the page and its title.
        charts: What it draws, in order.
        tiles: KPIs that are above as tiles with their run.
        parts: Templates in `templates/` that are on it too.
        grains: Grains that can be chosen; empty where there is nothing to choose.
    """

    code: str
    charts: tuple[Chart, ...] = ()
    tiles: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    grains: tuple[str, ...] = GRAINS


MOVEMENTS = (
    "new_mrr",
    "reactivation_mrr",
    "expansion_mrr",
    "transferred_in_mrr",
    "contraction_mrr",
    "churn_mrr",
    "transferred_out_mrr",
)
COHORT = ("cohort_month", "months_since")
RETENTION, RENEWAL, GROWTH = "kpi_revenue_retention", "kpi_renewal", "kpi_growth"
LTV, ONBOARDING, ENGAGEMENT = "kpi_ltv", "kpi_onboarding", "kpi_engagement"
NPS, SUPPORT, HEALTH = "kpi_nps", "kpi_support", "kpi_health"

PAGES = (
    Page(
        "index",
        tiles=(
            "mrr",
            "arr",
            "active_customers",
            "customer_churn_rate",
            "net_revenue_retention",
            "gross_revenue_retention",
            "contract_renewal_rate",
            "ltv_cac_ratio",
            "onboarding_completion_rate",
            "health_score",
            "nps",
            "first_response_within_sla_rate",
        ),
        parts=("changes",),
        grains=("month", "quarter", "fiscal_year", "trailing_12_months"),
    ),
    Page(
        "revenue",
        charts=(
            Chart("closing_mrr", RETENTION, ("closing_mrr",), charts.bars),
            Chart("mrr_movements", RETENTION, MOVEMENTS, charts.movements),
            Chart(
                "mrr_waterfall",
                RETENTION,
                ("opening_mrr", *MOVEMENTS, "closing_mrr"),
                charts.waterfall,
                "latest",
            ),
            Chart("retention", RETENTION, ("net_revenue_retention", "gross_revenue_retention")),
            Chart(
                "churn",
                RETENTION,
                ("customer_churn_rate", "revenue_churn_rate", "avoidable_churn_rate"),
            ),
            Chart(
                "churn_by_segment",
                RETENTION,
                ("customer_churn_rate",),
                charts.by_segment,
                "by_value",
            ),
            Chart(
                "cohort_customers",
                "fct_cohort_retention",
                ("customer_retention_rate",),
                charts.cohorts,
                "timeless",
                COHORT,
                ("cohort_customers", "retained_customers"),
            ),
            Chart(
                "cohort_mrr",
                "fct_cohort_retention",
                ("mrr_retention_rate",),
                charts.cohorts,
                "timeless",
                COHORT,
                ("cohort_mrr", "retained_mrr"),
            ),
        ),
    ),
    Page(
        "renewal",
        charts=(
            Chart(
                "renewal_rates",
                RENEWAL,
                ("contract_renewal_rate", "contract_value_renewal_rate", "voluntary_renewal_rate"),
            ),
            Chart(
                "renewed_contracts",
                RENEWAL,
                ("manually_renewed_contracts", "auto_renewed_contracts"),
                charts.bars,
            ),
            Chart(
                "renewal_by_segment",
                RENEWAL,
                ("contract_renewal_rate",),
                charts.by_segment,
                "by_value",
            ),
        ),
    ),
    Page(
        "growth",
        charts=(
            Chart("growth_rates", GROWTH, ("upsell_rate", "cross_sell_rate", "downgrade_rate")),
            Chart("offers", GROWTH, ("offer_acceptance_rate", "post_upsell_churn_rate")),
            Chart("repeat_rates", "kpi_repeat", ("repeat_rate", "repeat_rate_180d")),
        ),
    ),
    Page(
        "ltv",
        charts=(
            Chart(
                "ltv_methods",
                LTV,
                ("historic_ltv", "ltv_formula", "ltv_subscription", "ltv_survival"),
            ),
            Chart("ltv_by_segment", LTV, ("ltv_subscription",), charts.by_segment, "by_value"),
            Chart(
                "survival",
                "fct_survival_curve",
                ("survival",),
                charts.survival,
                "curves",
                ("tenure_month",),
                ("at_risk", "churned", "hazard"),
            ),
            Chart("ltv_cac", LTV, ("ltv_cac_ratio",)),
            Chart("cac_chart", LTV, ("cac",), charts.bars),
            Chart(
                "lifetimes",
                LTV,
                (
                    "expected_lifetime_months",
                    "expected_revenue_lifetime_months",
                    "cac_payback_months",
                ),
            ),
        ),
        grains=("month", "quarter", "fiscal_year"),
    ),
    Page(
        "onboarding",
        charts=(
            Chart("onboarding_rate", ONBOARDING, ("onboarding_completion_rate",)),
            Chart(
                "onboarding_days",
                ONBOARDING,
                ("median_days_to_onboard", "median_days_to_first_value"),
            ),
            Chart("first_value", ONBOARDING, ("without_first_value_share",)),
            Chart(
                "trials",
                ONBOARDING,
                (
                    "trial_conversion_rate",
                    "fast_onboarding_conversion_rate",
                    "other_conversion_rate",
                ),
            ),
            Chart(
                "trials_by_segment",
                ONBOARDING,
                ("trial_conversion_rate",),
                charts.by_segment,
                "by_value",
            ),
        ),
    ),
    Page(
        "usage",
        charts=(
            Chart("usage_score", ENGAGEMENT, ("usage_score",)),
            Chart("usage_by_segment", ENGAGEMENT, ("usage_score",), charts.by_segment, "by_value"),
            Chart(
                "low_use",
                ENGAGEMENT,
                ("low_usage_customer_rate", "community_participation_rate", "top_stage_rate"),
            ),
            Chart(
                "campaigns",
                ENGAGEMENT,
                (
                    "campaign_delivered_rate",
                    "campaign_open_rate",
                    "campaign_click_rate",
                    "campaign_response_rate",
                ),
            ),
        ),
    ),
    Page(
        "health",
        charts=(
            Chart("health_scores", HEALTH, ("health_score",)),
            Chart(
                "health_bands",
                HEALTH,
                ("red_customer_rate", "yellow_customer_rate", "green_customer_rate"),
            ),
            Chart("red_mrr", HEALTH, ("red_mrr_share",)),
            Chart("red_by_segment", HEALTH, ("red_customer_rate",), charts.by_segment, "by_value"),
        ),
        parts=("alerts",),
        grains=("month", "quarter", "fiscal_year"),
    ),
    Page(
        "voice",
        charts=(
            Chart("nps_chart", NPS, ("nps",)),
            Chart("nps_answers_chart", NPS, ("promoters", "passives", "detractors"), charts.bars),
            Chart("nps_by_segment", NPS, ("nps",), charts.by_segment, "by_value"),
            Chart("satisfaction", NPS, ("csat", "nps_response_rate")),
            Chart("effort", NPS, ("ces",)),
        ),
    ),
    Page(
        "support",
        charts=(
            Chart(
                "first_response",
                SUPPORT,
                ("median_first_response_minutes", "p90_first_response_minutes"),
            ),
            Chart("business_response", SUPPORT, ("median_first_response_business_minutes",)),
            Chart("sla", SUPPORT, ("first_response_within_sla_rate",)),
            Chart("resolution", SUPPORT, ("median_resolution_minutes",)),
            Chart("unanswered", SUPPORT, ("tickets_unanswered",), charts.bars),
        ),
    ),
    Page("scorecard", parts=("scorecard",)),
    Page("validation", parts=("validation",), grains=()),
    Page("definitions", parts=("definitions",), grains=()),
    Page("quality", parts=("quality",), grains=()),
)

# Every mart that some page reads.
MARTS = {*NEEDED, *(chart.mart for page in PAGES for chart in page.charts)}
