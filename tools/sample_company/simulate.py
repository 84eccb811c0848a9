"""The month loop: who starts, grows, shrinks, pauses, leaves and comes back.

All customers of a chunk are simulated at once. Each has one slot per product; a slot holds at
most one running subscription at a time. Within a month a slot changes at most once.
"""

from dataclasses import dataclass

import numpy as np

from tools.sample_company import assumptions
from tools.sample_company.arrow import Log
from tools.sample_company.clock import (
    DAY,
    Bools,
    Floats,
    Ints,
    Window,
    add_months,
    between,
    day_of,
    month_of,
    near_midnight,
)
from tools.sample_company.customers import Customers, draw
from tools.sample_company.planted import BASE_HAZARD, PLANTED

NEVER, RUNNING, PAUSED, LEFT = range(4)
UPGRADE, DOWNGRADE, SEATS_UP, SEATS_DOWN, PAUSE, NOTHING = range(6)
CHANGE_SHARES = (0.020, 0.006, 0.036, 0.014, 0.006, 0.918)
NO_SHOCK = -99


@dataclass(frozen=True)
class History:
    """What happened to a chunk, one dict of equally long arrays per kind of row.

    Attributes:
        subscriptions: by number (from 0 in the chunk), with `customer`, `product`, `interval`,
            `term` (months of a contract term, 0 = no contract) and the moments of the raw table.
        items: rows of the raw table with codes for plans and intervals.
        offers: proposals that were accepted, declined or are pending.
    """

    subscriptions: dict[str, Floats]
    items: dict[str, Floats]
    offers: dict[str, Floats]


def rise_month(window: Window) -> int:
    """Return the month of the window, from 0, that begins with the price rise."""
    return int(window.months * assumptions.PRICE_RISE_AT)


def unit_price(product: Ints, tier: Ints, currency: Ints, interval: Ints, raised: Bools) -> Floats:
    """Return the price of a seat per billing interval, in the customer's currency."""
    jpy = assumptions.LIST_PRICE_JPY[product, tier] * np.where(raised, assumptions.PRICE_RISE, 1.0)
    jpy = jpy * assumptions.INTERVAL_MONTHS[interval] * assumptions.INTERVAL_REBATE[interval]
    foreign = np.round(jpy / assumptions.JPY_PER_UNIT[currency], 2)
    price: Floats = np.where(currency == 0, np.round(jpy), foreign)
    return price


