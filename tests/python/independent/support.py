"""Support tickets: how soon they are answered and resolved."""

from datetime import UTC, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from .calendar import MINUTE, ONE_DAY, Period, in_minutes
from .config import Config
from .history import History, ticket_segments
from .quality import Row
from .tally import Events, Tally, kpi_rows, median, percentile

DURATIONS = (
    "first_response_minutes",
    "first_response_business_minutes",
    "resolution_minutes",
)


def business_minutes(config: Config, begun: datetime, ended: datetime) -> Fraction:
    """Minutes between two times on the clock that lie within business hours."""
    total = timedelta()
    day = begun.date()
    while day <= ended.date():
        if day not in config.holidays and day.isoweekday() in config.business_hours:
            midnight = datetime.combine(day, time())
            opens_at, closes_at = config.business_hours[day.isoweekday()]
            first = max(begun, midnight + opens_at * MINUTE)
            last = min(ended, midnight + closes_at * MINUTE)
            total += max(last - first, timedelta())
        day += ONE_DAY
    return in_minutes(total)


class Clock:
    """Measures from the opening of a ticket, by all minutes or by business minutes."""

    def __init__(self, history: History, config: Config) -> None:
        """Take the hours of the config and the time zone of the policy."""
        self._config = config
        self._zone = ZoneInfo(history.policy.reporting_timezone)
        following = datetime.combine(history.as_of + ONE_DAY, time())
        # The first moment, in UTC, after the as-of date.
        self.end = following.replace(tzinfo=self._zone).astimezone(UTC).replace(tzinfo=None)

    def _local(self, moment: datetime) -> datetime:
        """What the clock on the wall shows at a UTC moment."""
        return moment.replace(tzinfo=UTC).astimezone(self._zone).replace(tzinfo=None)

    def minutes(self, begun: datetime, ended: datetime, is_business_time: bool) -> Fraction:
        """Minutes between two UTC moments."""
        if is_business_time:
            return business_minutes(self._config, self._local(begun), self._local(ended))
        return in_minutes(ended - begun)


def _is_within_sla(
    config: Config, clock: Clock, ticket: Row, answered_at: datetime | None
) -> bool | None:
    """Whether a ticket was answered in time; null while there is still time."""
    sla = config.sla_of(ticket["priority"])
    until = answered_at if answered_at is not None else clock.end
    is_late = clock.minutes(ticket["opened_at"], until, sla.is_business_time) > sla.minutes
    if answered_at is None:
        return False if is_late else None
    return not is_late


def fct_support_tickets(history: History, config: Config) -> list[Row]:
    """Every ticket and how soon it was answered and resolved."""
    clock = Clock(history, config)
    rows = []
    for ticket, opened_on in history.dated_rows("support_tickets", "opened_at", or_nobody=True):
        opened_at = ticket["opened_at"]
        answered_on, resolved_on = (
            history.known_day(ticket[name]) for name in ("first_responded_at", "resolved_at")
        )
        answered_at = ticket["first_responded_at"] if answered_on else None
        row: Row = {
            "ticket_id": ticket["ticket_id"],
            "customer_id": ticket["customer_id"],
            "opened_on": opened_on,
            "first_responded_on": answered_on,
            "resolved_on": resolved_on,
            "priority": ticket["priority"],
            "channel": ticket["channel"],
            "first_response_minutes": None,
            "first_response_business_minutes": None,
            "resolution_minutes": None,
            "is_within_sla": None
            if answered_at is None and resolved_on
            else _is_within_sla(config, clock, ticket, answered_at),
        }
        if answered_at is not None:
            row["first_response_minutes"] = float(clock.minutes(opened_at, answered_at, False))
            row["first_response_business_minutes"] = float(
                clock.minutes(opened_at, answered_at, True)
            )
        if resolved_on is not None:
            row["resolution_minutes"] = float(
                clock.minutes(opened_at, ticket["resolved_at"], False)
            )
        rows.append(row)
    return rows


def _support_row(tally: Tally) -> Row:
    return {
        "tickets_opened": tally.count("opened"),
        "tickets_unanswered": tally.count("unanswered"),
        "median_first_response_minutes": median(tally.values["first_response_minutes"]),
        "p90_first_response_minutes": percentile(
            tally.values["first_response_minutes"], Fraction(9, 10)
        ),
        "median_first_response_business_minutes": median(
            tally.values["first_response_business_minutes"]
        ),
        "sla_decided_tickets": tally.count("sla_decided"),
        "sla_met_tickets": tally.count("sla_met"),
        "first_response_within_sla_rate": tally.rate("sla_met", "sla_decided"),
        "median_resolution_minutes": median(tally.values["resolution_minutes"]),
    }


def kpi_support(history: History, periods: list[Period], tickets: list[Row]) -> list[Row]:
    """How support did in every period and segment, by the day tickets were opened."""
    events = Events(history)
    for ticket in tickets:
        customer_id, day = ticket["customer_id"], ticket["opened_on"]
        segments = history.segments_of(customer_id, day)
        own = [each for each in ticket_segments(ticket) if each[0] in history.policy.segments]
        segments += history.reported(own)
        events.add_to(segments, day, "opened")
        if ticket["first_response_minutes"] is None and ticket["resolved_on"] is None:
            events.add_to(segments, day, "unanswered")
        for name in DURATIONS:
            if ticket[name] is not None:
                events.add_to(segments, day, name, Fraction(ticket[name]))
        if ticket["is_within_sla"] is not None:
            events.add_to(segments, day, "sla_decided")
        if ticket["is_within_sla"]:
            events.add_to(segments, day, "sla_met")
    return kpi_rows(periods, events.tallies, _support_row, ("opened",))
