"""The marts computed a second time, by days and loops, from the definitions alone.

Nothing here is shared with the SQL but the raw contract and the config seeds: where the two agree
to the last digit, both follow the definitions; where they differ, one of them is wrong. There is a
module for each subject, and one for what several of them use: `contract`, `parsing` (raw text),
`policy`, `config` (what a company decides), `calendar` (periods), `history` (what is known on the
as-of date), `tally` (counting by period and segment). `compare` finds the differences,
`random_company` makes raw data to compare on, `hand_made` raw data for cases worked out by hand.
"""

from . import (
    alerts,
    campaigns,
    core,
    growth,
    health,
    ltv,
    onboarding,
    orders,
    renewal,
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
        policy: The policies of the build.
        config: The config seeds of the build.

    Returns:
        By mart, its rows.
    """
    accounts = account(raw, policy)
    history = History(accounts.used, set(raw), policy, config.churn_reasons)
    reported = list(periods(policy, core.first_day(history)))
    marts: dict[str, list[Row]] = {
        "fct_rejected_rows": accounts.rejected,
        "fct_flagged_rows": accounts.flagged,
        "rpt_raw_reconciliation": accounts.reconciliation,
        "dim_periods": core.dim_periods(reported),
        "dim_customers": core.dim_customers(history),
        "dim_plans": core.dim_plans(history),
        "dim_kpis": scorecard.dim_kpis(config),
    }

    # What customers do.
    onboarded = onboarding.onboardings(history, config)
    used = usage.Usage(history, config)
    scores, low_weeks = used.scores(), used.low_weeks()
    surveys = voice.surveys(history)
    marts |= {
        "fct_onboarding": onboarding.fct_onboarding(history, onboarded),
        "fct_trials": onboarding.fct_trials(history, onboarded),
        "fct_usage_weekly": usage.fct_usage_weekly(used),
        "fct_usage_scores": usage.fct_usage_scores(scores),
        "fct_low_use_streaks": usage.fct_low_use_streaks(history, low_weeks),
        "fct_feature_stages": usage.fct_feature_stages(used),
        "fct_campaign_touches": campaigns.fct_campaign_touches(history),
        "fct_community_activities": campaigns.fct_community_activities(history),
        "fct_survey_responses": voice.fct_survey_responses(surveys),
        "fct_support_tickets": support.fct_support_tickets(history, config),
    }
    marts |= {
        "kpi_onboarding": onboarding.kpi_onboarding(
            history, reported, marts["fct_onboarding"], marts["fct_trials"]
        ),
        "kpi_engagement": usage.kpi_engagement(used, reported, scores, low_weeks),
        "kpi_nps": voice.kpi_nps(history, reported, surveys),
        "kpi_support": support.kpi_support(history, reported, marts["fct_support_tickets"]),
    }

    # What they pay.
    paid_orders = orders.fct_paid_orders(history)
    marts |= {
        "fct_mrr_changes": revenue.fct_mrr_changes(history),
        "fct_mrr_movements": revenue.fct_mrr_movements(history, reported),
        "fct_churns": revenue.fct_churns(history, onboarded, surveys),
        "kpi_revenue_retention": revenue.kpi_revenue_retention(history, reported),
        "fct_cohort_retention": revenue.fct_cohort_retention(history),
        "fct_contract_renewals": renewal.fct_contract_renewals(history),
        "fct_plan_changes": growth.fct_plan_changes(history),
        "fct_expansion_drivers": growth.fct_expansion_drivers(history, reported),
        "fct_offers": growth.fct_offers(history),
        "fct_paid_orders": paid_orders,
        "kpi_repeat": orders.kpi_repeat(history, reported, paid_orders),
        "fct_customer_ltv": ltv.fct_customer_ltv(paid_orders),
        "fct_survival_curve": ltv.fct_survival_curve(history),
    }
    marts |= {
        "kpi_renewal": renewal.kpi_renewal(history, reported, marts["fct_contract_renewals"]),
        "kpi_growth": growth.kpi_growth(
            history, reported, marts["fct_plan_changes"], marts["fct_offers"]
        ),
        "kpi_ltv": ltv.kpi_ltv(
            history,
            reported,
            paid_orders,
            marts["kpi_revenue_retention"],
            marts["fct_survival_curve"],
        ),
    }

    # What follows from both.
    health_rows = health.scored(
        config, health.components(history, reported, scores, onboarded, surveys)
    )
    marts |= {
        "fct_customer_health": health.fct_customer_health(health_rows),
        "kpi_health": health.kpi_health(history, reported, health_rows),
        "kpi_validation": validation.kpi_validation(history, reported, health_rows),
        "kpi_magic_numbers": validation.kpi_magic_numbers(history, used, onboarded),
    }
    marts["fct_customer_alerts"] = alerts.fct_customer_alerts(history, config, marts, surveys)
    marts["fct_expansion_candidates"] = growth.fct_expansion_candidates(
        history, config, scores, marts
    )
    marts["kpi_scorecard"] = scorecard.kpi_scorecard(config, marts)
    return marts
