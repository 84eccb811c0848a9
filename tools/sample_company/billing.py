"""Subscriptions and their items as raw tables, and what follows from them: contracts, orders."""

import numpy as np

from tools.sample_company import assumptions
from tools.sample_company.arrow import Log, customer_ids, ids, labels
from tools.sample_company.chunk import Chunk, Rows
from tools.sample_company.clock import DAY, Floats, Ints, add_months, between, day_of

FAILED_DAYS = 45
"""Charges fail from so many days before a subscription ends for lack of payment."""


def billing_rows(chunk: Chunk) -> dict[str, Rows]:
    """Return subscriptions, items, contracts, orders and offers of a chunk."""
    subscriptions = chunk.history.subscriptions
    numbers = chunk.numbering.take("subscription", subscriptions["customer"].size)
    return {
        "subscriptions": _subscriptions(chunk, numbers),
        "subscription_items": _items(chunk, numbers),
        "contracts": _contracts(chunk, numbers),
        "orders": _orders(chunk),
        "offers": _offers(chunk),
    }


def _subscriptions(chunk: Chunk, numbers: Ints) -> Rows:
    rows = chunk.history.subscriptions
    started = chunk.window.known(rows["started"])
    frame = {
        "subscription_id": ids("s", numbers),
        "customer_id": _customer_ids(chunk, rows["customer"]),
        "trial_started_at": rows["trial_from"],
        "trial_ended_at": rows["trial_to"],
        "started_at": started,
        "cancel_requested_at": rows["requested"],
        "ended_at": rows["ended"],
        "cancel_reason_code": labels(rows["reason"], assumptions.REASONS),
    }
    since = np.fmin(rows["trial_from"], rows["started"])
    return Rows(frame, chunk.changed(since, started, rows["requested"], rows["ended"]))


def _items(chunk: Chunk, subscriptions: Ints) -> Rows:
    rows = chunk.history.items
    frame = {
        "subscription_item_id": ids("i", chunk.numbering.take("item", rows["plan"].size)),
        "subscription_id": ids("s", subscriptions[rows["subscription"].astype(np.int64)]),
        "plan_id": labels(rows["plan"], assumptions.PLAN_IDS),
        "quantity": rows["seats"],
        "unit_price": rows["price"],
        "discount_rate": rows["discount"],
        "currency_code": labels(rows["currency"], assumptions.CURRENCIES),
        "billing_interval": labels(rows["interval"], assumptions.INTERVALS),
        "valid_from": rows["valid_from"],
        "valid_to": rows["valid_to"],
    }
    return Rows(frame, chunk.changed(rows["valid_from"], rows["valid_to"], rows["known_at"]))


def _monthly_value(chunk: Chunk, subscription: Ints, at: Floats) -> Floats:
    """Return what a subscription was worth a month at a moment, in its currency; 0 in a gap."""
    items = chunk.history.items
    scale = 2.0**33  # more than any moment has seconds, so the pair sorts as one number
    position = np.searchsorted(
        items["subscription"] * scale + items["valid_from"], subscription * scale + at, side="right"
    )
    position = np.maximum(position - 1, 0)
    months = assumptions.INTERVAL_MONTHS[items["interval"][position].astype(np.int64)]
    value = items["seats"] * items["price"] * (1 - items["discount"])
    holds = (items["subscription"][position] == subscription) & ~(at >= items["valid_to"][position])
    return np.where(holds, value[position] / months, 0)


def _contracts(chunk: Chunk, numbers: Ints) -> Rows:
    """Chain terms along each contract subscription; some lapse, are late, or are left open."""
    rng, end, rows = chunk.rng, chunk.window.end, chunk.history.subscriptions
    ended = np.where(np.isnan(rows["ended"]), np.inf, rows["ended"])
    current = np.flatnonzero((rows["term"] > 0) & (rows["started"] < end))
    begins, previous = day_of(rows["started"][current]), np.full(current.size, np.nan)
    log = Log("number", "subscription", "previous", "begins", "ends", "value", "kind", "signed")
    kind = np.zeros(current.size)
    dormant = chunk.customers.dormant[rows["customer"].astype(np.int64)]
    automatic = dormant | (rng.random(dormant.size) < 0.55)
    while current.size:
        ends = add_months(begins, rows["term"][current])
        number = chunk.numbering.take("contract", current.size)
        at = np.maximum(begins, rows["started"][current])
        value = np.round(_monthly_value(chunk, current, at) * rows["term"][current], 2)
        value[rng.random(value.size) < 0.04] = np.nan
        ahead = np.floor(rng.uniform(0, 25, value.size) * DAY) * (kind == 2)
        log.add(
            current.size,
            number=number,
            subscription=current,
            previous=previous,
            begins=begins,
            ends=ends,
            value=value,
            kind=kind,
            signed=np.maximum(begins - ahead, rows["started"][current]),
        )
        dice = rng.random(current.size)
        lag = np.select(
            [dice < 0.05, dice < 0.08],
            [rng.integers(5, 29, dice.size), rng.integers(36, 60, dice.size)],
            0,
        )
        begins = ends + lag * DAY
        goes_on = (ended[current] > begins) & (begins < end) & (dice < 0.97)
        current, begins, previous = current[goes_on], begins[goes_on], number[goes_on] * 1.0
        kind = np.where(automatic[current] & (lag[goes_on] == 0), 1, 2)
    terms = log.arrays()
    subscription = terms["subscription"].astype(np.int64)
    currency = chunk.customers.currency[rows["customer"][subscription].astype(np.int64)]
    frame = {
        "contract_id": ids("k", terms["number"]),
        "customer_id": _customer_ids(chunk, rows["customer"][subscription]),
        "subscription_id": ids("s", numbers[subscription]),
        "previous_contract_id": ids("k", terms["previous"]),
        "term_start": terms["begins"],
        "term_end": terms["ends"],
        "contract_value": terms["value"],
        "currency_code": labels(currency, assumptions.CURRENCIES),
        "renewal_type": labels(terms["kind"], ("new", "auto", "manual")),
        # what follows is landed, so that only running terms are said to be undecided
        "renewal_status": labels(np.where(terms["ends"] > end, 0, np.nan), ("pending",)),
        "signed_at": np.where(terms["kind"] == 1, np.nan, terms["signed"]),
    }
    return Rows(frame, terms["signed"])


