"""Raw tables by hand, for cases whose marts are worked out by hand.

Every builder returns tables, which `build` puts together. Unless it is given another, a row is of
customer `c`, who signed up on 2 April 2025 at 9 o'clock in Tokyo.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

from . import compute
from .config import Config, OnboardingStep, Sla, Weight
from .policy import Policy
from .quality import Row

Text = str | None
RawTable = list[dict[str, Text]]
Tables = dict[str, RawTable]
Marts = dict[str, list[Row]]

# Wednesday; the last whole week ends on Sunday the 28th and begins on Monday the 22nd.
AS_OF = date(2025, 12, 31)
SEEDS = Config.load(Path(__file__).parents[3] / "seeds" / "config")
# No case looks at the scorecard, which repeats all other KPIs.
CONFIG = replace(
    SEEDS,
    kpi_catalog=(),
    churn_reasons={
        "unknown": ("unknown", False, False),
        "too_expensive": ("price", False, False),
        "outgrew": ("graduated", True, False),
        "bankruptcy": ("business_closed", False, True),
    },
)
# One onboarding path, and every active day of a week scores 20.
PLAIN_CONFIG = replace(
    CONFIG,
    onboarding_rules=(
        OnboardingStep("guided", None, "login", 10, False),
        OnboardingStep("guided", None, "import", 20, False),
        OnboardingStep("guided", None, "share", None, True),
    ),
    usage_score_weights={"active_days": Weight(Fraction(1), Fraction(5))},
    feature_stages={"view": 1, "api": 2, "chat": None},
    health_score_weights={
        "usage": Fraction("0.3"),
        "onboarding": Fraction("0.1"),
        "nps": Fraction("0.15"),
        "support": Fraction("0.15"),
        "payment": Fraction("0.2"),
        "engagement": Fraction("0.1"),
    },
    health_bands=(("red", Fraction(0)), ("green", Fraction(70)), ("yellow", Fraction(40))),
    related_products={"chat": "addon"},
    support_sla={"urgent": Sla(60, False), "other": Sla(540, True)},
)


# --- putting together --------------------------------------------------------------------


def together(*parts: Tables) -> Tables:
    """The rows of several parts."""
    tables: Tables = {}
    for part in parts:
        for table, rows in part.items():
            tables[table] = [*tables.get(table, []), *rows]
    return tables


def raw_tables(*parts: Tables) -> Tables:
    """All raw tables: those of the parts, plans, and what the parts do not name of customer `c`."""
    given = together(*parts)
    raw = plans() | {"subscription_items": []} | given
    raw.setdefault("customers", customers("c")["customers"])
    has_c = any(row["customer_id"] == "c" for row in raw["customers"])
    raw.setdefault("subscriptions", subscription()["subscriptions"] if has_c else [])
    return raw


def build(*parts: Tables, policy: Policy | None = None, config: Config = CONFIG) -> Marts:
    """The marts of raw tables all rows of which are used.

    Args:
        parts: The tables; without customers there is customer `c`, without subscriptions there
            is its subscription `s`.
        policy: The policies, by default as of AS_OF.
        config: The config seeds.

    Returns:
        By mart, its rows.
    """
    marts = compute(raw_tables(*parts), policy or Policy(AS_OF), config)
    assert not marts["fct_rejected_rows"], marts["fct_rejected_rows"]
    return marts


def build_active(
    *parts: Tables, policy: Policy | None = None, config: Config = PLAIN_CONFIG
) -> Marts:
    """As `build`, but customer `c` pays, unless the parts name customers."""
    is_named = any("customers" in part for part in parts)
    return build(*parts, *(() if is_named else (paying(),)), policy=policy, config=config)


# --- looking up --------------------------------------------------------------------------


def only(rows: Iterable[Row], **where: Any) -> Row:
    """The one row that has these values."""
    found = [row for row in rows if all(row[name] == value for name, value in where.items())]
    assert len(found) == 1, found
    return found[0]


def period_row(
    rows: Iterable[Row],
    start: date,
    segment_type: str = "all",
    segment_value: str = "all",
    grain: str = "month",
) -> Row:
    """The row of a mart for a period and a segment."""
    return only(
        rows,
        period_grain=grain,
        period_start=start,
        segment_type=segment_type,
        segment_value=segment_value,
    )


def values(row: Row, names: str) -> list[Any]:
    """The values of columns, named with blanks between."""
    return [row[name] for name in names.split()]


# --- customers and what they pay for -----------------------------------------------------


def plans() -> Tables:
    """Product core with two tiers, the upper one of two plans, and one plan without; addon."""
    return {
        "plans": [
            {"plan_id": plan_id, "product_id": product_id, "tier_rank": tier}
            for plan_id, product_id, tier in (
                ("basic", "core", "1"),
                ("pro", "core", "2"),
                ("Pro", "core", "2"),
                ("flat", "core", None),
                ("chat", "addon", "1"),
            )
        ]
    }


def customers(*customer_ids: str, **more: Text) -> Tables:
    """Customers, alike but for their names."""
    rows: RawTable = []
    for name in customer_ids:
        row: dict[str, Text] = {"customer_id": name, "signed_up_at": "2025-04-02"}
        rows.append(row | more)
    return {"customers": rows}


def subscription(subscription_id: str = "s", of: str = "c", **more: Text) -> Tables:
    """A subscription that starts before everything else."""
    row: dict[str, Text] = {
        "subscription_id": subscription_id,
        "customer_id": of,
        "started_at": "2025-01-01",
    }
    return {"subscriptions": [row | more]}


def trial(subscription_id: str, of: str = "c", **more: Text) -> Tables:
    """A subscription that has not started."""
    return subscription(subscription_id, of, **({"started_at": None} | more))


def item(
    item_id: str,
    valid_from: str,
    valid_to: Text,
    price: Text = "100",
    plan: Text = "basic",
    **more: Text,
) -> Tables:
    """An item of subscription `s`, billed by month."""
    row: dict[str, Text] = {
        "subscription_item_id": item_id,
        "subscription_id": "s",
        "plan_id": plan,
        "quantity": "1",
        "unit_price": price,
        "currency_code": "JPY",
        "billing_interval": "month",
        "valid_from": valid_from,
        "valid_to": valid_to,
    }
    return {"subscription_items": [row | more]}


def subscribed(
    of: str = "c", begun: str = "2025-04-02", ended: Text = None, **more: Text
) -> Tables:
    """A subscription of its own with an item of plan basic, from one day until before another."""
    return together(
        subscription(f"s-{of}", of, started_at=begun),
        item(f"i-{of}", begun, ended, subscription_id=f"s-{of}", **more),
    )


def paying(
    customer_id: str = "c",
    begun: str = "2025-04-02",
    ended: Text = None,
    signed_up_at: str = "2025-04-02",
    **more: Text,
) -> Tables:
    """A customer that pays 100 a month for plan basic from one day until before another."""
    return together(
        customers(customer_id, signed_up_at=signed_up_at),
        subscribed(customer_id, begun, ended, **more),
    )


def contract(
    contract_id: str, start: str, end: str, kind: str = "new", of: str = "c", **more: Text
) -> Tables:
    """A term."""
    row: dict[str, Text] = {
        "contract_id": contract_id,
        "customer_id": of,
        "term_start": start,
        "term_end": end,
        "renewal_type": kind,
    }
    return {"contracts": [row | more]}


def order(ordered_at: str, gross: str = "100", of: str = "c", **more: Text) -> Tables:
    """A paid order that is not automatic."""
    row: dict[str, Text] = {
        "order_id": f"{of}{ordered_at}{gross}{more}",
        "customer_id": of,
        "ordered_at": ordered_at,
        "order_type": "one_time",
        "is_automatic": "no",
        "gross_amount": gross,
        "currency_code": "JPY",
        "status": "paid",
    }
    return {"orders": [row | more]}


def orders(*rows: tuple[str, str] | tuple[str, str, str], of: str = "c") -> Tables:
    """Orders: day, status and perhaps amount."""
    return together(
        *(order(row[0], row[2] if len(row) > 2 else "100", of, status=row[1]) for row in rows)
    )


def offer(offer_id: str, decided_at: Text, outcome: Text, offered_at: str = "2025-05-01") -> Tables:
    """An offer of plan pro."""
    return {
        "offers": [
            {
                "offer_id": offer_id,
                "customer_id": "c",
                "offer_type": "upsell",
                "offered_plan_id": "pro",
                "offered_at": offered_at,
                "decided_at": decided_at,
                "outcome": outcome,
            }
        ]
    }


def cost(channel: str, month: str, amount: str, currency: str = "JPY") -> Tables:
    """The cost of acquisition by a channel."""
    return {
        "acquisition_costs": [
            {
                "acquisition_channel": channel,
                "cost_month": month,
                "amount": amount,
                "currency_code": currency,
            }
        ]
    }


def rates(currency: str, *rows: tuple[str, str]) -> Tables:
    """Exchange rates: the day from which each is valid, and the rate."""
    return {
        "exchange_rates": [
            {"currency_code": currency, "valid_from": day, "rate_to_reporting": rate}
            for day, rate in rows
        ]
    }


# --- what customers do and say -----------------------------------------------------------


def steps(*events: tuple[str, str], of: str = "c") -> Tables:
    """Steps of onboarding: code and time."""
    return {
        "onboarding_events": [
            {
                "event_id": f"{of}{number}{code}{when}",
                "customer_id": of,
                "step_code": code,
                "occurred_at": when,
            }
            for number, (code, when) in enumerate(events)
        ]
    }


def session(started_at: str, ended_at: str, user: Text = None, of: str = "c") -> Tables:
    """A session."""
    return {
        "sessions": [
            {
                "session_id": f"{of}{started_at}{user}",
                "customer_id": of,
                "user_id": user,
                "started_at": started_at,
                "ended_at": ended_at,
            }
        ]
    }


def sessions(*starts: str, of: str = "c", minutes: int = 30, user: Text = None) -> Tables:
    """Sessions that are equally long; without any, the table is there and empty."""
    duration = timedelta(minutes=minutes)
    return {"sessions": []} | together(
        *(
            session(begun.isoformat(), (begun + duration).isoformat(), user, of)
            for begun in map(datetime.fromisoformat, starts)
        )
    )


def week_of_use(monday: str, days: int, of: str = "c") -> Tables:
    """A session on each of the first days of a week."""
    first = date.fromisoformat(monday)
    return sessions(*(str(first + timedelta(days=number)) for number in range(days)), of=of)


def features(*events: tuple[str, str] | tuple[str, str, str], of: str = "c") -> Tables:
    """Uses of features: code, time and perhaps user."""
    return {
        "feature_events": [
            {
                "event_id": f"{of}{number}{event}",
                "customer_id": of,
                "feature_code": event[0],
                "occurred_at": event[1],
                "user_id": event[2] if len(event) > 2 else None,
            }
            for number, event in enumerate(events)
        ]
    }


def survey(response_id: str, score: Text, responded_at: Text, **more: Text) -> Tables:
    """An NPS survey to user u1."""
    row: dict[str, Text] = {
        "response_id": response_id,
        "survey_type": "nps",
        "customer_id": "c",
        "user_id": "u1",
        "sent_at": "2025-05-01",
        "score": score,
        "responded_at": responded_at,
    }
    return {"survey_responses": [row | more]}


def answers(*given: tuple[str, int], of: str = "c", kind: str = "nps") -> Tables:
    """Answers of a customer to surveys of 2 April: time and score."""
    more = {"customer_id": of, "user_id": None, "survey_type": kind, "sent_at": "2025-04-02"}
    return together(
        *(survey(f"{of}{kind}{when}{score}", str(score), when, **more) for when, score in given)
    )


def ticket(
    opened_at: str, answered_at: Text = None, priority: Text = None, of: str = "c", **more: Text
) -> Tables:
    """A support ticket."""
    row: dict[str, Text] = {
        "ticket_id": f"{of}{opened_at}{answered_at}{priority}{more}",
        "customer_id": of,
        "opened_at": opened_at,
        "first_responded_at": answered_at,
        "priority": priority,
    }
    return {"support_tickets": [row | more]}


def touch(sent_at: str = "2025-04-02", of: str = "c", **more: Text) -> Tables:
    """What campaign k sent."""
    row: dict[str, Text] = {
        "touch_id": f"{of}{sent_at}{more}",
        "campaign_id": "k",
        "customer_id": of,
        "sent_at": sent_at,
    }
    return {
        "campaigns": [{"campaign_id": "k", "campaign_type": "adoption"}],
        "campaign_touches": [row | more],
    }


def activity(occurred_at: str, of: str = "c", **more: Text) -> Tables:
    """A post in the community."""
    row: dict[str, Text] = {
        "activity_id": f"{of}{occurred_at}",
        "customer_id": of,
        "activity_type": "post",
        "occurred_at": occurred_at,
    }
    return {"community_activities": [row | more]}
