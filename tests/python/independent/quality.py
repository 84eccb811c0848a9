"""What becomes of every raw row: used, superseded, deleted or rejected."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from .parsing import (
    is_null,
    parse_boolean,
    parse_date,
    parse_integer,
    parse_numeric,
    parse_timestamp,
)

RawRow = Mapping[str, str | None]
Raw = Mapping[str, Sequence[RawRow]]
Row = dict[str, Any]


@dataclass(frozen=True)
class Column:
    """What the raw contract says of a column."""

    type: str
    required: bool = False
    values: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None
    references: str | None = None
    converted: bool = False
    default: Any = None


@dataclass(frozen=True)
class Table:
    """What the raw contract says of a table."""

    key: tuple[str, ...]
    mutable: bool
    columns: dict[str, Column]


def _table(key: str, mutable: bool = True, **columns: Column) -> Table:
    everywhere = {"loaded_at": Column("timestamp")}
    if mutable:
        everywhere["updated_at"] = Column("timestamp")
        everywhere["is_deleted"] = Column("boolean", default=False)
    return Table(tuple(key.split()), mutable, columns | everywhere)


_TEXT = Column("text")
_ID = Column("text", required=True)
_WHEN = Column("timestamp")
_WHEN_REQUIRED = Column("timestamp", required=True)
_DAY_REQUIRED = Column("date", required=True)
_FLAG = Column("boolean", default=False)
_AMOUNT = Column("numeric", required=True, low=0)
_CURRENCY = Column("text", required=True, converted=True)
_CUSTOMER = Column("text", required=True, references="customers")
_PLAN = Column("text", required=True, references="plans")


def _one_of(values: str, required: bool = True) -> Column:
    return Column("text", required=required, values=tuple(values.split()))


TABLES: dict[str, Table] = {
    "customers": _table(
        "customer_id",
        customer_id=_ID,
        customer_name=_TEXT,
        signed_up_at=_WHEN_REQUIRED,
        country_code=_TEXT,
        industry=_TEXT,
        company_size=_TEXT,
        acquisition_channel=_TEXT,
        csm_owner=_TEXT,
        contact_email=_TEXT,
        is_internal=_FLAG,
    ),
    "products": _table("product_id", product_id=_ID, product_name=_TEXT),
    "plans": _table(
        "plan_id",
        plan_id=_ID,
        product_id=_ID,
        plan_name=_TEXT,
        tier_rank=Column("integer"),
        list_monthly_price=Column("numeric"),
        currency_code=_TEXT,
        is_free=_FLAG,
    ),
    "subscriptions": _table(
        "subscription_id",
        subscription_id=_ID,
        customer_id=_CUSTOMER,
        trial_started_at=_WHEN,
        trial_ended_at=_WHEN,
        started_at=_WHEN,
        cancel_requested_at=_WHEN,
        ended_at=_WHEN,
        cancel_reason_code=_TEXT,
    ),
    "subscription_items": _table(
        "subscription_item_id",
        subscription_item_id=_ID,
        subscription_id=Column("text", required=True, references="subscriptions"),
        plan_id=_PLAN,
        quantity=Column("integer", required=True, low=0),
        unit_price=_AMOUNT,
        discount_rate=Column("numeric", low=0, high=1, default=Decimal(0)),
        currency_code=_CURRENCY,
        billing_interval=_one_of("day week month quarter half_year year"),
        valid_from=_WHEN_REQUIRED,
        valid_to=_WHEN,
    ),
    "contracts": _table(
        "contract_id",
        contract_id=_ID,
        customer_id=_CUSTOMER,
        subscription_id=_TEXT,
        previous_contract_id=_TEXT,
        term_start=_DAY_REQUIRED,
        term_end=_DAY_REQUIRED,
        contract_value=Column("numeric", low=0),
        currency_code=Column("text", converted=True),
        renewal_type=_one_of("new auto manual"),
        signed_at=_WHEN,
    ),
    "orders": _table(
        "order_id",
        order_id=_ID,
        customer_id=_CUSTOMER,
        ordered_at=_WHEN_REQUIRED,
        order_type=_one_of("subscription usage one_time"),
        is_automatic=Column("boolean", required=True),
        product_id=_TEXT,
        gross_amount=_AMOUNT,
        refunded_amount=Column("numeric", low=0, default=Decimal(0)),
        currency_code=_CURRENCY,
        status=_one_of("paid open failed void"),
    ),
    "onboarding_events": _table(
        "event_id",
        mutable=False,
        event_id=_ID,
        customer_id=_CUSTOMER,
        step_code=_ID,
        occurred_at=_WHEN_REQUIRED,
    ),
    "sessions": _table(
        "session_id",
        mutable=False,
        session_id=_ID,
        customer_id=_CUSTOMER,
        user_id=_TEXT,
        started_at=_WHEN_REQUIRED,
        ended_at=_WHEN_REQUIRED,
    ),
    "feature_events": _table(
        "event_id",
        mutable=False,
        event_id=_ID,
        customer_id=_CUSTOMER,
        user_id=_TEXT,
        feature_code=_ID,
        occurred_at=_WHEN_REQUIRED,
    ),
    "survey_responses": _table(
        "response_id",
        mutable=False,
        response_id=_ID,
        survey_type=_one_of("nps csat ces"),
        customer_id=_CUSTOMER,
        user_id=_TEXT,
        sent_at=_WHEN_REQUIRED,
        responded_at=_WHEN,
        score=Column("integer"),
        comment=_TEXT,
    ),
    "support_tickets": _table(
        "ticket_id",
        ticket_id=_ID,
        customer_id=_CUSTOMER,
        channel=_TEXT,
        category=_TEXT,
        priority=_TEXT,
        opened_at=_WHEN_REQUIRED,
        first_responded_at=_WHEN,
        resolved_at=_WHEN,
    ),
    "campaigns": _table(
        "campaign_id",
        campaign_id=_ID,
        campaign_name=_TEXT,
        campaign_type=_one_of("onboarding adoption upsell cross_sell retention winback"),
        incentive_type=_one_of("discount bundle_discount extension none", required=False),
        started_at=_WHEN,
        ended_at=_WHEN,
    ),
    "campaign_touches": _table(
        "touch_id",
        touch_id=_ID,
        campaign_id=Column("text", required=True, references="campaigns"),
        customer_id=_CUSTOMER,
        sent_at=_WHEN_REQUIRED,
        delivered_at=_WHEN,
        opened_at=_WHEN,
        clicked_at=_WHEN,
        responded_at=_WHEN,
    ),
    "offers": _table(
        "offer_id",
        offer_id=_ID,
        customer_id=_CUSTOMER,
        campaign_id=_TEXT,
        offer_type=_one_of("upsell cross_sell"),
        offered_plan_id=_PLAN,
        offered_at=_WHEN_REQUIRED,
        decided_at=_WHEN,
        outcome=_one_of("accepted declined", required=False),
    ),
    "community_activities": _table(
        "activity_id",
        mutable=False,
        activity_id=_ID,
        customer_id=_CUSTOMER,
        user_id=_TEXT,
        activity_type=_ID,
        occurred_at=_WHEN_REQUIRED,
    ),
    "acquisition_costs": _table(
        "acquisition_channel cost_month",
        mutable=False,
        acquisition_channel=_ID,
        cost_month=_DAY_REQUIRED,
        amount=_AMOUNT,
        currency_code=_CURRENCY,
    ),
    "exchange_rates": _table(
        "currency_code valid_from",
        mutable=False,
        currency_code=_ID,
        valid_from=_DAY_REQUIRED,
        rate_to_reporting=Column("rate", required=True, low=0),
    ),
}

SCORES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}

# table -> (column, the column that it must not be less than, may they be equal)
ORDERED = {
    "subscription_items": [("valid_to", "valid_from", True)],
    "contracts": [("term_end", "term_start", False)],
    "orders": [("gross_amount", "refunded_amount", True)],
    "sessions": [("ended_at", "started_at", True)],
    "support_tickets": [
        ("first_responded_at", "opened_at", True),
        ("resolved_at", "opened_at", True),
    ],
}


@dataclass
class Accounts:
    """All raw rows accounted for; `used` holds typed rows, defaults filled in."""

    used: dict[str, list[Row]] = field(default_factory=dict)
    rejected: list[Row] = field(default_factory=list)
    reconciliation: list[Row] = field(default_factory=list)


_PARSERS: dict[str, Callable[[str], Any]] = {
    "text": str,
    "integer": parse_integer,
    "numeric": parse_numeric,
    "rate": partial(parse_numeric, places=8),
    "boolean": parse_boolean,
    "date": parse_date,
    "timestamp": parse_timestamp,
}


def _read(column: Column, text: str) -> Any:
    return _PARSERS[column.type](text)


def _given(row: RawRow, columns: Mapping[str, Column]) -> dict[str, str]:
    """The row's texts that are not null, of the columns that the contract knows."""
    texts = {name: row.get(name) for name in columns}
    return {name: text for name, text in texts.items() if text is not None and not is_null(text)}


