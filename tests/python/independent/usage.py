"""Use of the product by week: how much, how well, how little, how far."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import NamedTuple

from .calendar import ONE_WEEK, Period, in_minutes
from .campaigns import REACTIONS, fct_campaign_touches, fct_community_activities
from .config import Config
from .history import History
from .quality import Row
from .tally import Events, Tallies, Tally, kpi_rows, ratio

TO_SUNDAY = timedelta(days=6)


def monday(day: date) -> date:
    """The Monday of the week that holds a day."""
    return day - timedelta(days=day.weekday())


@dataclass
class Week:
    """What one customer did in one week."""

    sessions: int = 0
    session_minutes: Fraction = Fraction(0)
    days: set[date] = field(default_factory=set)
    users: set[str] = field(default_factory=set)
    features: set[str] = field(default_factory=set)


def whole_units(quantity: Decimal | None) -> int | None:
    """A quantity in whole units, a half upwards; None beyond 32 bits."""
    whole = None if quantity is None else floor(quantity + Decimal("0.5"))
    return whole if whole is not None and -(2**31) <= whole < 2**31 else None


class Score(NamedTuple):
    """How well a customer used the product in one week, from 0 to 100."""

    seats: Decimal | None
    score: Fraction | None


Scores = Mapping[tuple[str, date], Score]


class Streak(NamedTuple):
    """Consecutive weeks of low use, by their Mondays."""

    first: date
    last: date

    @property
    def weeks(self) -> int:
        """How many weeks."""
        return (self.last - self.first).days // 7 + 1


class Usage:
    """All use by customers that are not internal, up to the as-of date."""

    def __init__(self, history: History, config: Config) -> None:
        """Sort sessions and feature events into weeks."""
        self.history = history
        self.config = config
        self.weeks: dict[tuple[str, date], Week] = defaultdict(Week)
        # By customer and ladder stage, the days on which some feature of the stage was used.
        self.stage_days: dict[tuple[str, int], list[date]] = defaultdict(list)
        for row, day in history.dated_rows("sessions", "started_at"):
            week = self._used(row, day)
            week.sessions += 1
            ended_at = row["ended_at"] or row["started_at"]
            week.session_minutes += in_minutes(ended_at - row["started_at"])
        for row, day in history.dated_rows("feature_events", "occurred_at"):
            week = self._used(row, day)
            code = row["feature_code"]
            if code in config.feature_stages:
                week.features.add(code)
                stage = config.feature_stages[code]
                if stage is not None:
                    self.stage_days[row["customer_id"], stage].append(day)

    def _used(self, row: Row, day: date) -> Week:
        """The week of a row of use, in which its day and user count."""
        week = self.weeks[row["customer_id"], monday(day)]
        week.days.add(day)
        if row["user_id"] is not None:
            week.users.add(row["user_id"])
        return week

    def minutes(self, customer_id: str, week_start: date) -> Fraction:
        """The minutes of a week, whether there was any use in it or not."""
        week = self.weeks.get((customer_id, week_start))
        return week.session_minutes if week else Fraction(0)

    def whole_weeks(self) -> Iterator[date]:
        """The Mondays of the weeks that end by the as-of date, from the first item on."""
        starts = [item.start for each in self.history.customers.values() for item in each.items]
        week_start = monday(min(starts, default=self.history.as_of))
        while week_start + TO_SUNDAY <= self.history.as_of:
            yield week_start
            week_start += ONE_WEEK

    # --- the usage score -------------------------------------------------------------

    def scores(self) -> dict[tuple[str, date], Score]:
        """By customer and week with use, on whose Sunday the customer is active."""
        has_users = any(week.users for week in self.weeks.values())
        found = {}
        for (customer_id, week_start), week in self.weeks.items():
            customer, sunday = self.history.customers[customer_id], week_start + TO_SUNDAY
            if sunday <= self.history.as_of and customer.on(sunday).mrr > 0:
                in_force = [item for item in customer.items if item.is_in_force(sunday)]
                seats = sum((item.quantity for item in in_force), Decimal(0)) if in_force else None
                found[customer_id, week_start] = Score(seats, self._score(week, seats, has_users))
        return found

    def _score(self, week: Week, seats: Decimal | None, has_users: bool) -> Fraction | None:
        """100 times the weighted mean of the components that are there."""
        weights = self.config.usage_score_weights

        def full_at(component: str) -> Fraction | None:
            return weights[component].full_at if component in weights else None

        components: dict[str, tuple[Fraction, Fraction | int | None]] = {
            "active_days": (Fraction(len(week.days)), full_at("active_days"))
        }
        if self.history.has_table("sessions"):
            components["session_minutes"] = (week.session_minutes, full_at("session_minutes"))
        if self.history.has_table("feature_events"):
            catalogue = len(self.config.feature_stages)
            components["features"] = (Fraction(len(week.features)), catalogue)
        if has_users:
            components["active_users"] = (
                Fraction(len(week.users)),
                None if seats is None else Fraction(seats),
            )
        weighted, total = Fraction(0), Fraction(0)
        for component, (amount, divisor) in components.items():
            if component in weights and divisor:
                weighted += weights[component].weight * min(amount / divisor, Fraction(1))
                total += weights[component].weight
        return 100 * weighted / total if total else None

    # --- low use ---------------------------------------------------------------------

    def low_weeks(self) -> dict[str, set[date]]:
        """By customer, the whole weeks that it began active and in which use was low."""
        limit = self.history.policy.low_usage_minutes
        low: dict[str, set[date]] = {customer_id: set() for customer_id in self.history.customers}
        if not self.history.has_table("sessions"):
            return low
        for week_start in self.whole_weeks():
            for customer_id, customer in self.history.customers.items():
                is_low = self.minutes(customer_id, week_start) <= limit
                if is_low and customer.on(week_start).mrr > 0:
                    low[customer_id].add(week_start)
        return low

    # --- the feature ladder ----------------------------------------------------------

    @property
    def top_stage(self) -> int | None:
        """The highest stage of the catalogue."""
        stages = self.config.feature_stages.values()
        return max((stage for stage in stages if stage is not None), default=None)

    def reached_on(self, customer_id: str, stage: int) -> date | None:
        """The first day by which some feature of each stage up to this one was used."""
        firsts = []
        for step in range(1, stage + 1):
            days = self.stage_days.get((customer_id, step))
            if not days:
                return None
            firsts.append(min(days))
        return max(firsts)


def fct_usage_weekly(usage: Usage) -> list[Row]:
    """What each customer did in each week with use."""
    return [
        {
            "customer_id": customer_id,
            "week_start": week_start,
            "sessions": week.sessions,
            "session_minutes": float(week.session_minutes),
            "active_days": len(week.days),
            "active_users": len(week.users),
            "features_used": len(week.features),
        }
        for (customer_id, week_start), week in usage.weeks.items()
    ]


def fct_usage_scores(scores: Scores) -> list[Row]:
    """The usage score of each customer in each week with use."""
    return [
        {
            "customer_id": customer_id,
            "week_start": week_start,
            "week_end": week_start + TO_SUNDAY,
            "seats": whole_units(score.seats),
            "quantity_exact": score.seats,
            "usage_score": None if score.score is None else float(score.score),
        }
        for (customer_id, week_start), score in scores.items()
    ]


def _streaks(low_weeks: set[date]) -> list[Streak]:
    """Weeks that follow each other, as one."""
    return [
        Streak(first, _last_in_a_row(first, low_weeks))
        for first in sorted(low_weeks)
        if first - ONE_WEEK not in low_weeks
    ]


def _last_in_a_row(first: date, weeks: set[date]) -> date:
    last = first
    while last + ONE_WEEK in weeks:
        last += ONE_WEEK
    return last


def fct_low_use_streaks(history: History, low_weeks: Mapping[str, set[date]]) -> list[Row]:
    """Every stretch of weeks of low use that was long enough."""
    return [
        {
            "customer_id": customer_id,
            "streak_start": streak.first,
            "streak_end": streak.last + TO_SUNDAY,
            "weeks": streak.weeks,
            "is_open": streak.last == last_whole_week(history.as_of),
        }
        for customer_id, weeks in low_weeks.items()
        for streak in _streaks(weeks)
        if streak.weeks >= history.policy.low_usage_weeks
    ]


def last_whole_week(day: date) -> date:
    """The Monday of the last week that ends on or before a day."""
    return monday(day - TO_SUNDAY)


def fct_feature_stages(usage: Usage) -> list[Row]:
    """Every stage of the ladder that a customer reached."""
    return [
        {"customer_id": customer_id, "ladder_stage": stage, "reached_on": reached_on}
        for customer_id in usage.history.customers
        for stage in range(1, (usage.top_stage or 0) + 1)
        if (reached_on := usage.reached_on(customer_id, stage))
    ]


class _Engagement:
    """What kpi_engagement counts in each period and segment."""

    def __init__(
        self,
        usage: Usage,
        scores: Scores,
        low_weeks: Mapping[str, set[date]],
    ) -> None:
        self.usage = usage
        self.history = usage.history
        self.low_weeks = low_weeks
        self.community_days: dict[str, set[date]] = defaultdict(set)
        for row in fct_community_activities(self.history):
            self.community_days[row["customer_id"]].add(row["occurred_on"])
        self.events = Events(self.history)
        for row in fct_campaign_touches(self.history):
            self.events.add(row["customer_id"], row["sent_on"], "sent")
            for reaction in REACTIONS:
                if row[f"{reaction}_on"]:
                    self.events.add(row["customer_id"], row["sent_on"], reaction)
        self._add_ladder()
        self._add_scores(scores)

    def _add_ladder(self) -> None:
        top = self.usage.top_stage
        for customer_id, customer in self.history.customers.items():
            due_on = customer.signed_up_on + timedelta(days=self.history.policy.ladder_days)
            self.events.add(customer_id, due_on, "stage_due")
            reached_on = self.usage.reached_on(customer_id, top) if top else None
            if reached_on and reached_on <= due_on:
                self.events.add(customer_id, due_on, "top_stage")

    def _add_scores(self, scores: Scores) -> None:
        """The score of every week on whose Sunday a customer is active; without use it is 0."""
        for week_start in self.usage.whole_weeks():
            sunday = week_start + TO_SUNDAY
            for customer_id, customer in self.history.customers.items():
                if customer.on(sunday).mrr > 0:
                    found = scores.get((customer_id, week_start))
                    score = found.score if found and found.score is not None else Fraction(0)
                    self.events.add(customer_id, sunday, "score", score)

    def _is_low(self, customer_id: str, closing: date) -> bool:
        """Low use in each of the last whole weeks."""
        last = last_whole_week(closing)
        weeks = [last - n * ONE_WEEK for n in range(self.history.policy.low_usage_weeks)]
        return all(week_start in self.low_weeks[customer_id] for week_start in weeks)

    def tallies(self, period: Period) -> Tallies:
        """Everything of one period."""
        tallies = self.events.tallies(period)
        for customer_id, customer in self.history.customers.items():
            state = customer.on(period.closing)
            if state.mrr == 0:
                continue
            segments = self.history.segments(customer, state.plan_id)
            tallies.add(segments, "active")
            if self._is_low(customer_id, period.closing):
                tallies.add(segments, "low_usage")
            days = self.community_days.get(customer_id, set())
            if any(period.start <= day <= period.closing for day in days):
                tallies.add(segments, "community")
        return tallies

    def columns(self, tally: Tally) -> Row:
        """One row; what rests on a table that was not landed is null."""
        has_sessions = self.history.has_table("sessions")
        has_features = self.history.has_table("feature_events")
        has_use = has_sessions or has_features
        has_ladder = has_features and self.usage.top_stage is not None
        has_community = self.history.has_table("community_activities")
        touches = {f"touches_{name}": tally.count(name) for name in ("sent", *REACTIONS)}
        return {
            "usage_score_sum": float(tally.total("score")) if has_use else None,
            "active_customer_weeks": tally.count("score"),
            "usage_score": ratio(tally.total("score"), tally.count("score")) if has_use else None,
            "active_customers": tally.count("active"),
            "low_usage_customers": tally.count("low_usage") if has_sessions else None,
            "low_usage_customer_rate": tally.rate("low_usage", "active") if has_sessions else None,
            "stage_due_customers": tally.count("stage_due"),
            "top_stage_customers": tally.count("top_stage") if has_ladder else None,
            "top_stage_rate": tally.rate("top_stage", "stage_due") if has_ladder else None,
            "community_customers": tally.count("community") if has_community else None,
            "community_participation_rate": (
                tally.rate("community", "active") if has_community else None
            ),
            **touches,
            "campaign_delivered_rate": tally.rate("delivered", "sent"),
            "campaign_open_rate": tally.rate("opened", "sent"),
            "campaign_click_rate": tally.rate("clicked", "sent"),
            "campaign_response_rate": tally.rate("responded", "sent"),
        }


def kpi_engagement(
    usage: Usage,
    periods: list[Period],
    scores: Scores,
    low_weeks: Mapping[str, set[date]],
) -> list[Row]:
    """Use, ladder, community and campaigns of every period and segment.

    Args:
        usage: All use.
        periods: The reported periods.
        scores: By customer and week, the usage score.
        low_weeks: By customer, the weeks of low use.

    Returns:
        A row per period and segment.
    """
    engagement = _Engagement(usage, scores, low_weeks)
    counted = ("score", "active", "low_usage", "stage_due", "community", "sent")
    return kpi_rows(periods, engagement.tallies, engagement.columns, counted)
