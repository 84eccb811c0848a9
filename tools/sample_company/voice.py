"""Support tickets, survey answers and campaign touches of customers."""

import numpy as np

from tools.sample_company import assumptions
from tools.sample_company.arrow import Log, customer_ids, ids, labels, user_ids
from tools.sample_company.chunk import Chunk, Rows
from tools.sample_company.clock import DAY, HOUR, Bools, Floats, Ints, between, by_day
from tools.sample_company.customers import draw
from tools.sample_company.reference_tables import campaign_months
from tools.sample_company.usage import users_of

NPS, CSAT, CES = range(3)


def voice_rows(chunk: Chunk) -> dict[str, Rows]:
    """Return support tickets, survey responses and campaign touches of a chunk."""
    rng, people = chunk.rng, chunk.customers
    had_one = people.slow | (rng.random(people.slow.shape) < 0.11)
    customer, month, begins, until = chunk.cells(had_one)
    slow = people.slow[customer, month]
    opened = between(rng, begins, until)
    waited = np.where(slow, rng.uniform(25, 90, slow.size), rng.lognormal(0.5, 1.0, slow.size))
    answered = np.floor(by_day(rng, opened + waited * HOUR))
    answered[rng.random(slow.size) < 0.03] = np.nan
    resolved = np.floor(answered + rng.exponential(20, slow.size) * HOUR)
    resolved[rng.random(slow.size) < 0.05] = np.nan
    answered, resolved = chunk.window.known(answered), chunk.window.known(resolved)
    tickets = {
        "ticket_id": ids("t", chunk.numbering.take("ticket", slow.size)),
        "customer_id": customer_ids(people.first_number + customer),
        "channel": labels(draw(rng, (0.5, 0.4, 0.1), slow.size), assumptions.TICKET_CHANNELS),
        "category": labels(rng.integers(0, 4, slow.size), assumptions.TICKET_CATEGORIES),
        "priority": labels(
            draw(rng, assumptions.PRIORITY_SHARES, slow.size), assumptions.PRIORITIES
        ),
        "opened_at": opened,
        "first_responded_at": answered,
        "resolved_at": resolved,
    }
    return {
        "support_tickets": Rows(tickets, chunk.changed(opened, answered, resolved)),
        "survey_responses": _surveys(chunk, customer, slow, resolved),
        "campaign_touches": _touches(chunk),
    }


def _surveys(chunk: Chunk, ticket_customer: Ints, slow: Bools, resolved: Floats) -> Rows:
    """Ask for NPS every four months, CSAT after tickets, CES a month after sign-up."""
    rng, people, window = chunk.rng, chunk.customers, chunk.window
    log = Log("kind", "customer", "sent", "liking")

    arrival = np.searchsorted(window.bounds, people.signed_up, side="right") - 1
    age = np.arange(window.months) - arrival[:, None]
    asked = (age % 4 == 2) & (rng.random(age.shape) < 0.9)
    customer, _, begins, until = chunk.cells(asked)
    sent = between(rng, begins, until)
    liking = people.mood[customer] + 0.5 * rng.standard_normal(customer.size)
    log.add(customer.size, kind=NPS, customer=customer, sent=sent, liking=liking)

    chosen = np.flatnonzero(~np.isnan(resolved) & (rng.random(slow.size) < 0.5))
    customer = ticket_customer[chosen]
    liking = 0.5 * people.mood[customer] - 1.2 * slow[chosen] + rng.standard_normal(chosen.size)
    sent = resolved[chosen] + 0.5 * HOUR
    log.add(chosen.size, kind=CSAT, customer=customer, sent=sent, liking=liking)

    sent = np.floor(people.signed_up + rng.uniform(28, 40, people.count) * DAY)
    chosen = np.flatnonzero((sent < chunk.last) & (rng.random(people.count) < 0.7))
    liking = people.onboarded[chosen] - 0.4 + rng.standard_normal(chosen.size)
    log.add(chosen.size, kind=CES, customer=chosen, sent=sent[chosen], liking=liking)

    rows = log.arrays()
    known = rows["sent"] < window.end
    rows = {name: values[known] for name, values in rows.items()}
    kind, who = rows["kind"].astype(np.int64), rows["customer"].astype(np.int64)
    answered = rows["sent"] + np.floor(rng.exponential(1.5 * DAY, who.size))
    answered[rng.random(who.size) < 0.45] = np.nan
    answered = window.known(answered)
    scale = np.array([[7.8, 1.9, 0, 10], [4.0, 0.8, 1, 5], [4.9, 1.1, 1, 7]])[kind].T
    score = np.clip(np.round(scale[0] + scale[1] * rows["liking"]), scale[2], scale[3])
    silent = np.isnan(answered)
    comment = np.where(silent | (rng.random(who.size) < 0.75), -1, rng.integers(0, 6, who.size))
    frame = {
        "response_id": ids("r", chunk.numbering.take("response", who.size)),
        "survey_type": labels(kind, ("nps", "csat", "ces")),
        "customer_id": customer_ids(people.first_number + who),
        "user_id": user_ids(people.first_number + who, users_of(chunk, who, 0.25)),
        "sent_at": rows["sent"],
        "responded_at": answered,
        "score": np.where(silent, np.nan, score),
        "comment": labels(comment, assumptions.COMMENTS),
    }
    return Rows(frame, chunk.changed(rows["sent"], answered))


def _touches(chunk: Chunk) -> Rows:
    """Send each campaign to some customers (winbacks: to those who left); all react alike."""
    rng, people, window = chunk.rng, chunk.customers, chunk.window
    log = Log("campaign", "customer", "sent")
    for campaign, month in enumerate(campaign_months(window)):
        there = ~np.isnan(chunk.begins[:, month])
        winback = assumptions.CAMPAIGN_TYPES[campaign % 6] == "winback"
        begins = window.bounds[month] + 5 * DAY
        wanted = (~there if winback else there) & (people.signed_up < begins)
        chosen = np.flatnonzero(wanted & (rng.random(people.count) < 0.3))
        low = np.full(chosen.size, begins)
        sent = between(rng, low, low + 10 * DAY)
        log.add(chosen.size, campaign=campaign + 1, customer=chosen, sent=sent)
    rows = log.arrays()
    size = rows["sent"].size

    def then(after: Floats, share: float, hours: float) -> Floats:
        waited = np.floor(after + 60 + rng.exponential(hours * HOUR, size))
        return window.known(np.where(rng.random(size) < share, waited, np.nan))

    delivered = then(rows["sent"], 0.96, 0.02)
    opened = then(delivered, 0.45, 12)
    clicked = then(opened, 0.35, 0.3)
    responded = then(clicked, 0.4, 24)
    frame = {
        "touch_id": ids("h", chunk.numbering.take("touch", size)),
        "campaign_id": ids("m", rows["campaign"], 3),
        "customer_id": customer_ids(people.first_number + rows["customer"]),
        "sent_at": rows["sent"],
        "delivered_at": delivered,
        "opened_at": opened,
        "clicked_at": clicked,
        "responded_at": responded,
    }
    return Rows(frame, chunk.changed(rows["sent"], delivered, opened, clicked, responded))
