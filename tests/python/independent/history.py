"""What is known on the as-of date: customers, their MRR on every day, and their churns."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from .calendar import ONE_DAY, fiscal_year
from .parsing import local_date, round_half_away
from .policy import Policy
from .quality import Row

Segment = tuple[str, str]
ALL: Segment = ("all", "all")
NONE, OTHER = "(none)", "(other)"
# How many months one billing interval lasts.
INTERVAL_MONTHS = {
    "year": Fraction(12),
    "half_year": Fraction(6),
    "quarter": Fraction(3),
    "month": Fraction(1),
    "week": Fraction(12, 52),
    "day": Fraction(12, 365),
}
# Where customers leave traces: by table, the columns with moments.
_DATED = {
    "subscriptions": ("started_at", "trial_started_at"),
    "orders": ("ordered_at",),
    "onboarding_events": ("occurred_at",),
    "sessions": ("started_at",),
    "feature_events": ("occurred_at",),
    "survey_responses": ("responded_at",),
    "support_tickets": ("opened_at",),
    "community_activities": ("occurred_at",),
}
ChurnReasons = dict[str, tuple[str, bool, bool]]


class State(NamedTuple):
    """What a customer has on a day."""

    mrr: Decimal
    plan_id: str | None


NOTHING = State(Decimal(0), None)


class Churn(NamedTuple):
    """MRR went from more than 0 to 0."""

    churned_on: date
    mrr_lost: Decimal
    plan_id: str | None
    reactivated_on: date | None
    reason_code: str


@dataclass(frozen=True)
class Item:
    """A subscription item, in force from `start` until the day before `end`."""

    start: date
    end: date | None
    mrr: Decimal
    plan_id: str
    product_id: str
    tier: int | None
    quantity: Decimal

    def is_in_force(self, day: date) -> bool:
        """Whether the item is in force on a day."""
        return self.start <= day and (self.end is None or day < self.end)


@dataclass
class Customer:
    """A customer that is not internal and has signed up by the as-of date."""

    row: Row
    signed_up_on: date
    attributes: dict[str, str]
    subscriptions: list[Row] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    # The days on which MRR or primary plan changed, and the state from each on.
    days: list[date] = field(default_factory=list)
    states: list[State] = field(default_factory=list)
    churns: list[Churn] = field(default_factory=list)

    @property
    def customer_id(self) -> str:
        """The key."""
        return str(self.row["customer_id"])

    def on(self, day: date) -> State:
        """The state on a day."""
        position = bisect_right(self.days, day)
        return self.states[position - 1] if position else NOTHING

    @property
    def first_active_on(self) -> date | None:
        """The first day with MRR."""
        return next(
            (day for day, state in zip(self.days, self.states, strict=True) if state.mrr), None
        )

    def last_active_on(self, as_of: date) -> date | None:
        """The last day with MRR up to the as-of date."""
        if self.on(as_of).mrr:
            return as_of
        return self.churns[-1].churned_on - ONE_DAY if self.churns else None

    def was_active_between(self, first: date, last: date) -> bool:
        """Whether the customer has MRR on some day of a stretch."""
        return self.on(first).mrr > 0 or any(
            first <= day <= last and state.mrr > 0
            for day, state in zip(self.days, self.states, strict=True)
        )


def ticket_segments(ticket: Row) -> list[Segment]:
    """The segments of a ticket itself."""
    return [
        ("ticket_priority", (ticket["priority"] or NONE).lower()),
        ("ticket_channel", ticket["channel"] or NONE),
    ]


def _with_moments(ticket: Row) -> Row:
    """A ticket whose moments follow from how long each took, where it has none."""
    found = dict(ticket)
    for moment, minutes in (
        ("first_responded_at", "first_response_minutes"),
        ("resolved_at", "resolution_minutes"),
    ):
        if ticket[moment] is None and ticket[minutes] is not None:
            microseconds = ticket[minutes] * 60_000_000
            found[moment] = ticket["opened_at"] + timedelta(microseconds=int(microseconds))
    return found


class History:
    """Everything that the marts are computed from."""

    def __init__(
        self,
        used: dict[str, list[Row]],
        tables_present: set[str],
        policy: Policy,
        churn_reasons: ChurnReasons,
    ) -> None:
        """Build the history of every customer from the used rows."""
        # A count of 0 is no use of a feature.
        counted = [row for row in used["feature_events"] if row["event_count"]]
        self.used = used = used | {
            "feature_events": counted,
            "support_tickets": [_with_moments(row) for row in used["support_tickets"]],
        }
        self.policy = policy
        self.as_of = policy.as_of_date
        self.churn_reasons = churn_reasons
        self.tables_present = tables_present
        self.has_sessions = self.has_table("sessions")
        self.plans: dict[str, Row] = {row["plan_id"]: row for row in used["plans"]}
        self._rates: dict[str, list[tuple[date, Decimal]]] = defaultdict(list)
        for row in used["exchange_rates"]:
            self._rates[row["currency_code"]].append((row["valid_from"], row["rate_to_reporting"]))
        self.customers: dict[str, Customer] = {}
        for row in used["customers"]:
            signed_up_on = self.known_day(row["signed_up_at"])
            if signed_up_on and not row["is_internal"]:
                attributes = self._attributes(row, signed_up_on)
                self.customers[row["customer_id"]] = Customer(row, signed_up_on, attributes)
        self.left_on = {
            row["customer_id"]: self._left_on(row)
            for row in used["customers"]
            if row["customer_id"] in self.customers
        }
        self._add_items()
        for customer in self.customers.values():
            self._close_gaps(customer)
            self._add_states(customer)
            self._add_churns(customer)
        self._others = self._rare_values()

    def _rare_values(self) -> dict[str, set[str]]:
        """By segment type, the values that are too many, for those of the fewest customers."""
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        owners = {row["subscription_id"]: row["customer_id"] for row in self.used["subscriptions"]}
        plans_of: dict[str, set[str]] = defaultdict(set)
        for item in self.used["subscription_items"]:
            if self.known_day(item["valid_from"]):
                plans_of[owners.get(item["subscription_id"], "")].add(item["plan_id"])
        for customer in self.customers.values():
            plans = plans_of[customer.customer_id]
            found = {name: {value} for name, value in customer.attributes.items()}
            found["plan"], found["product"] = (
                plans,
                {self.product_of(plan) or NONE for plan in plans},
            )
            for name, values in found.items():
                counts[name].update(values)
        for cost in self.used["acquisition_costs"]:
            if cost["cost_month"] <= self.as_of:
                counts["acquisition_channel"][cost["acquisition_channel"]] += 0
        for ticket, _ in self.dated_rows("support_tickets", "opened_at", or_nobody=True):
            for name, value in ticket_segments(ticket):
                counts[name][value] += 1
        rare = {}
        for name, count in counts.items():
            del count[NONE]
            ranked = sorted(count, key=lambda value: (-count[value], value))
            rare[name] = set(ranked[self.policy.max_segment_values :])
        return rare

    def reported(self, segments: Iterable[Segment]) -> list[Segment]:
        """Segments with (other) for the values that are too many."""
        return [
            (name, OTHER if value in self._others.get(name, ()) else value)
            for name, value in segments
        ]

    def has_table(self, name: str) -> bool:
        """Whether a raw table was landed."""
        return name in self.tables_present

    def known_day(self, moment: Any) -> date | None:
        """The local day of a moment; None after the as-of date."""
        day = local_date(moment, self.policy.reporting_timezone)
        return day if day and day <= self.as_of else None

    def dated_rows(
        self, table: str, column: str, *, or_nobody: bool = False
    ) -> Iterator[tuple[Row, date]]:
        """The rows of customers that are not internal and their days, up to the as-of date.

        Args:
            table: The raw table.
            column: Its moment.
            or_nobody: Whether rows without a customer belong to it, too.
        """
        for row in self.used[table]:
            day = self.known_day(row[column])
            is_nobody = or_nobody and row["customer_id"] is None
            if day and (row["customer_id"] in self.customers or is_nobody):
                yield row, day

    def rate(self, currency: str | None, day: date) -> Decimal:
        """The exchange rate of a day: the latest before or on it, else the first there is."""
        if currency is None or currency == self.policy.reporting_currency:
            return Decimal(1)
        rates = sorted(self._rates[currency])
        before = [rate for valid_from, rate in rates if valid_from <= day]
        return before[-1] if before else rates[0][1]

    def fiscal_year_name(self, day: date) -> str:
        """The fiscal year of a day, such as FY2025."""
        return f"FY{fiscal_year(day, self.policy.fiscal_year_start_month)}"

    def product_of(self, plan_id: str | None) -> str | None:
        """The product of a plan."""
        return self.plans[plan_id]["product_id"] if plan_id is not None else None

    def _left_on(self, customer_row: Row) -> date | None:
        """The day on which a deleted customer left; None while it is there."""
        if not customer_row["is_deleted"]:
            return None
        if customer_row["updated_at"]:
            return self.known_day(customer_row["updated_at"])
        customer_id = customer_row["customer_id"]
        days = [self.known_day(customer_row["signed_up_at"])]
        own = set()
        for table, columns in _DATED.items():
            for row in self.used[table]:
                if row["customer_id"] == customer_id:
                    days += [self.known_day(row[column]) for column in columns]
                    own.add(row["subscription_id"]) if table == "subscriptions" else None
        days += [
            self.known_day(row["valid_from"])
            for row in self.used["subscription_items"]
            if row["subscription_id"] in own
        ]
        days += [
            row["term_start"]
            for row in self.used["contracts"]
            if row["customer_id"] == customer_id
            and (row["term_start"] <= self.as_of or self.known_day(row["signed_at"]))
        ]
        return max((day for day in days if day and day <= self.as_of), default=None)

    def subscription_end(self, subscription: Row) -> date | None:
        """The local day of a subscription's end under the churn recognition policy."""
        ends = [self.known_day(subscription["ended_at"]), self.left_on[subscription["customer_id"]]]
        if self.policy.churn_recognition == "cancel_request":
            ends.append(self.known_day(subscription["cancel_requested_at"]))
        return min((end for end in ends if end), default=None)

    def segments(self, customer: Customer, plan_id: str | None) -> list[Segment]:
        """The segments that a customer with a primary plan is counted in."""
        values = customer.attributes | {
            "plan": plan_id or NONE,
            "product": self.product_of(plan_id) or NONE,
        }
        segments = ((name, values[name]) for name in self.policy.general_segments)
        return [ALL, *self.reported(segments)]

    def segments_of(self, customer_id: str | None, day: date) -> list[Segment]:
        """The segments of an event on a day: of a customer, or of nobody known."""
        if customer_id is None:
            return [ALL, *((name, NONE) for name in self.policy.general_segments)]
        return self.segments_on(self.customers[customer_id], day)

    def segments_on(self, customer: Customer, day: date) -> list[Segment]:
        """The segments of an event of a customer on a day.

        By plan it belongs to the primary plan on that day, else on the day before.
        """
        plan_id = customer.on(day).plan_id
        if plan_id is None:
            plan_id = customer.on(day - ONE_DAY).plan_id
        return self.segments(customer, plan_id)

    def _attributes(self, row: Row, signed_up_on: date) -> dict[str, str]:
        names = ("acquisition_channel", "country_code", "industry", "company_size", "csm_owner")
        attributes: dict[str, str] = {
            name: row[name] or NONE for name in (*names, *self.policy.customer_columns)
        }
        return attributes | {"signup_fiscal_year": self.fiscal_year_name(signed_up_on)}

    def _add_items(self) -> None:
        subscriptions: dict[str, Row] = {}
        for row in self.used["subscriptions"]:
            subscriptions[row["subscription_id"]] = row
            if row["customer_id"] in self.customers:
                self.customers[row["customer_id"]].subscriptions.append(row)
        for row in self.used["subscription_items"]:
            # without the table of subscriptions nobody has the item
            subscription = subscriptions.get(row["subscription_id"])
            if subscription is None:
                continue
            customer = self.customers.get(subscription["customer_id"])
            started, valid_from = (
                self.known_day(moment) for moment in (subscription["started_at"], row["valid_from"])
            )
            if customer is None or started is None or valid_from is None:
                continue
            start = max(started, valid_from)
            ends = [self.known_day(row["valid_to"]), self.subscription_end(subscription)]
            end = min((day for day in ends if day), default=None)
            price = Fraction(row["quantity"]) * Fraction(row["unit_price"])
            amount = (
                Fraction(round_half_away(price, 8))
                * (1 - Fraction(row["discount_rate"]))
                * Fraction(self.rate(row["currency_code"], start))
            )
            mrr = round_half_away(amount / INTERVAL_MONTHS[row["billing_interval"]], 4)
            plan = self.plans[row["plan_id"]]
            customer.items.append(
                Item(
                    start,
                    end,
                    mrr,
                    row["plan_id"],
                    plan["product_id"],
                    plan["tier_rank"],
                    row["quantity"],
                )
            )

    def _close_gaps(self, customer: Customer) -> None:
        """So few days without MRR between two items are none: the earlier run on."""
        paid = [
            item
            for item in customer.items
            if item.mrr > 0 and (item.end is None or item.end > item.start)
        ]
        starts = sorted({item.start for item in paid})
        for end in sorted({item.end for item in paid if item.end}):
            if any(item.is_in_force(end) for item in paid):
                continue
            following = next((start for start in starts if start > end), None)
            if following and (following - end).days <= self.policy.mrr_gap_days:
                # an item that was in force on no day has not ended then
                customer.items = [
                    replace(item, end=following)
                    if item.mrr > 0 and item.start < end == item.end
                    else item
                    for item in customer.items
                ]

    def _state_of(self, customer: Customer, day: date) -> State:
        in_force = [item for item in customer.items if item.is_in_force(day)]
        if not in_force:
            return NOTHING

        def rank(item: Item) -> tuple[Decimal, float, str]:
            return -item.mrr, -item.tier if item.tier is not None else float("inf"), item.plan_id

        return State(
            sum((item.mrr for item in in_force), Decimal(0)), min(in_force, key=rank).plan_id
        )

    def _add_states(self, customer: Customer) -> None:
        days = {item.start for item in customer.items}
        days |= {item.end for item in customer.items if item.end}
        before = NOTHING
        for day in sorted(days):
            state = self._state_of(customer, day)
            if state != before:
                customer.days.append(day)
                customer.states.append(state)
            before = state

    def _add_churns(self, customer: Customer) -> None:
        before = NOTHING
        for day, state in zip(customer.days, customer.states, strict=True):
            if before.mrr > 0 and state.mrr == 0:
                later = zip(customer.days, customer.states, strict=True)
                back = next((d for d, after in later if d > day and after.mrr > 0), None)
                reason = self._reason(customer, day)
                customer.churns.append(Churn(day, before.mrr, before.plan_id, back, reason))
            before = state

    def _code(self, subscription: Row) -> str | None:
        """The reason of a cancellation, which is known once that or the end is."""
        moments = (subscription["cancel_requested_at"], subscription["ended_at"])
        return subscription["cancel_reason_code"] if any(map(self.known_day, moments)) else None

    def _reason(self, customer: Customer, churned_on: date) -> str:
        """The reason of the subscription that ended last by then, give or take so many days."""
        tolerance = timedelta(days=self.policy.mrr_gap_days)
        ended = [
            (end, str(subscription["subscription_id"]), self._code(subscription))
            for subscription in customer.subscriptions
            if (end := self.subscription_end(subscription)) and end <= churned_on + tolerance
        ]
        last_end = max((end for end, _, _ in ended), default=churned_on)
        reasons = [
            (end > churned_on, -end.toordinal(), subscription_id, code)
            for end, subscription_id, code in ended
            if end >= last_end - tolerance and code in self.churn_reasons and code != "unknown"
        ]
        return min(reasons)[-1] if reasons else "unknown"