def _moment(texts: Mapping[str, str], column: str) -> datetime:
    """A time to order versions by: null and unreadable are as old as can be."""
    return parse_timestamp(texts.get(column, "")) or datetime.min


def _column_fault(
    table: str,
    name: str,
    texts: Mapping[str, str],
    referenced_keys: Mapping[str, set[str]],
    currencies: set[str],
) -> str | None:
    """The first thing wrong with one column of a row."""
    column = TABLES[table].columns[name]
    if name not in texts:
        return "missing_required" if column.required else None
    value = _read(column, texts[name])
    if value is None:
        return "bad_type"
    low, high = column.low, column.high
    if table == "survey_responses" and name == "score":
        low, high = SCORES.get(texts.get("survey_type", ""), (None, None))
    faults = {
        "not_allowed": column.values and value not in column.values,
        "out_of_range": (low is not None and value < low) or (high is not None and value > high),
        "unknown_reference": column.references
        and column.references in referenced_keys
        and value not in referenced_keys[column.references],
        "missing_exchange_rate": column.converted and value not in currencies,
    }
    return next((reason for reason, is_so in faults.items() if is_so), None)


def _is_inconsistent(table: str, texts: Mapping[str, str], values: Row) -> bool:
    """Two readable values of the row contradict each other."""
    for greater, smaller, may_equal in ORDERED.get(table, []):
        high, low = values.get(greater), values.get(smaller)
        if high is not None and low is not None and (high < low or (high == low and not may_equal)):
            return True
    if table == "survey_responses":
        answer = [name for name in ("score", "responded_at") if name in texts]
        return len(answer) == 1 and values[answer[0]] is not None
    return False


