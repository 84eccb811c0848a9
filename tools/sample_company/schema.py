"""The raw tables that the generator fills: names, columns and types, in file order.

Types: `text`, `integer`, `numeric` (18,4), `rate` (18,8), `boolean`, `date`, `timestamp` (UTC).
"""

from typing import Final

_COLUMNS: Final[dict[str, str]] = {
    "customers": """customer_id customer_name signed_up_at:timestamp country_code industry
        company_size acquisition_channel csm_owner contact_email is_internal:boolean""",
    "products": "product_id product_name",
    "plans": """plan_id product_id plan_name tier_rank:integer list_monthly_price:numeric
        currency_code is_free:boolean""",
    "subscriptions": """subscription_id customer_id trial_started_at:timestamp
        trial_ended_at:timestamp started_at:timestamp cancel_requested_at:timestamp
        ended_at:timestamp cancel_reason_code""",
    "subscription_items": """subscription_item_id subscription_id plan_id quantity:integer
        unit_price:numeric discount_rate:numeric currency_code billing_interval
        valid_from:timestamp valid_to:timestamp""",
    "contracts": """contract_id customer_id subscription_id previous_contract_id term_start:date
        term_end:date contract_value:numeric currency_code renewal_type signed_at:timestamp""",
    "orders": """order_id customer_id ordered_at:timestamp order_type is_automatic:boolean
        product_id gross_amount:numeric refunded_amount:numeric currency_code status""",
    "onboarding_events": "event_id customer_id step_code occurred_at:timestamp",
    "sessions": "session_id customer_id user_id started_at:timestamp ended_at:timestamp",
    "feature_events": "event_id customer_id user_id feature_code occurred_at:timestamp",
    "survey_responses": """response_id survey_type customer_id user_id sent_at:timestamp
        responded_at:timestamp score:integer comment""",
    "support_tickets": """ticket_id customer_id channel category priority opened_at:timestamp
        first_responded_at:timestamp resolved_at:timestamp""",
    "campaigns": """campaign_id campaign_name campaign_type incentive_type started_at:timestamp
        ended_at:timestamp""",
    "campaign_touches": """touch_id campaign_id customer_id sent_at:timestamp
        delivered_at:timestamp opened_at:timestamp clicked_at:timestamp responded_at:timestamp""",
    "offers": """offer_id customer_id campaign_id offer_type offered_plan_id offered_at:timestamp
        decided_at:timestamp outcome""",
    "community_activities": "activity_id customer_id user_id activity_type occurred_at:timestamp",
    "acquisition_costs": "acquisition_channel cost_month:date amount:numeric currency_code",
    "exchange_rates": "currency_code valid_from:date rate_to_reporting:rate",
}

MUTABLE: Final = frozenset(
    {
        "customers",
        "products",
        "plans",
        "subscriptions",
        "subscription_items",
        "contracts",
        "orders",
        "support_tickets",
        "campaigns",
        "campaign_touches",
        "offers",
    }
)
"""Tables whose rows change in place: they also carry `updated_at` and `is_deleted`."""


def _types(table: str) -> dict[str, str]:
    columns = {
        name: kind or "text"
        for name, _, kind in (column.partition(":") for column in _COLUMNS[table].split())
    }
    if table in MUTABLE:
        columns |= {"updated_at": "timestamp", "is_deleted": "boolean"}
    return columns | {"loaded_at": "timestamp"}


SCHEMA: Final[dict[str, dict[str, str]]] = {table: _types(table) for table in _COLUMNS}
"""Type of each column of each table; the first column is the key, or begins it."""
