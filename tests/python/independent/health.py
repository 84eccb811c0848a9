"""How well every active customer is, month by month, and how well they all are."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from fractions import Fraction

from .calendar import CLOSING_GRAINS, ONE_WEEK, Period
from .campaigns import fct_campaign_touches, fct_community_activities
from .config import Config
from .history import Customer, History
from .onboarding import Onboarding
from .quality import Row
from .tally import Tallies, Tally, as_double, kpi_rows, ratio
from .usage import TO_SUNDAY, Scores, last_whole_week
from .voice import Survey

COMPONENTS = ("usage", "onboarding", "nps", "support", "payment", "engagement")
BANDS = ("red", "yellow", "green")
NPS_VALUES = {"promoter": 100, "passive": 50, "detractor": 0}
Value = Fraction | int | None


def days(number: int) -> timedelta:
    """A number of days."""
    return timedelta(days=number)


def mean_score(
    history: History, scores: Scores, customer: Customer, last: date, weeks: int
) -> Fraction | None:
    """The mean usage score over the last whole weeks up to a day.

    Args:
        history: What is known.
        scores: By customer and week, the usage score.
        customer: Whose.
        last: The day on or before which the last whole week ends.
        weeks: How many weeks to look at.

    Returns:
        The mean over those of the weeks on whose Sunday the customer is active; a week without
        a score counts 0. None without any such week, and where use is not known at all.
    """
    if not (history.has_sessions or history.has_table("feature_events")):
        return None
    found = []
    for number in range(weeks):
        week_start = last_whole_week(last) - number * ONE_WEEK
        if customer.on(week_start + TO_SUNDAY).mrr > 0:
            week = scores.get((customer.customer_id, week_start))
            found.append(week.score if week and week.score is not None else Fraction(0))
    return sum(found, Fraction(0)) / len(found) if found else None


def nps_answers(sent: Iterable[Survey]) -> dict[str, list[Survey]]:
    """By customer, all answers to NPS surveys."""
    answers: dict[str, list[Survey]] = defaultdict(list)
    for survey in sent:
        if survey.nps_group:
            answers[survey.row["customer_id"]].append(survey)
    return answers


def latest_answer(answers: Iterable[Survey], first: date, last: date) -> Survey | None:
    """The latest of the answers that were given in a stretch of days."""
    within = [each for each in answers if each.responded_on and first <= each.responded_on <= last]
    return max(within, key=lambda answer: answer.age, default=None)


def order_days(history: History) -> dict[str, list[tuple[date, str]]]:
    """By customer, the day and the status of each order."""
    orders: dict[str, list[tuple[date, str]]] = defaultdict(list)
    for row, day in history.dated_rows("orders", "ordered_at"):
        orders[row["customer_id"]].append((day, row["status"]))
    return orders


class _Health:
    """What is known of every customer, to be looked at as of any day."""

    def __init__(
        self,
        history: History,
        scores: Scores,
        onboarded: Mapping[str, Onboarding],
        surveys: Iterable[Survey],
    ) -> None:
        self.history = history
        self.policy = history.policy
        self.scores = scores
        self.onboarded = onboarded
        self.answers = nps_answers(surveys)
        self.orders = order_days(history)
        self.tickets: dict[str, list[tuple[date, date | None]]] = defaultdict(list)
        for row, day in history.dated_rows("support_tickets", "opened_at"):
            resolved_on = history.known_day(row["resolved_at"])
            self.tickets[row["customer_id"]].append((day, resolved_on))
        self.engaged: dict[str, set[date]] = defaultdict(set)
        for row in fct_campaign_touches(history):
            if row["responded_on"]:
                self.engaged[row["customer_id"]].add(row["responded_on"])
        for row in fct_community_activities(history):
            self.engaged[row["customer_id"]].add(row["occurred_on"])

    def onboarding(self, customer_id: str, last: date) -> Value:
        """100 when done, 0 when not done in time, 50 while there is time."""
        onboarding = self.onboarded.get(customer_id)
        if onboarding is None:
            return None
        if onboarding.completed and onboarding.completed.day <= last:
            return 100
        return 0 if onboarding.deadline_on and onboarding.deadline_on <= last else 50

    def nps(self, customer_id: str, last: date) -> Value:
        """By the group of the latest answer, if it is not too old."""
        first = last - days(self.policy.health_nps_days)
        answer = latest_answer(self.answers.get(customer_id, []), first, last)
        return NPS_VALUES[answer.nps_group] if answer and answer.nps_group else None

    def support(self, customer_id: str, last: date) -> Value:
        """25 less for each ticket that has been open for too long."""
        if not self.history.has_table("support_tickets"):
            return None
        longest = days(self.policy.health_open_ticket_days)
        too_long = sum(
            last - opened_on > longest and (resolved_on is None or resolved_on > last)
            for opened_on, resolved_on in self.tickets.get(customer_id, [])
        )
        return max(0, 100 - 25 * too_long)

    def payment(self, customer_id: str, last: date) -> Value:
        """0 when a payment failed lately."""
        orders = [order for order in self.orders.get(customer_id, []) if order[0] <= last]
        if not orders:
            return None
        first = last - days(self.policy.health_payment_days)
        return 0 if any(day >= first and status == "failed" for day, status in orders) else 100

    def engagement(self, customer_id: str, last: date) -> Value:
        """100 when the customer answered a campaign or did something in the community lately."""
        tables = ("campaign_touches", "community_activities")
        if not any(self.history.has_table(table) for table in tables):
            return None
        first = last - days(self.policy.health_engagement_days)
        return 100 if any(first <= day <= last for day in self.engaged.get(customer_id, ())) else 0

    def row(self, customer: Customer, last: date) -> Row:
        """All components of a customer as of a day."""
        customer_id = customer.customer_id
        return {
            "customer_id": customer_id,
            "month_end": last,
            "usage": mean_score(self.history, self.scores, customer, last, 4),
            "onboarding": self.onboarding(customer_id, last),
            "nps": self.nps(customer_id, last),
            "support": self.support(customer_id, last),
            "payment": self.payment(customer_id, last),
            "engagement": self.engagement(customer_id, last),
        }


def components(
    history: History,
    periods: Iterable[Period],
    scores: Scores,
    onboarded: Mapping[str, Onboarding],
    surveys: Iterable[Survey],
) -> list[Row]:
    """The components of the health of every active customer at the end of every month.

    Args:
        history: What is known.
        periods: The reported periods.
        scores: By customer and week, the usage score.
        onboarded: By customer, how onboarding went.
        surveys: All surveys.

    Returns:
        A row per customer and month, with exact values.
    """
    health = _Health(history, scores, onboarded, surveys)
    ends = [period.closing for period in periods if period.grain == "month"]
    return [
        health.row(customer, end)
        for end in ends
        for customer in history.customers.values()
        if customer.on(end).mrr > 0
    ]


def _score(config: Config, row: Row) -> Fraction | None:
    """The weighted mean of the components that are known."""
    weights = {
        name: config.health_score_weights.get(name, Fraction(0))
        for name in COMPONENTS
        if row[name] is not None
    }
    total = sum(weights.values(), Fraction(0))
    return (
        sum((weights[name] * row[name] for name in weights), Fraction(0)) / total if total else None
    )


def _band(config: Config, score: Fraction | None) -> str | None:
    """The highest band that a score reaches."""
    reached = [
        (from_score, band)
        for band, from_score in config.health_bands
        if score is not None and from_score <= score
    ]
    return max(reached)[1] if reached else None


def scored(config: Config, component_rows: Iterable[Row]) -> list[Row]:
    """The components with the score and band that they make, all exact."""
    rows = []
    for row in component_rows:
        score = _score(config, row)
        rows.append(row | {"health_score": score, "health_band": _band(config, score)})
    return rows


def fct_customer_health(health_rows: Iterable[Row]) -> list[Row]:
    """Exact rows with their values as doubles."""
    return [
        row | {name: as_double(row[name]) for name in (*COMPONENTS, "health_score")}
        for row in health_rows
    ]


def _health_row(tally: Tally) -> Row:
    return {
        "scored_customers": tally.count("scored"),
        **{f"{band}_customers": tally.count(f"band {band}") for band in BANDS},
        "health_score_sum": float(tally.total("scored")),
        "scored_mrr": tally.amount("mrr"),
        "red_mrr": tally.amount("mrr red"),
        "health_score": ratio(tally.total("scored"), tally.count("scored")),
        **{f"{band}_customer_rate": tally.rate(f"band {band}", "scored") for band in BANDS},
        "red_mrr_share": ratio(tally.total("mrr red"), tally.total("mrr")),
    }


def kpi_health(
    history: History, periods: Iterable[Period], health_rows: Iterable[Row]
) -> list[Row]:
    """The health of all customers at the end of every month, quarter and fiscal year.

    Args:
        history: What is known.
        periods: The reported periods.
        health_rows: The exact rows.

    Returns:
        A row per period and segment.
    """
    by_end: dict[date, list[Row]] = defaultdict(list)
    for row in health_rows:
        if row["health_score"] is not None:
            by_end[row["month_end"]].append(row)

    def tallies(period: Period) -> Tallies:
        found = Tallies(period)
        for row in by_end.get(period.closing, []):
            customer, band = history.customers[row["customer_id"]], row["health_band"]
            state = customer.on(period.closing)
            segments = history.segments(customer, state.plan_id)
            found.add(segments, "scored", row["health_score"])
            found.add(segments, "mrr", state.mrr)
            found.add(segments, f"band {band}")
            found.add(segments, f"mrr {band}", state.mrr)
        return found

    reported = [period for period in periods if period.grain in CLOSING_GRAINS]
    return kpi_rows(reported, tallies, _health_row, ("scored",))
