# ruff: noqa: D103 - the names of the tests say what they are about
"""Raw rows, the contract that they follow, and the comparison, worked out by hand."""

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from independent import Policy, Row, compute
from independent.compare import compare
from independent.contract import TABLES, Column, ContractError, Ordered, read
from independent.hand_made import (
    AS_OF,
    CONFIG,
    Marts,
    Tables,
    customers,
    item,
    only,
    rates,
    raw_tables,
    survey,
)
from independent.parsing import (
    parse_boolean,
    parse_date,
    parse_integer,
    parse_numeric,
    parse_timestamp,
    round_half_away,
)

# --- parsing -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "rounded"),
    [("0.00005", "0.0001"), ("-0.00005", "-0.0001"), ("0.000049", "0"), ("2.00015", "2.0002")],
)
def test_a_half_is_rounded_away_from_zero(value: str, rounded: str) -> None:
    assert round_half_away(Fraction(value), 4) == Decimal(rounded)
    assert parse_numeric(value) == Decimal(rounded)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(
            ("1e5", None),
            ("1.2E+11", None),
            ("-6.4e-05", "-0.0001"),
            ("1e-99", "0"),
            ("6.4e-05", "0.0001"),
            (".5", "0.5"),
            (" 5 ", "5"),
            ("+1", "1"),
        ),
        *(("1,000", "1000"), ("1,234,567.5", "1234567.5"), ("￥１，０００", "1000")),
        *(("¥1,000", "1000"), ("▲1,000円", "-1000"), ("−5", "-5"), ("$-3.5", "-3.5")),
        *(("1,00", None), ("1.000,5", None), ("5.", None), ("٣", None), ("0x1F", None)),
        *(("1" + "0" * 14, None), ("10%", None), ("1e5%", None), ("Infinity", None), ("-", None)),
    ],
)
def test_notations_of_numbers(text: str, value: str | None) -> None:
    assert parse_numeric(text) == (None if value is None else Decimal(value))


def test_shares_are_percentages_too() -> None:
    assert parse_numeric("12.5 %", is_share=True) == Decimal("0.125")
    assert parse_numeric("１０％", is_share=True) == Decimal("0.1")
    assert parse_numeric("0.1", is_share=True) == Decimal("0.1")


def test_integers_are_of_32_bits() -> None:
    assert parse_integer("-2147483648") == -2147483648
    assert parse_integer("2147483648") is None
    assert parse_integer("9.0") == 9
    assert parse_integer("1,000円") == 1000
    assert [parse_integer(text) for text in ("9.5", "1e3", ".0", "9.", "10%")] == [None] * 5


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        # a day alone is a local one: it begins at 15:00 UTC of the day before
        ("2025-04-01", datetime(2025, 3, 31, 15)),
        ("2025/4/1", datetime(2025, 3, 31, 15)),
        ("2025年4月1日", datetime(2025, 3, 31, 15)),
        ("20250401", datetime(2025, 3, 31, 15)),
        ("2025-04-01T00:00:00", datetime(2025, 4, 1)),
        ("2025/4/1 9:05", datetime(2025, 4, 1, 9, 5)),
        ("2025-04-01T00:30+09:00", datetime(2025, 3, 31, 15, 30)),
        ("2025-04-01 00:30:00+0900", datetime(2025, 3, 31, 15, 30)),
        ("2025-04-01 00:30:00 +0900", datetime(2025, 3, 31, 15, 30)),
        ("2025-04-01T00:30:00-03", datetime(2025, 4, 1, 3, 30)),
        ("2025-04-01 10:00:00 UTC", datetime(2025, 4, 1, 10)),
        ("2025-04-01T23:59:59.9999999Z", datetime(2025, 4, 1, 23, 59, 59, 999999)),
        ("2025-02-29", None),
        ("2025-04-01Z", None),
        ("2025-04-01T24:00", None),
        ("2025-04-01T10", None),
        ("2025-04-01T10:00+16:00", None),
        ("2025-04-01t10:00", datetime(2025, 4, 1, 10)),
        ("4/1/2025", None),
        ("45748", None),
    ],
)
def test_timestamps(text: str, moment: datetime | None) -> None:
    assert parse_timestamp(text) == moment


def test_moments_without_a_zone_are_of_the_source() -> None:
    summer, zoned = "2025-07-01 00:00", "2025-07-01T00:00Z"
    new_york = {"source_timezone": "America/New_York"}
    assert parse_timestamp(summer, **new_york) == datetime(2025, 7, 1, 4)
    assert parse_timestamp(zoned, **new_york) == datetime(2025, 7, 1)
    assert parse_timestamp("2025-07-01", **new_york) == datetime(2025, 6, 30, 15)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        *(("2025-04-01", 1), ("2025/4/1", 1), ("2025-04-01 00:00:00", 1), ("2025-04-01T00:00Z", 1)),
        *(("2025-04-01 00:00:00-05:00", 1), ("2025-03-31T15:00:00Z", 1), ("20250401", 1)),
        *(("2025-04-01 10:00", None), ("2025-02-30", None), ("1/4/2025", None)),
    ],
)
def test_days(text: str, day: int | None) -> None:
    assert parse_date(text) == (None if day is None else date(2025, 4, day))