def _latest(table: Table, versions: list[dict[str, str]]) -> dict[str, str]:
    def age(texts: dict[str, str]) -> tuple[datetime, datetime]:
        updated = _moment(texts, "updated_at") if table.mutable else datetime.min
        return updated, _moment(texts, "loaded_at")

    return max(versions, key=age)


def _merged(rejections: list[Row]) -> list[Row]:
    """Rejections that coincide on the grain become one row."""
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rejections:
        grain = (row["table_name"], row["row_key"], row["reason"], row["column_name"])
        groups[grain].append(row)
    merged = []
    for rows in groups.values():
        bad_values = [row["bad_value"] for row in rows if row["bad_value"] is not None]
        loaded = [row["loaded_at"] for row in rows if row["loaded_at"] is not None]
        merged.append(
            rows[0]
            | {
                "bad_value": min(bad_values, default=None),
                "loaded_at": max(loaded, default=None),
                "raw_rows": len(rows),
            }
        )
    return merged


def account(raw: Raw, reporting_currency: str) -> Accounts:
    """Decide for every raw row what becomes of it."""
    accounts = Accounts()
    rejections: list[Row] = []
    referenced_keys: dict[str, set[str]] = {}
    currencies = {reporting_currency}
    # The rates come first because other tables are checked against them.
    for name in ["exchange_rates", *(name for name in TABLES if name != "exchange_rates")]:
        table = TABLES[name]
        entities: dict[object, list[dict[str, str]]] = defaultdict(list)
        for number, row in enumerate(raw.get(name, [])):
            texts = _given(row, table.columns)
            has_key = all(part in texts for part in table.key)
            # A row without a key is an entity of its own.
            entities["|".join(texts[part] for part in table.key) if has_key else number].append(
                texts
            )
        used: list[Row] = []
        deleted = rejected = 0
        for key, versions in entities.items():
            texts = _latest(table, versions)
            if parse_boolean(texts.get("is_deleted", "")) and table.mutable:
                deleted += 1
                continue
            values = {
                column: _read(spec, texts[column]) if column in texts else None
                for column, spec in table.columns.items()
            }
            faults = [
                (fault, column, texts.get(column))
                for column in table.columns
                if (fault := _column_fault(name, column, texts, referenced_keys, currencies))
            ]
            if _is_inconsistent(name, texts, values):
                faults.append(("inconsistent", "", None))
            if faults:
                rejected += 1
            else:
                defaults = {
                    column: spec.default
                    for column, spec in table.columns.items()
                    if values[column] is None
                }
                used.append(values | defaults)
            rejections += [
                {
                    "table_name": name,
                    "row_key": key if isinstance(key, str) else "",
                    "reason": reason,
                    "column_name": column,
                    "bad_value": bad_value,
                    "loaded_at": values["loaded_at"],
                }
                for reason, column, bad_value in faults
            ]
        accounts.used[name] = used
        if name in raw and len(table.key) == 1:
            referenced_keys[name] = {row[table.key[0]] for row in used}
        if name == "exchange_rates":
            currencies |= {row["currency_code"] for row in used}
        accounts.reconciliation.append(
            {
                "table_name": name,
                "is_present": name in raw,
                "raw_rows": len(raw.get(name, [])),
                "used_rows": len(used),
                "superseded_rows": len(raw.get(name, [])) - len(entities),
                "deleted_rows": deleted,
                "rejected_rows": rejected,
            }
        )
    accounts.rejected = _merged(rejections)
    return accounts
