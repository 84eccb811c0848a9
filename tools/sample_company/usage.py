"""What customers do in the product: onboarding steps, sessions, features, community."""

import numpy as np

from tools.sample_company import assumptions
from tools.sample_company.arrow import customer_ids, ids, labels, user_ids
from tools.sample_company.chunk import Chunk, Rows
from tools.sample_company.clock import DAY, MINUTE, Floats, Ints, between, near_midnight

SESSIONS_A_DAY = 0.30
FEATURES_A_SESSION = 0.62
LOW = 0.06
"""Use in a month of low use, as a share of the usual."""
DORMANT_AFTER = 120 * DAY


def usage_rows(chunk: Chunk) -> dict[str, Rows]:
    """Return onboarding events, sessions, feature events and community activities."""
    sessions, features = _sessions_and_features(chunk)
    return {
        "onboarding_events": _onboarding(chunk),
        "sessions": sessions,
        "feature_events": features,
        "community_activities": _community(chunk),
    }


def users_of(chunk: Chunk, customer: Ints, missing: float = 0.03) -> Floats:
    """Draw a user of each customer, the first ones more often; nan where it is unknown."""
    rng = chunk.rng
    users = 1 + 2 * chunk.customers.size[customer]
    user = 1 + np.floor(users * rng.random(customer.size) ** 1.7)
    return np.where(rng.random(customer.size) < missing, np.nan, user)


def _onboarding(chunk: Chunk) -> Rows:
    """Let the onboarded do a whole path in time, and the others stop on the way."""
    rng, people = chunk.rng, chunk.customers
    shape = (people.count, len(assumptions.STEPS))
    short = (people.first_product == assumptions.CORE) & (rng.random(people.count) < 0.25)
    path = np.where(short[:, None], [1, 0.6, 0.4, 0.5, 0.6, 1], [1, 1, 1, 1, 0.8, 0.3])
    started = np.where(people.onboarded[:, None], path, [0.85, 0.5, 0.35, 0.3, 0.25, 0.12])
    days = np.minimum(assumptions.STEP_DAYS, 13) * rng.random(shape)
    late = assumptions.STEP_DAYS + 2 + 20 * rng.random(shape)
    days = np.where(people.onboarded[:, None] | (np.arange(shape[1]) % 5 != 2), days, late)
    days[:, 5] = np.where(people.onboarded, days[:, 5], late[:, 5])
    days[people.swift] = rng.random((int(people.swift.sum()), shape[1])) * 0.8
    days = np.where(people.swift[:, None] | (days >= 1), days, days * 0.2)
    at = np.floor(people.signed_up[:, None] + days * DAY)
    done = (rng.random(shape) < started) & (at < chunk.last[:, None])
    customer, step = np.nonzero(done)
    return _events(
        chunk, "event_id", "b", customer, at[done], step_code=labels(step, assumptions.STEPS)
    )


