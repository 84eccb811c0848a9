"""Rows that a warehouse must withstand: broken, repeated, outdated and deleted ones.

Every fault is one more row, a copy of a good one: without these rows the company is the same.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]

from tools.sample_company.arrow import to_text
from tools.sample_company.generate import Tables

NO_CUSTOMER: Final = "c9999x"
DELETED_CUSTOMER: Final = "c9998x"
# What is rejected takes what refers to it along.
REJECTED_CUSTOMER, REJECTED_SUBSCRIPTION = "c9997x", "s9997x"
# What is flagged is used, so it is of an account that is in no figure.
INTERNAL_CUSTOMER: Final = "c9996x"


class Fault(NamedTuple):
    """One faulty row.

    Attributes:
        kind: what is wrong. `duplicate` and `superseded` keep the key of the row they copy,
            all others get a key of their own.
        table: the raw table it stands in.
        changes: the columns that differ from the copied row, as text; None is null.
    """

    kind: str
    table: str
    changes: dict[str, str | None]


FAULTS: Final = (
    Fault("missing_required", "customers", {"signed_up_at": None}),
    Fault("missing_key", "customers", {"customer_id": None}),
    Fault(
        "bad_type",
        "customers",
        {"customer_id": REJECTED_CUSTOMER, "signed_up_at": "2025-02-30"},
    ),
    Fault("superseded", "customers", {"industry": "unsorted"}),
    Fault("duplicate", "customers", {}),
    Fault(
        "deleted",
        "customers",
        {"customer_id": DELETED_CUSTOMER, "is_internal": "true", "is_deleted": "true"},
    ),
    Fault(
        "flagged",
        "customers",
        {
            "customer_id": INTERNAL_CUSTOMER,
            "is_internal": "true",
            "is_deleted": "true",
            "updated_at": None,
        },
    ),
    Fault(
        "cascade",
        "subscriptions",
        {"subscription_id": REJECTED_SUBSCRIPTION, "customer_id": REJECTED_CUSTOMER},
    ),
    Fault("cascade", "subscription_items", {"subscription_id": REJECTED_SUBSCRIPTION}),
    Fault("cascade", "orders", {"customer_id": REJECTED_CUSTOMER}),
    Fault("missing_key", "subscriptions", {"subscription_id": None}),
    Fault("unknown_reference", "subscriptions", {"customer_id": NO_CUSTOMER}),
    Fault("bad_type", "subscriptions", {"started_at": "2025-13-01"}),
    Fault("superseded", "subscriptions", {"cancel_reason_code": "other"}),
    Fault("duplicate", "subscriptions", {}),
    Fault("inconsistent", "subscriptions", {"started_at": "2025-05-01", "ended_at": "2025-04-01"}),
    Fault("missing_required", "subscription_items", {"unit_price": None}),
    Fault("bad_type", "subscription_items", {"unit_price": "1.000,00"}),
    Fault("bad_type", "subscription_items", {"quantity": "2,5"}),
    Fault("not_allowed", "subscription_items", {"billing_interval": "fortnight"}),
    Fault("out_of_range", "subscription_items", {"discount_rate": "1.5"}),
    Fault("out_of_range", "subscription_items", {"unit_price": "-100"}),
    Fault("unknown_reference", "subscription_items", {"plan_id": "core-ultra"}),
    Fault("missing_exchange_rate", "subscription_items", {"currency_code": "XXX"}),
    Fault(
        "inconsistent",
        "subscription_items",
        {"valid_from": "2025-05-01", "valid_to": "2025-04-01"},
    ),
    Fault("superseded", "subscription_items", {"quantity": "1"}),
    Fault("duplicate", "subscription_items", {}),
    Fault("deleted", "subscription_items", {"is_deleted": "true"}),
    Fault("bad_type", "contracts", {"term_start": "2025-02-30"}),
    Fault("not_allowed", "contracts", {"renewal_type": "maybe"}),
    Fault("unknown_reference", "contracts", {"customer_id": NO_CUSTOMER}),
    Fault("inconsistent", "contracts", {"term_start": "2025-05-01", "term_end": "2025-04-01"}),
    Fault("superseded", "contracts", {"contract_value": "1"}),
    Fault(
        "flagged",
        "contracts",
        {"customer_id": INTERNAL_CUSTOMER, "previous_contract_id": "k9999x"},
    ),
    Fault("missing_required", "orders", {"gross_amount": None}),
    Fault("missing_key", "orders", {"order_id": None}),
    Fault("bad_type", "orders", {"ordered_at": "soon"}),
    Fault("bad_type", "orders", {"is_automatic": "maybe"}),
    Fault("bad_type", "orders", {"gross_amount": "1.000,00"}),
    Fault("not_allowed", "orders", {"status": "pending"}),
    Fault("out_of_range", "orders", {"gross_amount": "-5"}),
    Fault("unknown_reference", "orders", {"customer_id": NO_CUSTOMER}),
    Fault("missing_exchange_rate", "orders", {"currency_code": "XXX"}),
    Fault("inconsistent", "orders", {"gross_amount": "100", "refunded_amount": "200"}),
    Fault("superseded", "orders", {"status": "open"}),
    Fault("duplicate", "orders", {}),
    Fault("deleted", "orders", {"is_deleted": "true"}),
    Fault("flagged", "orders", {"customer_id": INTERNAL_CUSTOMER, "product_id": "core-x"}),
    Fault("missing_required", "onboarding_events", {"occurred_at": None}),
    Fault("unknown_reference", "onboarding_events", {"customer_id": NO_CUSTOMER}),
    Fault("superseded", "onboarding_events", {"step_code": "api_connected"}),
    Fault("duplicate", "onboarding_events", {}),
    Fault("bad_type", "sessions", {"ended_at": "soon"}),
    Fault("inconsistent", "sessions", {"started_at": "2025-05-02", "ended_at": "2025-05-01"}),
    Fault("unknown_reference", "sessions", {"customer_id": NO_CUSTOMER}),
    Fault("superseded", "sessions", {"user_id": None}),
    Fault("duplicate", "sessions", {}),
    Fault("missing_required", "feature_events", {"feature_code": None}),
    Fault("missing_key", "feature_events", {"event_id": None}),
    Fault("unknown_reference", "feature_events", {"customer_id": NO_CUSTOMER}),
    Fault("duplicate", "feature_events", {}),
    Fault("not_allowed", "survey_responses", {"survey_type": "pmf"}),
    Fault(
        "out_of_range",
        "survey_responses",
        {"survey_type": "nps", "responded_at": "2025-06-02 03:00:00", "score": "11"},
    ),
    Fault(
        "inconsistent",
        "survey_responses",
        {"responded_at": "2025-06-02 03:00:00", "score": None},
    ),
    Fault("duplicate", "survey_responses", {}),
    Fault("bad_type", "support_tickets", {"opened_at": "2025-02-30"}),
    Fault(
        "inconsistent",
        "support_tickets",
        {"opened_at": "2025-05-02", "first_responded_at": "2025-05-01"},
    ),
    Fault("superseded", "support_tickets", {"priority": "low"}),
    Fault("deleted", "support_tickets", {"is_deleted": "true"}),
    Fault("unknown_reference", "campaign_touches", {"campaign_id": "m999x"}),
    Fault("missing_required", "campaign_touches", {"sent_at": None}),
    Fault("duplicate", "campaign_touches", {}),
    Fault("not_allowed", "offers", {"outcome": "maybe"}),
    Fault("unknown_reference", "offers", {"offered_plan_id": "core-ultra"}),
    Fault("missing_required", "community_activities", {"activity_type": None}),
    Fault("duplicate", "community_activities", {}),
    Fault("out_of_range", "acquisition_costs", {"acquisition_channel": "fair", "amount": "-1"}),
)


def with_faults(chunks: Iterator[Tables], seed: int, *, text: bool) -> Iterator[Tables]:
    """Yield the chunks with the faulty rows added to the first chunk that has their table.

    Args:
        chunks: typed tables.
        seed: of the choice of rows that are copied.
        text: whether the tables are to be written as text; typed columns cannot hold what is
            not of their type, so those faults are left out.

    Yields:
        text tables if `text`, else typed ones.
    """
    rng, seen = np.random.default_rng([seed, 0, 1]), set[str]()
    for tables in chunks:
        shown = {name: to_text(table) for name, table in tables.items()} if text else dict(tables)
        for name in (name for name in tables if name not in seen):
            rows = _faulty_rows(rng, tables[name], shown[name].schema, name)
            shown[name] = pa.concat_tables([shown[name], *rows])
        seen |= tables.keys()
        yield shown


def _faulty_rows(rng: np.random.Generator, table: Any, schema: Any, name: str) -> list[Any]:
    faults = [fault for fault in FAULTS if fault.table == name]
    if table.num_rows < len(faults):
        return []
    sources = rng.choice(table.num_rows, len(faults), replace=False)
    rows = (
        _faulty_row(table.slice(source, 1), schema, fault)
        for source, fault in zip(sources, faults, strict=True)
    )
    return [row for row in rows if row is not None]


def _faulty_row(source: Any, schema: Any, fault: Fault) -> Any:
    """Return the faulty copy of a row, or None if the schema's types cannot hold it."""
    (row,) = source.to_pylist()
    key = source.schema.names[0]
    if fault.kind == "superseded":
        for stamp in {"updated_at", "loaded_at"} & row.keys():
            row[stamp] -= dt.timedelta(days=1)
    elif fault.kind != "duplicate":
        row[key] += "x"
    copy = pa.Table.from_pylist([row], source.schema)
    if schema != source.schema:
        copy = to_text(copy)
    for column, value in fault.changes.items():
        field = schema.field(column)
        try:
            cell = pa.array([value], pa.string()).cast(field.type)
        except pa.ArrowInvalid:
            return None
        copy = copy.set_column(schema.get_field_index(column), field, cell)
    return copy
