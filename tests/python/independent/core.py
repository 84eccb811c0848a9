"""Customers, plans and periods."""

from datetime import date

from .calendar import Period, previous_start, year_ago_start
from .history import History
from .quality import Row


def first_day(history: History) -> date:
    """The first day that is reported."""
    if history.policy.reporting_start_date:
        return history.policy.reporting_start_date
    customers = history.customers.values()
    days = [customer.signed_up_on for customer in customers]
    days += [item.start for customer in customers for item in customer.items]
    as_of, years = history.as_of, history.policy.max_reporting_years
    # A year has the same last day of February or one less.
    day = min(as_of.day, 28) if as_of.month == 2 and years % 4 else as_of.day
    return max(min(days, default=as_of), as_of.replace(year=as_of.year - years, day=day))


def dim_periods(periods: list[Period]) -> list[Row]:
    """All reporting periods."""
    return [
        period.columns()
        | {
            "period_label": period.label,
            "fiscal_year": period.fiscal_year,
            "closing_on": period.closing,
            "previous_start": previous_start(period.grain, period.start),
            "year_ago_start": year_ago_start(period.grain, period.start),
        }
        for period in periods
    ]


def dim_plans(history: History) -> list[Row]:
    """All plans with their products' names."""
    names = {row["product_id"]: row["product_name"] for row in history.used["products"]}
    # the highest tier that is still sold
    top: dict[str, int] = {}
    for plan in history.plans.values():
        if plan["tier_rank"] is not None and not plan["is_deleted"]:
            product = plan["product_id"]
            top[product] = max(top.get(product, plan["tier_rank"]), plan["tier_rank"])
    return [
        {
            "plan_id": plan_id,
            "product_id": plan["product_id"],
            "plan_name": plan["plan_name"],
            "product_name": names.get(plan["product_id"]),
            "tier_rank": plan["tier_rank"],
            "is_free": plan["is_free"],
            "is_top_tier": plan["tier_rank"] is not None
            and plan["tier_rank"] >= top.get(plan["product_id"], plan["tier_rank"]),
        }
        for plan_id, plan in history.plans.items()
    ]


def _is_in_trial(history: History, subscription: Row) -> bool:
    return (
        history.known_day(subscription["trial_started_at"]) is not None
        and history.known_day(subscription["trial_ended_at"]) is None
        and history.known_day(subscription["started_at"]) is None
        and history.subscription_end(subscription) is None
    )


def dim_customers(history: History) -> list[Row]:
    """All customers that are not internal, as they are on the as-of date."""
    rows = []
    for customer in history.customers.values():
        now = history.policy.as_of_date
        state = customer.on(now)
        if state.mrr > 0:
            status = "active"
        elif customer.first_active_on:
            status = "churned"
        elif any(_is_in_trial(history, each) for each in customer.subscriptions):
            status = "trial"
        else:
            status = "prospect"
        copied = (
            "customer_id",
            "customer_name",
            "country_code",
            "industry",
            "company_size",
            "acquisition_channel",
            "csm_owner",
        )
        rows.append(
            {name: customer.row[name] for name in copied}
            | {
                "signed_up_on": customer.signed_up_on,
                "signup_fiscal_year": history.fiscal_year_name(customer.signed_up_on),
                "first_active_on": customer.first_active_on,
                "last_active_on": customer.last_active_on(now),
                "is_active": state.mrr > 0,
                "current_mrr": state.mrr,
                "current_plan_id": state.plan_id,
                "current_product_id": history.product_of(state.plan_id),
                "status": status,
            }
        )
    return rows
