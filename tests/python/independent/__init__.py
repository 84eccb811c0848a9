"""The marts computed a second time, by days and loops, from the definitions alone.

Nothing here is shared with the SQL: where the two agree to the last digit, both follow
docs/definitions.md; where they differ, one of them is wrong.
"""

from . import (
    alerts,
    candidates,
    growth,
    health,
    ltv,
    magic,
    onboarding,
    renewal,
    repeat,
    revenue,
    scorecard,
    support,
    usage,
    validation,
    voice,
)
from .calendar import periods
from .config import Config
from .history import ChurnReasons, History
from .policy import Policy
from .quality import Raw, Row, account

__all__ = ["ChurnReasons", "Config", "Policy", "Raw", "Row", "compute"]


def compute(raw: Raw, policy: Policy, config: Config) -> dict[str, list[Row]]:
    """All rows that the marts must have.

    Args:
        raw: By table, the rows as they arrive: a text or None by column. An absent table
            has no entry.
        policy: The settings of the build.
        config: The config seeds of the build.

    Returns:
        By mart, its rows.
    """
    accounts = account(raw, policy.reporting_currency)
    history = History(accounts.used, set(raw), policy, config.churn_reasons)
    reported = list(periods(policy, revenue.first_day(history)))
    terms = renewal.fct_contract_renewals(history)
    retention = revenue.kpi_revenue_retention(history, reported)
    plan_changes = growth.fct_plan_changes(history)
    curve = ltv.fct_survival_curve(history)
    onboarded = onboarding.onboardings(history, config)
    onboarding_rows = onboarding.fct_onboarding(history, onboarded)
    trials = onboarding.fct_trials(history, onboarded)
    used = usage.Usage(history, config)
    scores, low_weeks = used.scores(), used.low_weeks()
    surveys = voice.surveys(history)
    tickets = support.fct_support_tickets(history, config)
    health_rows = health.scored(
        config, health.components(history, reported, scores, onboarded, surveys)
    )
    marts: dict[str, list[Row]] = {
        "fct_rejected_rows": accounts.rejected,
        "rpt_raw_reconciliation": accounts.reconciliation,
        "dim_periods": revenue.dim_periods(reported),
        "dim_customers": revenue.dim_customers(history),
        "dim_plans": revenue.dim_plans(history),
        "fct_mrr_changes": revenue.fct_mrr_changes(history),
        "fct_mrr_movements": revenue.fct_mrr_movements(history, reported),
        "fct_churns": [
            row
            | {
                "was_onboarded": onboarding.was_onboarded(
                    history, onboarded, row["customer_id"], row["churned_on"]
                ),
                "last_nps_score": voice.last_nps_score(
                    surveys, row["customer_id"], row["churned_on"]
                ),
            }
            for row in revenue.fct_churns(history)
        ],
        "kpi_revenue_retention": retention,
        "fct_cohort_retention": revenue.fct_cohort_retention(history),
        "fct_contract_renewals": terms,
        "kpi_renewal": renewal.kpi_renewal(history, reported, terms),
        "fct_plan_changes": plan_changes,
        "fct_expansion_drivers": growth.fct_expansion_drivers(history, reported),
        "kpi_growth": growth.kpi_growth(history, reported, plan_changes),
        "fct_customer_ltv": ltv.fct_customer_ltv(history),
        "fct_survival_curve": curve,
        "kpi_ltv": ltv.kpi_ltv(history, reported, retention, curve),
        "kpi_repeat": repeat.kpi_repeat(history, reported),
        "fct_onboarding": onboarding_rows,
        "fct_trials": trials,
        "kpi_onboarding": onboarding.kpi_onboarding(history, reported, onboarding_rows, trials),
        "fct_usage_weekly": usage.fct_usage_weekly(used),
        "fct_usage_scores": usage.fct_usage_scores(scores),
        "fct_low_use_streaks": usage.fct_low_use_streaks(history, low_weeks),
        "fct_feature_stages": usage.fct_feature_stages(used),
        "kpi_engagement": usage.kpi_engagement(used, reported, scores, low_weeks),
        "fct_survey_responses": voice.fct_survey_responses(surveys),
        "kpi_nps": voice.kpi_nps(history, reported, surveys),
        "fct_support_tickets": tickets,
        "kpi_support": support.kpi_support(history, reported, tickets),
        "fct_customer_health": health.fct_customer_health(health_rows),
        "kpi_health": health.kpi_health(history, reported, health_rows),
        "kpi_validation": validation.kpi_validation(history, reported, health_rows),
        "kpi_magic_numbers": magic.kpi_magic_numbers(history, used, onboarded),
        "dim_kpis": scorecard.dim_kpis(config),
    }
    marts["fct_customer_alerts"] = alerts.fct_customer_alerts(history, config, marts, surveys)
    marts["fct_expansion_candidates"] = candidates.fct_expansion_candidates(
        history, config, scores, marts
    )
    return marts | {"kpi_scorecard": scorecard.kpi_scorecard(config, marts)}