class Company:
    """State of all slots during the month loop; see `simulate`."""

    def __init__(self, rng: np.random.Generator, window: Window, customers: Customers) -> None:
        """Prepare empty slots for the customers."""
        slots = customers.count * len(assumptions.PRODUCTS)
        self.rng, self.window, self.customers = rng, window, customers
        self.customer = np.repeat(np.arange(customers.count), len(assumptions.PRODUCTS))
        self.product = np.tile(np.arange(len(assumptions.PRODUCTS)), customers.count)
        self.currency = customers.currency[self.customer]
        self.status = np.full(slots, NEVER)
        self.subscription = np.full(slots, -1)
        self.tier = np.zeros(slots, dtype=np.int64)
        self.seats = np.ones(slots, dtype=np.int64)
        self.discount = np.zeros(slots)
        self.interval = np.zeros(slots, dtype=np.int64)
        self.term = np.zeros(slots, dtype=np.int64)
        self.raised = np.zeros(slots, dtype=np.bool_)
        self.shocked = np.full(slots, NO_SHOCK)
        self.started = np.full(slots, np.nan)
        self.item_from = np.full(slots, np.nan)
        self.resumes = np.full(slots, np.nan)
        self.ended = np.full(slots, np.nan)
        self.may_return = np.ones(slots, dtype=np.bool_)
        self.subscriptions = Log(
            "customer", "product", "interval", "term", "trial_from", "trial_to", "started"
        )
        self.ends = Log("subscription", "requested", "ended", "reason")
        self.items = Log(
            *("subscription", "plan", "seats", "price", "discount", "currency", "interval"),
            *("valid_from", "valid_to", "known_at"),
        )
        self.offers = Log("customer", "plan", "cross_sell", "offered", "decided", "accepted")
        self.opened = 0
        self.month = 0

    @property
    def start(self) -> float:
        """The moment at which the current month begins."""
        return float(self.window.bounds[self.month])

    @property
    def end_of_month(self) -> float:
        """The moment at which the next month begins, or the window ends."""
        return float(self.window.bounds[self.month + 1])

    def moments(self, size: int) -> Floats:
        """Draw moments of the current month."""
        return between(self.rng, np.full(size, self.start), np.full(size, self.end_of_month))

    def open(self, slots: Ints, at: Floats, started: Floats, trial_to: Floats, tier: Ints) -> None:
        """Open subscriptions: `at` is the first moment, `trial_to` is nan without a trial."""
        size, rng = slots.size, self.rng
        self.subscription[slots] = self.opened + np.arange(size)
        self.opened += size
        self.status[slots] = np.where(np.isnan(started), LEFT, RUNNING)
        self.tier[slots] = tier
        self.seats[slots] = 1 + rng.poisson(
            assumptions.SEATS_BY_SIZE[self.customers.size[self.customer[slots]]]
            * rng.uniform(0.3, 1, size)
        )
        dice = rng.random(size)
        self.discount[slots] = np.select([dice < 0.015, dice < 0.08, dice < 0.15], [1, 0.2, 0.1], 0)
        self.interval[slots] = draw(rng, assumptions.INTERVAL_SHARES, size)
        months = assumptions.INVOICE_MONTHS[self.interval[slots]]
        dice = rng.random(size)
        free = assumptions.LIST_PRICE_JPY[self.product[slots], tier] == 0
        dice[self.customers.dormant[self.customer[slots]]] = 0.2
        self.term[slots] = np.select(
            [free | np.isnan(started), months == 12, months == 6, dice < 0.12, dice < 0.26],
            [0, 12, 6, 12, 6],
            0,
        )
        self.raised[slots] = (self.product[slots] == assumptions.CORE) & (
            self.month >= rise_month(self.window)
        )
        self.shocked[slots] = NO_SHOCK
        self.started[slots] = started
        self.item_from[slots] = at
        self.ended[slots] = trial_to
        self.subscriptions.add(
            size,
            customer=self.customer[slots],
            product=self.product[slots],
            interval=self.interval[slots],
            term=self.term[slots],
            trial_from=np.where(np.isnan(trial_to), np.nan, at),
            trial_to=trial_to,
            started=started,
        )
        lapsed = slots[np.isnan(started)]
        over = self.ended[lapsed]
        self.close_items(lapsed, np.where(over < self.window.end, over, np.nan))
        tidy = lapsed[(over < self.window.end) & (rng.random(lapsed.size) < 0.7)]
        self.ends.add(
            tidy.size, subscription=self.subscription[tidy], ended=self.ended[tidy], reason=np.nan
        )

    def close_items(
        self, slots: Ints, at: Floats | float, known_at: Floats | float = np.nan
    ) -> None:
        """Record the current items of slots as valid until `at` (nan: still running)."""
        product, tier, interval = self.product[slots], self.tier[slots], self.interval[slots]
        currency = self.currency[slots]
        self.items.add(
            slots.size,
            subscription=self.subscription[slots],
            plan=product * assumptions.MAX_TIERS + tier,
            seats=self.seats[slots],
            price=unit_price(product, tier, currency, interval, self.raised[slots]),
            discount=self.discount[slots],
            currency=currency,
            interval=interval,
            valid_from=self.item_from[slots],
            valid_to=at,
            known_at=known_at,
        )
        self.item_from[slots] = at

    def arrive(self) -> None:
        """Let those who sign up this month begin: most with a trial, some on the free plan."""
        people, rng = self.customers, self.rng
        new = np.flatnonzero(
            (people.signed_up >= self.start) & (people.signed_up < self.end_of_month)
        )
        new = new[rng.random(new.size) < 0.97]  # the others only ever looked around
        product, at = people.first_product[new], people.signed_up[new]
        dice = rng.random(new.size)
        free = (product == assumptions.CORE) & (dice < 0.08)
        trial = ~free & (dice < 0.82)
        tier = np.where(
            free,
            0,
            np.minimum(
                draw(rng, (0.6, 0.32, 0.08), new.size) + (product == assumptions.CORE),
                assumptions.TOP_TIER[product],
            ),
        )
        trial_to = np.where(
            trial, day_of(at) + DAY * np.where(rng.random(new.size) < 0.8, 15, 31), np.nan
        )
        wins = np.select([people.swift[new], people.onboarded[new]], [0.88, 0.75], 0.52)
        # Half decide on the trial's last day, the others up to nine days later.
        lag = np.maximum(0, rng.integers(-9, 10, new.size)) * DAY
        lag = lag + np.where(rng.random(new.size) < 0.8, rng.integers(1, 30_000, new.size), 0)
        started = np.where(trial, trial_to + lag, at)
        started[trial & (rng.random(new.size) >= wins)] = np.nan
        self.open(new * len(assumptions.PRODUCTS) + product, at, started, trial_to, tier)

    def raise_prices(self) -> None:
        """Raise the list price of product core for all who run it outside a contract term."""
        if self.month != rise_month(self.window):
            return
        start = self.start
        hit = np.flatnonzero(
            (self.status == RUNNING)
            & (self.product == assumptions.CORE)
            & (self.item_from < start)
            & (self.term == 0)
            & (self.tier > 0)
        )
        self.close_items(hit, start)
        self.raised[hit] = True
        self.shocked[hit] = self.month

    def hazard(self, slots: Ints) -> Floats:
        """Return the monthly probability that running slots are given up (see `PLANTED`)."""
        people, who = self.customers, self.customer[slots]
        before = max(self.month - 1, 0)
        shock_age = self.month - self.shocked[slots]
        slow = people.slow[who, before] | people.slow[who, max(self.month - 2, 0)]

        def when(applies: Bools, effect: str) -> Floats:
            return np.where(applies, PLANTED[effect].factor, 1.0)

        return np.minimum(
            BASE_HAZARD
            * when(~people.onboarded[who], "not_onboarded")
            * when(people.low[who, before] & ~people.dormant[who], "low_use")
            * when(people.dormant[who], "dormant")
            * when(shock_age < 3, "price_rise")
            * when(slow, "slow_support")
            * PLANTED["detractor"].factor ** -people.mood[who]
            * PLANTED["teammate_share"].factor ** (np.minimum(people.shares[who], 6) - 2),
            0.6,
        )

    def leave(self, slots: Ints) -> Ints:
        """Let some of the running slots end, at a term's end if there is a contract.

        Returns:
            the slots that stay.
        """
        rng, start, end = self.rng, self.start, self.end_of_month
        hazard, term = self.hazard(slots), self.term[slots]
        age = month_of(np.full(slots.size, start)) - month_of(self.started[slots])
        due = (term > 0) & (age > 0) & (age % np.maximum(term, 1) == 0)
        hazard = np.where(term > 0, np.where(due, 1 - (1 - hazard) ** term, 0), hazard)
        gone = rng.random(slots.size) < hazard
        leaving = slots[gone]
        at = near_midnight(rng, self.moments(leaving.size), start, 0.15)
        at = np.where(rng.random(at.size) < 0.08, end, at)
        at = np.where(due[gone], day_of(add_months(self.started[leaving], age[gone])), at)
        at = np.maximum(at, self.item_from[leaving])
        self.end(leaving, at, self.reasons(leaving))
        return slots[~gone]

    def reasons(self, slots: Ints) -> Ints:
        """Draw why slots end, leaning to what has just happened to them."""
        rng, who = self.rng, self.customer[slots]
        drawn = draw(rng, assumptions.REASON_SHARES, slots.size)
        dice = rng.random(slots.size)
        return np.select(
            [
                (self.month - self.shocked[slots] < 3) & (dice < 0.6),
                self.customers.low[who, max(self.month - 1, 0)] & (dice < 0.35),
                self.customers.slow[who, max(self.month - 1, 0)] & (dice < 0.5),
                dice > 0.94,
            ],
            [assumptions.TOO_EXPENSIVE, assumptions.LOW_USAGE, assumptions.POOR_SUPPORT, -1],
            drawn,
        )

    def end(self, slots: Ints, at: Floats, reason: Ints) -> None:
        """End running subscriptions at `at`; most were cancelled some weeks before."""
        rng = self.rng
        asked = np.maximum(at - np.floor(rng.uniform(2, 40, slots.size) * DAY), self.started[slots])
        asked[np.isin(reason, (assumptions.PAYMENT_FAILED, assumptions.BANKRUPTCY))] = np.nan
        self.ends.add(
            slots.size,
            subscription=self.subscription[slots],
            requested=asked,
            ended=at,
            reason=reason,
        )
        known_at = np.where(np.isnan(asked), at, asked)
        self.close_items(slots, at, known_at)
        self.status[slots] = LEFT
        self.ended[slots] = at
        self.may_return[slots[reason == assumptions.BANKRUPTCY]] = False

    def change(self, slots: Ints) -> None:
        """Change plans and seats of some running slots, and pause a few."""
        rng = self.rng
        kind = draw(rng, CHANGE_SHARES, slots.size)
        product, tier, seats = self.product[slots], self.tier[slots], self.seats[slots]
        free = assumptions.LIST_PRICE_JPY[product, tier] == 0
        kind[free & (rng.random(slots.size) < 0.05)] = UPGRADE
        possible = np.select(
            [kind == UPGRADE, kind == DOWNGRADE, kind == SEATS_DOWN, kind == PAUSE],
            [
                tier < assumptions.TOP_TIER[product],
                tier > (product == assumptions.CORE),
                seats > 1,
                (self.term[slots] == 0) & ~free,
            ],
            kind != NOTHING,
        )
        slots, kind = slots[possible], kind[possible]
        at = self.moments(slots.size)
        self.close_items(slots, at)
        self.tier[slots] += (kind == UPGRADE).astype(np.int64) - (kind == DOWNGRADE)
        step = np.maximum(1, np.round(self.seats[slots] * rng.uniform(0.05, 0.3, slots.size)))
        step = step * ((kind == SEATS_UP).astype(np.int64) - (kind == SEATS_DOWN))
        self.seats[slots] = np.maximum(1, self.seats[slots] + step)
        paused = slots[kind == PAUSE]
        self.status[paused] = PAUSED
        self.resumes[paused] = at[kind == PAUSE] + np.floor(rng.uniform(32, 100, paused.size) * DAY)
        up = (kind == UPGRADE) & (rng.random(slots.size) < 0.6)
        self.propose(slots[up], at[up], cross_sell=0, accepted=1)

    def propose(self, slots: Ints, decided: Floats, cross_sell: int, accepted: int) -> None:
        """Record offers of the plans that the slots now hold, made up to 20 days before."""
        offered = decided - np.floor(self.rng.uniform(0.2, 20, slots.size) * DAY)
        self.offers.add(
            slots.size,
            customer=self.customer[slots],
            plan=self.product[slots] * assumptions.MAX_TIERS + self.tier[slots],
            cross_sell=cross_sell,
            offered=offered,
            decided=decided,
            accepted=accepted,
        )

    def start_more(self) -> None:
        """Resume pauses, sell further products, and win back some of those who left."""
        rng, start, end = self.rng, self.start, self.end_of_month
        back = np.flatnonzero((self.status == PAUSED) & (self.resumes < end))
        self.status[back] = RUNNING
        self.item_from[back] = np.maximum(self.resumes[back], start)

        running = (self.status == RUNNING) & (self.started < start)
        buys = np.repeat(
            running.reshape(-1, len(assumptions.PRODUCTS)).any(axis=1), len(assumptions.PRODUCTS)
        )
        more = buys & (self.status == NEVER) & (rng.random(buys.size) < 0.009)
        away = (start - self.ended) / DAY
        chance = np.where(away < 160, 0.035, 0.009)
        again = (self.status == LEFT) & self.may_return & (away > 0)
        again &= rng.random(again.size) < chance
        slots = np.flatnonzero(more | again)
        at = self.moments(slots.size)
        tier = np.where(self.product[slots] == assumptions.CORE, 1, 0)
        fresh = self.status[slots] == NEVER
        self.open(slots, at, at, np.full(slots.size, np.nan), tier)
        asked = fresh & (rng.random(slots.size) < 0.6)
        self.propose(slots[asked], at[asked], cross_sell=1, accepted=1)

    def propose_in_vain(self) -> None:
        """Record offers that are declined, or on which nobody has decided yet."""
        rng, start = self.rng, self.start
        slots = np.flatnonzero((self.status == RUNNING) & (self.started < start))
        slots = slots[rng.random(slots.size) < 0.02]
        decided = self.moments(slots.size)
        decided[rng.random(slots.size) < 0.15] = np.nan
        top = self.tier[slots] == assumptions.TOP_TIER[self.product[slots]]
        shift = 1 - top.astype(np.int64)  # on the top tier another product's is offered
        product = (self.product[slots] + top) % len(assumptions.PRODUCTS)
        tier = np.where(top, np.maximum(1, self.tier[slots] - 1), self.tier[slots] + shift)
        offered = np.where(np.isnan(decided), start + DAY, decided)
        offered = offered - np.floor(rng.uniform(0.2, 20, slots.size) * DAY)
        self.offers.add(
            slots.size,
            customer=self.customer[slots],
            plan=product * assumptions.MAX_TIERS + tier,
            cross_sell=top,
            offered=offered,
            decided=decided,
            accepted=np.where(np.isnan(decided), np.nan, 0),
        )

    def settle(self) -> None:
        """Schedule a few ends and upgrades after the window, and record what still runs."""
        rng, end = self.rng, self.window.end
        running = np.flatnonzero(self.status == RUNNING)
        paid = running[(self.started[running] < end - 60 * DAY) & (self.item_from[running] < end)]
        dice = rng.random(paid.size)
        going, moving = paid[dice < 0.02], paid[dice > 0.98]
        self.end(
            going,
            end + np.floor(rng.uniform(3, 29, going.size)) * DAY,
            draw(rng, assumptions.REASON_SHARES[:5], going.size),
        )
        moving = moving[self.tier[moving] < assumptions.TOP_TIER[self.product[moving]]]
        asked = end - 5 * DAY
        self.close_items(moving, end + 15 * DAY, asked)
        self.tier[moving] += 1
        self.close_items(moving, np.nan, asked)
        self.close_items(np.setdiff1d(np.setdiff1d(running, going), moving), np.nan)

    def history(self) -> History:
        """Return all rows, with the ends joined to their subscriptions."""
        subscriptions, ends = self.subscriptions.arrays(), self.ends.arrays()
        numbers = ends.pop("subscription").astype(np.int64)
        for name, values in ends.items():
            subscriptions[name] = np.full(self.opened, np.nan)
            subscriptions[name][numbers] = values
        items = self.items.arrays()
        order = np.lexsort((items["valid_from"], items["subscription"]))
        items = {name: values[order] for name, values in items.items()}
        return History(subscriptions, items, self.offers.arrays())


def simulate(rng: np.random.Generator, window: Window, customers: Customers) -> History:
    """Live through the window month by month.

    Args:
        rng: source of randomness.
        window: the months to simulate.
        customers: the chunk of customers, with the traits that decide their fate.

    Returns:
        subscriptions, items and offers; moments may lie after the window where they are planned.
    """
    company = Company(rng, window, customers)
    for month in range(window.months):
        company.month = month
        company.raise_prices()
        company.start_more()
        company.arrive()
        live = (company.status == RUNNING) & (company.started < company.start)
        live &= company.item_from < company.start
        staying = company.leave(np.flatnonzero(live))
        company.change(staying)
        company.propose_in_vain()
    company.settle()
    return company.history()
