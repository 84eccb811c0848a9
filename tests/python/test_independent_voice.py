# ruff: noqa: D103 - the names of the tests say what they are about
"""Surveys of the independent calculation, worked out by hand."""

from datetime import date

import pytest
from independent.hand_made import build, customers, only, period_row, subscribed, survey, together


def test_nps_counts_the_latest_answer_of_each_respondent() -> None:
    answers = together(
        survey("a1", "2", "2025-05-03T10:00Z"),
        survey("a2", "9", "2025-05-03T10:01Z", sent_at="2025-04-30"),
        survey("b1", "10", "2025-05-02", user_id=None),
        survey("b2", "7", "2025-05-02", user_id="", sent_at="2025-05-01T00:00:01Z"),
        survey("c2", "8", "2025-05-02", user_id="u2"),
        survey("c1", "0", "2025-05-02", user_id="u2"),
        survey("d1", "6", "2025-05-31T14:59:59Z", customer_id="d"),
        survey("e1", None, None, sent_at="2025-05-09"),
        survey("f1", "3", "2026-01-01", sent_at="2025-05-09"),
        survey("g1", "5", "2025-05-09", sent_at="2026-01-01"),
        survey("h1", "1", "2025-05-31T15:00:00Z", user_id="u3"),
    )
    marts = build(customers("c", "d"), answers)
    row = only(marts["fct_survey_responses"], response_id="f1")
    assert (row["sent_on"], row["responded_on"], row["score"], row["nps_group"]) == (
        date(2025, 5, 9),
        None,
        None,
        None,
    )
    groups = {row["response_id"]: row["nps_group"] for row in marts["fct_survey_responses"]}
    assert {name: group for name, group in groups.items() if group} == {
        **dict.fromkeys(("a1", "c1", "d1", "h1"), "detractor"),
        **dict.fromkeys(("b2", "c2"), "passive"),
        **dict.fromkeys(("a2", "b1"), "promoter"),
    }
    assert "g1" not in groups
    assert only(marts["fct_survey_responses"], response_id="b2")["respondent_id"] == "c"
    may = period_row(marts["kpi_nps"], date(2025, 5, 1))
    # a2 was answered last, b2 sent last, c2 has the greater id; d1 is of another customer's u1.
    assert (may["nps_answers"], may["promoters"], may["passives"], may["detractors"]) == (
        *(4, 1, 2, 1),
    )
    assert may["nps"] == 0.0
    assert (may["surveys_sent"], may["surveys_answered"]) == (9, 7)
    assert may["nps_response_rate"] == pytest.approx(7 / 9)
    june = period_row(marts["kpi_nps"], date(2025, 6, 1))
    assert (june["nps_answers"], june["nps"], june["surveys_sent"]) == (1, -100.0, 0)


def test_anonymous_answers_count_for_the_company_and_for_no_customer() -> None:
    answers = together(
        survey("a", "10", "2025-05-02"),
        survey("n1", "0", "2025-05-03", customer_id=None, user_id=None),
        survey("n2", "9", "2025-05-03", customer_id="", user_id=None),
        survey("n3", "8", "2025-05-03", customer_id=None),
        survey("n4", "3", "2025-05-04", customer_id=None),  # the same user, later
        survey("n5", "5", "2025-05-04", customer_id=None, survey_type="csat"),
    )
    marts = build(subscribed(ended="2025-05-09"), answers)
    respondents = {
        row["response_id"]: (row["customer_id"], row["respondent_id"])
        for row in marts["fct_survey_responses"]
    }
    assert respondents["n1"] == (None, "n1")
    assert respondents["n4"] == (None, "u1")
    may = period_row(marts["kpi_nps"], date(2025, 5, 1))
    assert (may["promoters"], may["detractors"], may["nps_answers"]) == (2, 2, 4)
    assert (may["surveys_sent"], may["csat_answers"]) == (5, 1)
    for segment_type in ("plan", "industry", "signup_fiscal_year"):
        none = period_row(marts["kpi_nps"], date(2025, 5, 1), segment_type, "(none)")
        of_c = segment_type == "industry"  # not known of c either
        assert (none["nps_answers"], none["csat_answers"]) == (3 + of_c, 1)
    assert only(marts["fct_churns"], customer_id="c")["last_nps_score"] == 10


def test_an_answer_belongs_to_the_plan_of_its_day() -> None:
    answers = together(
        survey("a", "10", "2025-05-10"),
        survey("b", "0", "2025-05-20"),
        survey("c", "9", "2025-05-12", user_id="u2"),
    )
    marts = build(subscribed(ended="2025-05-12"), answers)
    basic = period_row(marts["kpi_nps"], date(2025, 5, 1), "plan", "basic")
    none = period_row(marts["kpi_nps"], date(2025, 5, 1), "plan", "(none)")
    # The respondent's last answer is on 20 May, so that the one on 10 May counts nowhere.
    assert (basic["nps_answers"], basic["nps"], basic["surveys_sent"]) == (1, 100.0, 3)
    assert (none["nps_answers"], none["nps"], none["surveys_sent"]) == (1, -100.0, 0)


def test_satisfaction_and_effort_count_every_answer() -> None:
    answers = together(
        *(
            survey(f"s{n}", score, "2025-05-02", survey_type="csat")
            for n, score in enumerate("54311")
        ),
        *(survey(f"e{n}", score, "2025-05-02", survey_type="ces") for n, score in enumerate("72")),
    )
    may = period_row(build(answers)["kpi_nps"], date(2025, 5, 1))
    assert (may["csat_answers"], may["csat_satisfied_answers"], may["csat"]) == (5, 2, 0.4)
    assert (may["ces_answers"], may["ces_score_sum"], may["ces"]) == (2, 9, 4.5)
    assert (may["nps_answers"], may["surveys_sent"], may["nps"]) == (0, 0, None)


def test_two_anonymous_detractors_among_sixty_promoters() -> None:
    marts = build(
        *(survey(f"u{n}", "9", "2025-05-02", user_id=f"u{n}") for n in range(60)),
        *(survey(f"n{n}", "1", "2025-05-02", customer_id="", user_id="") for n in range(2)),
    )
    may = period_row(marts["kpi_nps"], date(2025, 5, 1))
    assert (may["nps_answers"], may["nps"]) == (62, pytest.approx(100 * 58 / 62))