def test_yes_and_no() -> None:
    assert [parse_boolean(word) for word in ("Y", "1.0", " on ", "はい")] == [True] * 4
    assert [parse_boolean(word) for word in ("N", "0.0", "OFF", "いいえ")] == [False] * 4
    assert parse_boolean("maybe") is None


# --- the contract ------------------------------------------------------------------------


def table(**column: Any) -> dict[str, Any]:
    """A table with a key, and one column that is as given."""
    return {
        "name": "things",
        "config": {"meta": {"key": ["thing_id"]}},
        "columns": [
            {"name": "thing_id", "data_type": "text", "config": {"meta": {"required": True}}},
            {"name": "more", "data_type": "text"} | column,
        ],
    }


def test_the_contract_is_read() -> None:
    assert len(TABLES) == 18
    assert TABLES["exchange_rates"].key == ("currency_code", "valid_from")
    assert TABLES["subscription_items"].columns["discount_rate"] == Column(
        type="numeric",
        required=False,
        values=(),
        low=0,
        above=None,
        high=1,
        range_by=None,
        ranges={},
        references=None,
        may_dangle=False,
        may_list=False,
        needs_rate=False,
        default=Decimal(0),
        synonyms={},
        is_upper=False,
        is_share=True,
    )
    score = TABLES["survey_responses"].columns["score"]
    assert (score.range_by, score.ranges["nps"]) == ("survey_type", (0, 10))
    assert TABLES["contracts"].ordered == (Ordered("term_end", "term_start", False),)
    assert TABLES["orders"].ordered == (Ordered("gross_amount", "refunded_amount", True),)
    assert TABLES["orders"].is_mutable
    assert not TABLES["sessions"].is_mutable


@pytest.mark.parametrize(
    "unknown",
    [
        table(data_type="json"),
        table(config={"meta": {"pattern": "x"}}),
        table(config={"meta": {"references": "people"}}),
        table() | {"config": {"meta": {"key": ["thing_id"], "unique": True}}},
        table() | {"config": {"meta": {"key": ["thing_id"], "inconsistent": "more is null"}}},
    ],
)
def test_what_the_contract_states_must_be_known(unknown: dict[str, Any]) -> None:
    assert set(read([table()])) == {"things"}
    with pytest.raises(ContractError):
        read([unknown])


# --- raw rows ----------------------------------------------------------------------------


def accounted(*parts: Tables) -> Marts:
    return compute(raw_tables(*parts), Policy(AS_OF), CONFIG)


def rejections(marts: Marts) -> set[tuple[str, str, str, str]]:
    return {
        (row["table_name"], row["row_key"], row["reason"], row["column_name"])
        for row in marts["fct_rejected_rows"]
    }


def test_rejections_cascade() -> None:
    marts = accounted(item("i1", "2025-04-01", None), customers("c", signed_up_at="soon"))
    assert rejections(marts) == {
        ("customers", "c", "bad_type", "signed_up_at"),
        ("subscriptions", "s", "unknown_reference", "customer_id"),
        ("subscription_items", "i1", "unknown_reference", "subscription_id"),
    }
    assert only(marts["fct_rejected_rows"], row_key="i1")["bad_value"] == "s"
    assert marts["dim_customers"] == marts["fct_mrr_changes"] == []


def test_every_raw_row_is_accounted_for() -> None:
    marts = accounted(
        *[
            customers("a", updated_at="2025-01-01", country_code="US"),
            customers("a", updated_at="2025-01-02T00:00:00Z", country_code="JP"),
            customers("a", updated_at="never", country_code="DE", loaded_at="2026-01-01"),
            customers("b", is_deleted="YES"),
            customers("b", loaded_at="2025-01-01", is_deleted="no", is_internal="maybe"),
            customers("c", is_deleted="T"),
            customers("", loaded_at="2025-01-01", signed_up_at=None),
            customers("  ", loaded_at="2025-01-02"),
        ]
    )
    assert only(marts["rpt_raw_reconciliation"], table_name="customers") == {
        "table_name": "customers",
        "is_present": True,
        "origin": "file",
        "raw_rows": 8,
        "used_rows": 1,
        "superseded_rows": 3,
        "deleted_rows": 1,
        "rejected_rows": 3,
        "flags": 1,  # it was deleted, and does not say when
    }
    assert len(marts["rpt_raw_reconciliation"]) == 18
    assert not only(marts["rpt_raw_reconciliation"], table_name="offers")["is_present"]
    assert only(marts["dim_customers"], customer_id="a")["country_code"] == "JP"
    assert only(marts["dim_customers"], customer_id="c")["status"] == "prospect"
    assert only(marts["fct_rejected_rows"], row_key="", column_name="customer_id") == {
        "table_name": "customers",
        "row_key": "",
        "reason": "missing_required",
        "column_name": "customer_id",
        "bad_value": None,
        "loaded_at": datetime(2025, 1, 1, 15),
        "raw_rows": 2,
    }
    assert rejections(marts) == {
        ("customers", "b", "bad_type", "is_internal"),
        ("customers", "", "missing_required", "customer_id"),
        ("customers", "", "missing_required", "signed_up_at"),
    }