def _orders(chunk: Chunk) -> Rows:
    """Charge every subscription by its rhythm, and let some customers buy by themselves."""
    rng, end = chunk.rng, chunk.window.end
    log = Log("customer", "product", "at", "kind", "automatic", "amount", "failing")
    rows = chunk.history.subscriptions
    billed = np.flatnonzero(rows["started"] < end)
    step = assumptions.INVOICE_MONTHS[rows["interval"][billed].astype(np.int64)]
    last = np.fmin(rows["ended"][billed], end)
    charges = np.ceil((last - rows["started"][billed]) / (28 * DAY) / step).astype(np.int64) + 1
    turn = np.arange(charges.sum()) - np.repeat(np.cumsum(charges) - charges, charges)
    billed, step, last = (np.repeat(values, charges) for values in (billed, step, last))
    at = add_months(rows["started"][billed], turn * step)
    due = at < last
    billed, step, at = billed[due], step[due], at[due]
    no_money = (rows["reason"][billed] == assumptions.PAYMENT_FAILED) & (
        at > rows["ended"][billed] - FAILED_DAYS * DAY
    )
    log.add(
        billed.size,
        customer=rows["customer"][billed],
        product=rows["product"][billed],
        at=at,
        kind=0,
        automatic=1,
        amount=_monthly_value(chunk, billed, at) * step,
        failing=no_money,
    )
    keen = np.where(rng.random(chunk.customers.count) < 0.3, 0.14, 0.012)
    buyer, _, begins, until = chunk.cells(rng.random(chunk.begins.shape) < keen[:, None])
    log.add(
        buyer.size,
        customer=buyer,
        product=chunk.customers.first_product[buyer],
        at=between(rng, begins, until),
        kind=rng.integers(1, 3, buyer.size),
        automatic=0,
        amount=rng.lognormal(9.6, 0.8, buyer.size)
        / assumptions.JPY_PER_UNIT[chunk.customers.currency[buyer]],
        failing=0,
    )
    made = log.arrays()
    charged = made["amount"] > 0  # nothing to pay on free plans, full discounts, in pauses
    made = {name: values[charged] for name, values in made.items()}
    who = made["customer"].astype(np.int64)
    currency = chunk.customers.currency[who]
    gross = np.where(currency == 0, np.round(made["amount"]), np.round(made["amount"], 2))
    dice = rng.random(gross.size)
    status = np.select([made["failing"] > 0, dice < 0.008, dice < 0.013], [2, 2, 3], 0)
    status[(status == 0) & (made["at"] > end - 5 * DAY) & (dice < 0.6)] = 1
    refunded = (status == 0) & (rng.random(gross.size) < 0.012)
    part = np.where(rng.random(gross.size) < 0.5, 1, 0.5)
    product = np.where((made["automatic"] == 0) & (dice > 0.7), -1, made["product"])
    frame = {
        "order_id": ids("o", chunk.numbering.take("order", gross.size)),
        "customer_id": _customer_ids(chunk, made["customer"]),
        "ordered_at": made["at"],
        "order_type": labels(made["kind"], ("subscription", "one_time", "usage")),
        "is_automatic": made["automatic"],
        "product_id": labels(product, assumptions.PRODUCTS),
        "gross_amount": gross,
        "refunded_amount": np.where(refunded, np.floor(gross * part), 0),
        "currency_code": labels(currency, assumptions.CURRENCIES),
        "status": labels(status, ("paid", "open", "failed", "void")),
    }
    paid_later = np.where(refunded, made["at"] + 6 * DAY, made["at"] + 600)
    return Rows(frame, chunk.changed(made["at"], paid_later))


def _offers(chunk: Chunk) -> Rows:
    rng, rows = chunk.rng, chunk.history.offers
    cross_sell = rows["cross_sell"].astype(np.int64)
    # Campaign k (from 0) begins in month 2 k and is of type k mod 6; see the reference tables.
    month = np.searchsorted(chunk.window.bounds, rows["offered"], side="right") - 1
    kind = assumptions.CAMPAIGN_TYPES.index("upsell") + cross_sell
    campaign = kind + 6 * ((month // 2 - kind) // 6)
    campaign = np.where((campaign < 0) | (rng.random(kind.size) < 0.6), -1, campaign + 1)
    frame = {
        "offer_id": ids("f", chunk.numbering.take("offer", kind.size)),
        "customer_id": _customer_ids(chunk, rows["customer"]),
        "campaign_id": ids("m", campaign, 3),
        "offer_type": labels(cross_sell, ("upsell", "cross_sell")),
        "offered_plan_id": labels(rows["plan"], assumptions.PLAN_IDS),
        "offered_at": rows["offered"],
        "decided_at": rows["decided"],
        "outcome": labels(rows["accepted"], ("declined", "accepted")),
    }
    return Rows(frame, chunk.changed(rows["offered"], rows["decided"]))


def _customer_ids(chunk: Chunk, customers: Floats | Ints) -> object:
    return customer_ids(chunk.customers.first_number + customers)
