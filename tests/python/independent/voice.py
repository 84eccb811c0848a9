"""Surveys: who was asked, and what was answered."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import NamedTuple

from .calendar import Period
from .history import History
from .quality import Row
from .tally import Events, Tallies, Tally, kpi_rows, ratio


class Survey(NamedTuple):
    """A survey sent, with its answer if that is known."""

    row: Row
    respondent_id: str
    sent_on: date
    responded_on: date | None

    @property
    def score(self) -> int | None:
        """The answer."""
        return int(self.row["score"]) if self.responded_on else None

    @property
    def nps_group(self) -> str | None:
        """What an answer to an NPS survey makes of the respondent."""
        if self.row["survey_type"] != "nps" or self.score is None:
            return None
        if self.score <= 6:
            return "detractor"
        return "passive" if self.score <= 8 else "promoter"

    @property
    def age(self) -> tuple[datetime, datetime, str]:
        """What is greater for the later of two answers."""
        return self.row["responded_at"], self.row["sent_at"], self.row["response_id"]


def surveys(history: History) -> list[Survey]:
    """All surveys sent, but to internal customers."""
    return [
        Survey(row, _respondent_id(row), sent_on, history.known_day(row["responded_at"]))
        for row, sent_on in history.dated_rows("survey_responses", "sent_at", or_nobody=True)
    ]


def _respondent_id(row: Row) -> str:
    """The user, else the customer, else whoever gave this response."""
    known = (row["user_id"], row["customer_id"], row["response_id"])
    return next(str(name) for name in known if name is not None)


def fct_survey_responses(sent: list[Survey]) -> list[Row]:
    """Every survey sent."""
    return [
        {
            "response_id": survey.row["response_id"],
            "survey_type": survey.row["survey_type"],
            "customer_id": survey.row["customer_id"],
            "respondent_id": survey.respondent_id,
            "sent_on": survey.sent_on,
            "responded_on": survey.responded_on,
            "score": survey.score,
            "nps_group": survey.nps_group,
            "sent_at": survey.row["sent_at"],
            "responded_at": survey.row["responded_at"] if survey.responded_on else None,
        }
        for survey in sent
    ]


def last_nps_score(sent: Iterable[Survey], customer_id: str, before: date) -> int | None:
    """The latest NPS answer of a customer before a day, whoever of its users gave it."""
    answers = [
        survey
        for survey in sent
        if survey.row["customer_id"] == customer_id
        and survey.nps_group
        and survey.responded_on
        and survey.responded_on < before
    ]
    return max(answers, key=lambda answer: answer.age).score if answers else None


class _Voice:
    """What kpi_nps counts in each period and segment."""

    def __init__(self, history: History, sent: list[Survey]) -> None:
        self.history = history
        self.events = Events(history)
        self.nps_answers = [survey for survey in sent if survey.nps_group]
        for survey in sent:
            customer_id, kind = survey.row["customer_id"], survey.row["survey_type"]
            if kind == "nps":
                self.events.add(customer_id, survey.sent_on, "sent")
                if survey.responded_on:
                    self.events.add(customer_id, survey.sent_on, "answered")
            elif survey.responded_on and survey.score is not None:
                self.events.add(customer_id, survey.responded_on, kind, survey.score)
                if kind == "csat" and survey.score >= 4:
                    self.events.add(customer_id, survey.responded_on, "satisfied")

    def latest_answers(self, period: Period) -> Iterator[Survey]:
        """The last answer that each respondent gave in a period."""
        latest: dict[tuple[str | None, str], Survey] = {}
        for answer in self.nps_answers:
            if answer.responded_on and (period.start <= answer.responded_on <= period.closing):
                # The same user of another customer is another respondent.
                respondent = (answer.row["customer_id"], answer.respondent_id)
                other = latest.get(respondent, answer)
                latest[respondent] = max(other, answer, key=lambda each: each.age)
        yield from latest.values()

    def tallies(self, period: Period) -> Tallies:
        """Everything of one period."""
        tallies = self.events.tallies(period)
        for answer in self.latest_answers(period):
            assert answer.responded_on
            assert answer.nps_group
            segments = self.history.segments_of(answer.row["customer_id"], answer.responded_on)
            tallies.add(segments, "nps")
            tallies.add(segments, answer.nps_group)
        return tallies


def _voice_row(tally: Tally) -> Row:
    promoters, detractors = tally.count("promoter"), tally.count("detractor")
    return {
        "nps_answers": tally.count("nps"),
        "promoters": promoters,
        "passives": tally.count("passive"),
        "detractors": detractors,
        "net_promoters": promoters - detractors,
        "nps": ratio(100 * (promoters - detractors), tally.count("nps")),
        "surveys_sent": tally.count("sent"),
        "surveys_answered": tally.count("answered"),
        "nps_response_rate": tally.rate("answered", "sent"),
        "csat_answers": tally.count("csat"),
        "csat_satisfied_answers": tally.count("satisfied"),
        "csat": tally.rate("satisfied", "csat"),
        "ces_answers": tally.count("ces"),
        "ces_score_sum": int(tally.total("ces")),
        "ces": ratio(tally.total("ces"), tally.count("ces")),
    }


def kpi_nps(history: History, periods: list[Period], sent: list[Survey]) -> list[Row]:
    """NPS, satisfaction and effort of every period and segment."""
    counted = ("nps", "sent", "csat", "ces")
    return kpi_rows(periods, _Voice(history, sent).tallies, _voice_row, counted)