def test_reasons_of_items() -> None:
    marts = accounted(
        item("a", "2025-04-02", "2025-04-01T14:59:59Z"),
        item("b", "2025-04-01", "2025-04-01", discount_rate="1.0001", quantity="-1"),
        item("c", "2025-04-01", None, billing_interval="fortnight", currency_code="XXX"),
        item("d", "2025-04-01", None, plan="none", unit_price=None),
        item("e", "2025-04-01", None, "999.999999999999", quantity="1000000000"),
        item("f", "2025-04-01", None, "1000", quantity="1000000000"),
        item("g", "2025-04-01", None, "99999999999999"),
        rates("XXX", ("2025-13-01", "1")),
    )
    assert rejections(marts) == {
        ("subscription_items", "a", "inconsistent", ""),
        ("subscription_items", "b", "out_of_range", "discount_rate"),
        ("subscription_items", "b", "out_of_range", "quantity"),
        ("subscription_items", "c", "not_allowed", "billing_interval"),
        ("subscription_items", "c", "missing_exchange_rate", "currency_code"),
        ("subscription_items", "d", "unknown_reference", "plan_id"),
        ("subscription_items", "d", "missing_required", "unit_price"),
        ("subscription_items", "f", "out_of_range", ""),
        ("subscription_items", "g", "bad_type", "unit_price"),
        ("exchange_rates", "XXX|2025-13-01", "bad_type", "valid_from"),
    }


def test_survey_answers_need_both_score_and_time() -> None:
    cases: dict[str, tuple[str, str | None, str | None]] = {
        "fine": ("nps", "10", "2025-05-01"),
        "none": ("nps", None, None),
        "no time": ("nps", "3", None),
        "no score": ("ces", None, "2025-05-01"),
        "unreadable": ("nps", "x", None),
        "high": ("csat", "6", "2025-05-01"),
        "type": ("other", "99", "2025-05-01"),
    }
    rows = (
        survey(name, score, responded_at, survey_type=kind)
        for name, (kind, score, responded_at) in cases.items()
    )
    assert rejections(accounted(*rows)) == {
        ("survey_responses", "no time", "inconsistent", ""),
        ("survey_responses", "no score", "inconsistent", ""),
        ("survey_responses", "unreadable", "bad_type", "score"),
        ("survey_responses", "high", "out_of_range", "score"),
        ("survey_responses", "type", "not_allowed", "survey_type"),
    }


# --- comparing ---------------------------------------------------------------------------


def test_compare_names_every_difference() -> None:
    expected: list[Row] = [
        {"k": 1, "v": Decimal("1.0"), "f": 0.1, "b": True},
        {"k": 2, "v": None, "f": 1.0, "b": False},
    ]
    same: list[Row] = [{"k": 2, "v": None, "f": 1 + 1e-12, "b": False}, expected[0]]
    assert compare("t", ["k"], expected, same) == []
    actual: list[Row] = [{"k": 1, "v": Decimal("1.1"), "f": None, "b": 1}, {"k": 3}, {"k": 3}]
    assert compare("t", ["k"], expected, actual) == [
        "t k=3: twice in the actual rows",
        "t k=1: v is Decimal('1.1'), expected Decimal('1.0')",
        "t k=1: f is None, expected 0.1",
        "t k=1: b is 1, expected True",
        "t k=2: missing",
        "t k=3: extra",
    ]


def test_compare_names_columns_that_only_one_has() -> None:
    ours: list[Row] = [{"k": 1, "a": 1, "b": 2}, {"k": 2, "a": 1, "b": 2}]
    theirs: list[Row] = [{"k": 1, "a": 1, "c": 2}, {"k": 2, "a": 1, "c": 2}]
    assert compare("t", ["k"], ours, theirs) == [
        "t: only expected rows have a column b",
        "t: only actual rows have a column c",
    ]
