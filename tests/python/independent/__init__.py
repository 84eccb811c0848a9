"""The marts computed a second time, by days and loops, from the definitions alone.

Nothing here is shared with the SQL: where the two agree to the last digit, both follow
docs/definitions.md; where they differ, one of them is wrong.
"""

from . import renewal, revenue
from .calendar import periods
from .history import ChurnReasons, History
from .policy import Policy
from .quality import Raw, Row, account

__all__ = ["ChurnReasons", "Policy", "Raw", "Row", "compute"]


def compute(raw: Raw, policy: Policy, churn_reasons: ChurnReasons) -> dict[str, list[Row]]:
    """All rows that the marts must have.

    Args:
        raw: By table, the rows as they arrive: a text or None by column. An absent table
            has no entry.
        policy: The settings of the build.
        churn_reasons: By reason_code: reason_group, is_graduated, is_involuntary; must
            hold `unknown`.

    Returns:
        By mart, its rows.
    """
    accounts = account(raw, policy.reporting_currency)
    history = History(accounts.used, set(raw), policy, churn_reasons)
    reported = list(periods(policy, revenue.first_day(history)))
    terms = renewal.fct_contract_renewals(history)
    return {
        "fct_rejected_rows": accounts.rejected,
        "rpt_raw_reconciliation": accounts.reconciliation,
        "dim_periods": revenue.dim_periods(reported),
        "dim_customers": revenue.dim_customers(history),
        "dim_plans": revenue.dim_plans(history),
        "fct_mrr_changes": revenue.fct_mrr_changes(history),
        "fct_mrr_movements": revenue.fct_mrr_movements(history, reported),
        "fct_churns": revenue.fct_churns(history),
        "kpi_revenue_retention": revenue.kpi_revenue_retention(history, reported),
        "fct_cohort_retention": revenue.fct_cohort_retention(history),
        "fct_contract_renewals": terms,
        "kpi_renewal": renewal.kpi_renewal(history, reported, terms),
    }