def _sessions_and_features(chunk: Chunk) -> tuple[Rows, Rows]:
    rng, people = chunk.rng, chunk.customers
    rate = SESSIONS_A_DAY * rng.gamma(6, 1 / 6, people.count)[:, None]
    low = people.low | (
        people.dormant[:, None] & (chunk.begins > people.signed_up[:, None] + DORMANT_AFTER)
    )
    days = np.nan_to_num((chunk.until - chunk.begins) / DAY)
    expected = rate * days * np.where(low, LOW, 1) * chunk.events_scale * 7 / 5.7
    counts = rng.poisson(np.where(people.dormant[:, None] & low, 0, expected))
    cells = np.repeat(np.arange(counts.size), counts.ravel())
    customer, month = cells // counts.shape[1], cells % counts.shape[1]
    begins, until = chunk.begins[customer, month], chunk.until[customer, month]
    started = near_midnight(rng, between(rng, begins, until), begins, 0.004)
    weekend = (started // DAY + 3) % 7 >= 5
    kept = ~weekend | (rng.random(started.size) < 0.35)
    customer, started = customer[kept], started[kept]
    is_low = low[customer, month[kept]]
    minutes = np.minimum(rng.lognormal(np.where(is_low, 1.8, 3.8), 0.5), 480)
    ended = np.floor(started + minutes * MINUTE)
    user = users_of(chunk, customer)
    frame = {
        "session_id": ids("n", chunk.numbering.take("session", customer.size), 1),
        "customer_id": customer_ids(people.first_number + customer),
        "user_id": user_ids(people.first_number + customer, user),
        "started_at": started,
        "ended_at": ended,
    }
    return Rows(frame, ended), _features(chunk, customer, user, started, ended)


def _features(chunk: Chunk, customer: Ints, user: Floats, started: Floats, ended: Floats) -> Rows:
    """Draw the features used in sessions; how far up the ladder depends on the customer's time."""
    rng, people = chunk.rng, chunk.customers
    uses = rng.poisson(FEATURES_A_SESSION, customer.size)
    session = np.repeat(np.arange(customer.size), uses)
    at = np.floor(started[session] + rng.random(session.size) * (ended - started)[session])
    ceiling = np.where(people.onboarded, 1, 0) + rng.integers(1, 4, people.count)
    interest = np.where(
        rng.random(people.count) < 0.4, rng.integers(1, 3, people.count), people.first_product
    )
    publishes = rng.random(people.count) < 0.5
    who = customer[session]
    level = np.minimum(ceiling[who], 1 + (at - people.signed_up[who]) // (15 * DAY)).astype(int)
    habit = ((level - 1) * 3 + interest[who]) * 2 + publishes[who]
    feature = (rng.random(who.size)[:, None] > _habits()[habit]).sum(axis=1)

    shared = np.repeat(np.arange(people.count), people.shares)
    first_days = np.minimum(chunk.last - people.signed_up, 60 * DAY)[shared]
    shared_at = np.floor(people.signed_up[shared] + rng.random(shared.size) * first_days)
    who = np.append(who, shared)
    user = np.append(user[session], np.ones(shared.size))
    feature = np.append(feature, np.full(shared.size, assumptions.TEAMMATE_SHARE))
    return _events(
        chunk,
        "event_id",
        "e",
        who,
        np.append(at, shared_at),
        user_id=user_ids(people.first_number + who, user),
        feature_code=labels(feature, assumptions.FEATURES),
    )


def _habits() -> Floats:
    """Return cumulative shares of features by ladder level, interest and publishing.

    The row is ((level - 1) * 3 + product of interest) * 2 + whether templates are published.
    """
    drawn = assumptions.FEATURES[: assumptions.TEAMMATE_SHARE]
    stage = {"dashboard_view": 1, "report_create": 1, "data_import": 2, "alert_rule": 2}
    stage |= {"api_call": 4, "webhook": 4}
    extra = {"forecast_run": 1, "segment_builder": 1, "ticket_macro": 2, "chat_widget": 2}
    rows = []
    for level in range(1, 5):
        for interest in range(len(assumptions.PRODUCTS)):
            for publishes in range(2):
                weights = [
                    1.5
                    if feature in stage and stage[feature] <= level
                    else 2.0
                    if extra.get(feature) == interest
                    else 0.5 * publishes
                    if feature == "template_publish"
                    else 0.04
                    if feature == "beta_canvas"
                    else 0.0
                    for feature in drawn
                ]
                rows.append(np.cumsum(weights) / np.sum(weights))
    return np.array(rows)


def _community(chunk: Chunk) -> Rows:
    """Let a third of the customers take part now and then; it changes nothing for them."""
    rng = chunk.rng
    chance = np.where(rng.random(chunk.customers.count) < 0.35, 0.22, 0.01)
    customer, _, begins, until = chunk.cells(rng.random(chunk.begins.shape) < chance[:, None])
    return _events(
        chunk,
        "activity_id",
        "a",
        customer,
        between(rng, begins, until, office=False),
        user_id=user_ids(chunk.customers.first_number + customer, users_of(chunk, customer, 0.2)),
        activity_type=labels(rng.integers(0, 3, customer.size), assumptions.ACTIVITIES),
    )


def _events(
    chunk: Chunk, key: str, prefix: str, customer: Ints, at: Floats, **columns: object
) -> Rows:
    frame = {
        key: ids(prefix, chunk.numbering.take(prefix, customer.size), 1),
        "customer_id": customer_ids(chunk.customers.first_number + customer),
        **columns,
        "occurred_at": at,
    }
    return Rows(frame, at)
