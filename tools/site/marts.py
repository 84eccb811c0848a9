"""Reads what the site shows from the marts: aggregates only, bounded whatever a company's size."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb

from tools.marts import Place, opened

GRAINS = ("month", "quarter", "fiscal_year", "trailing_12_months", "week")
# csm_owner is not among them: it names employees.
SEGMENT_TYPES = (
    "all",
    "plan",
    "product",
    "acquisition_channel",
    "country_code",
    "industry",
    "company_size",
    "signup_fiscal_year",
)
MOST_VALUES = 12  # of a segment type, the largest by customers
MOST_PERIODS = 60  # of a grain, the latest; also cohorts
# What every page rests on; charts name theirs in pages.py.
NEEDED = (
    "dim_kpis",
    "dim_periods",
    "fct_customer_alerts",
    "fct_rejected_rows",
    "kpi_magic_numbers",
    "kpi_revenue_retention",
    "kpi_scorecard",
    "kpi_validation",
    "rpt_policies",
    "rpt_raw_reconciliation",
)

# Tables without a choice of period and segment: columns and where they come from. Of rejected rows
# neither values nor keys, of alerts no customers.
PLAIN = {
    "validation": (
        (
            "indicator_code",
            "window_end",
            "observations",
            "churned",
            "auc",
            "auc_low",
            "auc_high",
            "worst_fifth_churn_rate",
            "best_fifth_churn_rate",
            "verdict",
        ),
        "from kpi_validation where window_end = (select max(window_end) from kpi_validation) "
        "order by auc desc nulls last, indicator_code",
    ),
    "magic_numbers": (
        (
            "behaviour_code",
            "threshold",
            "customers_above",
            "customers_below",
            "retained_rate_above",
            "retained_rate_below",
            "mcc",
            "is_significant",
        ),
        "from kpi_magic_numbers where is_best order by mcc desc nulls last, behaviour_code",
    ),
    "alerts": (
        ("alert_type", "count(*) as alerts"),
        "from fct_customer_alerts group by alert_type order by alert_type",
    ),
    "reconciliation": (
        (
            "table_name",
            "is_present",
            "origin",
            "raw_rows",
            "used_rows",
            "superseded_rows",
            "deleted_rows",
            "rejected_rows",
        ),
        "from rpt_raw_reconciliation order by table_name",
    ),
    "rejections": (
        ("table_name", "reason", "sum(raw_rows) as rejections"),
        "from fct_rejected_rows group by table_name, reason order by table_name, reason",
    ),
    "policies": (("policy_name", "policy_value"), "from rpt_policies order by policy_name"),
}

Cell = str | int | float | bool | None
# By grain ("" where the mart has none), segment type and segment value: rows of cells. The first
# cell of a mart with periods is the position of the period among those of its grain.
Rows = dict[str, dict[str, dict[str, list[list[Cell]]]]]


@dataclass(frozen=True)
class Period:
    """A period of dim_periods; days as ISO texts, so that no time zone can move them."""

    start: str
    end: str
    is_complete: bool
    label: str


@dataclass(frozen=True)
class Kpi:
    """A KPI as the catalogue has it."""

    kpi_code: str
    kpi_name: str
    kpi_name_ja: str
    category: str
    formula: str
    formula_ja: str
    unit: str
    direction: str
    timing: str
    source: str
    mart_name: str
    value_column: str
    numerator_column: str | None
    denominator_column: str | None


@dataclass(frozen=True)
class Segments:
    """The segments that are shown: values by type, and how many of a type are left out."""

    values: Mapping[str, tuple[str, ...]]
    left_out: Mapping[str, int]


@dataclass(frozen=True)
class Table:
    """Rows that a page embeds.

    Attributes:
        mart: Where they come from.
        columns: The columns after the period.
        rows: By grain, segment type and segment value.
    """

    mart: str
    columns: tuple[str, ...]
    rows: Rows


def cell(value: Any) -> Cell:
    """A mart's value as JSON can hold it: days as ISO text, whole numbers without a point."""
    if isinstance(value, Decimal | float):
        if not math.isfinite(value):
            return None
        return int(value) if value == int(value) else float(value)
    if value is None or isinstance(value, bool | int | str):
        return value
    return str(value)


class Marts:
    """The marts of one warehouse, read-only."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        segment_types: Sequence[str] = SEGMENT_TYPES,
    ) -> None:
        """Read what all pages share.

        Args:
            connection: An open warehouse with every mart that pages read.
            segment_types: The types that may be published.
        """
        self._connection = connection
        self.policies = {str(row[0]): row[1] for row in self.rows("select * from rpt_policies")}
        self.kpis = self._kpis()
        self.periods = self._periods()
        self.segments = self._segments(segment_types)

    def rows(self, query: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows that a query returns."""
        return self._connection.execute(query, list(parameters)).fetchall()

    def latest(self, grain: str) -> int | None:
        """Position of the latest complete period of a grain, None without one."""
        complete = [at for at, period in enumerate(self.periods[grain]) if period.is_complete]
        return complete[-1] if complete else None

    def _kpis(self) -> list[Kpi]:
        names = ", ".join(Kpi.__dataclass_fields__)
        return [Kpi(*row) for row in self.rows(f"select {names} from dim_kpis order by sort_order")]

    def _periods(self) -> dict[str, list[Period]]:
        periods: dict[str, list[Period]] = {grain: [] for grain in GRAINS}
        for grain, start, end, is_complete, label in self.rows(
            """
            select period_grain, period_start, period_end, is_complete, period_label
            from dim_periods
            where period_grain in (select unnest(?))
            qualify row_number() over (partition by period_grain order by period_start desc) <= ?
            order by period_start
            """,
            [list(GRAINS), MOST_PERIODS],
        ):
            periods[grain].append(Period(str(start), str(end), is_complete, label))
        return periods

    def _segments(self, segment_types: Sequence[str]) -> Segments:
        ranked = self.rows(
            """
            with
            found as (
                select distinct segment_type, segment_value from kpi_scorecard
                where period_grain = 'month'
            ),
            sizes as (
                select segment_type, segment_value, closing_customers
                from kpi_revenue_retention
                where period_grain = 'month'
                qualify row_number() over (
                    partition by segment_type, segment_value order by period_start desc
                ) = 1
            )
            select segment_type, segment_value
            from found left join sizes using (segment_type, segment_value)
            order by closing_customers desc nulls last, segment_value
            """
        )
        values = {
            kind: tuple(value for other, value in ranked if other == kind) for kind in segment_types
        }
        return Segments(
            {kind: found[:MOST_VALUES] for kind, found in values.items() if found},
            {kind: len(found) - MOST_VALUES for kind, found in values.items()},
        )

    def table(
        self,
        mart: str,
        columns: Sequence[str],
        grains: Sequence[str] = GRAINS,
        latest_periods: int = MOST_PERIODS,
    ) -> Table:
        """Rows of a mart with periods, for the segments that are shown.

        Args:
            mart: Name of the mart.
            columns: Columns to take, in order.
            grains: Which grains.
            latest_periods: How many periods of each, counted from the latest complete one; open
                ones come on top.
        """
        rows: Rows = {grain: {} for grain in grains}
        for grain in grains:
            latest = self.latest(grain)
            shown = self.periods[grain]
            first = 0 if latest is None else max(0, latest + 1 - latest_periods)
            position = {period.start: at for at, period in enumerate(shown) if at >= first}
            self._nest(
                rows[grain],
                f"""
                select segment_type, segment_value, strftime(period_start, '%Y-%m-%d'),
                    {", ".join(columns)}
                from {mart}
                where period_grain = ? and period_start in (select unnest(cast(? as date[])))
                    and {self._shown_segments()}
                order by segment_type, segment_value, period_start
                """,
                [grain, list(position), *self._shown_values()],
                position,
            )
        return Table(mart, ("period", *columns), rows)

    def timeless(self, mart: str, columns: Sequence[str], order: Sequence[str]) -> Table:
        """Rows of a mart without periods, for the segments that are shown.

        Args:
            mart: Name of the mart.
            columns: Columns to take. Of cohorts there are only the latest.
            order: Columns to order by.
        """
        rows: Rows = {"": {}}
        ordered = ", ".join(order)
        lately = (
            f"and cohort_month > (select max(cohort_month) from {mart})"
            f" - interval {MOST_PERIODS} month"
            if "cohort_month" in columns
            else ""
        )
        self._nest(
            rows[""],
            f"""
            select segment_type, segment_value, null, {", ".join(columns)} from {mart}
            where {self._shown_segments()} {lately}
            order by segment_type, segment_value, {ordered}
            """,
            self._shown_values(),
            None,
        )
        return Table(mart, tuple(columns), rows)

    def changes(self, codes: Sequence[str], grains: Sequence[str], most: int) -> Table:
        """The KPIs of the scorecard that moved most in the latest complete period.

        The quotient here only picks and orders rows; it is shown nowhere.

        Args:
            codes: KPIs that may be among them.
            grains: Which grains.
            most: How many for each segment.
        """
        return self._scorecard(
            grains,
            f"""
            and kpi_code in (select unnest(?)) and (denominator is null or denominator >= 20)
            qualify row_number() over (
                partition by segment_type, segment_value
                order by abs(value - previous_value) / nullif(abs(previous_value), 0) desc
                    nulls last, kpi_code
            ) <= {most} and value <> previous_value and previous_value <> 0
            order by segment_type, segment_value,
                abs(value - previous_value) / nullif(abs(previous_value), 0) desc, kpi_code
            """,
            [list(codes)],
        )

    def scorecard(self, codes: Sequence[str], grains: Sequence[str] = GRAINS) -> Table:
        """The scorecard of some KPIs in the latest complete period, in the order of codes."""
        return self._scorecard(
            grains,
            "and kpi_code in (select unnest(?)) "
            "order by segment_type, segment_value, list_position(?, kpi_code)",
            [list(codes), list(codes)],
        )

    def plain(self, name: str) -> tuple[list[str], list[list[Cell]]]:
        """Columns and rows of a table of PLAIN."""
        columns, rest = PLAIN[name]
        found = self.rows(f"select {', '.join(columns)} {rest}")
        return [column.split()[-1] for column in columns], [[*map(cell, row)] for row in found]

    def _scorecard(self, grains: Sequence[str], rest: str, parameters: Sequence[Any]) -> Table:
        columns = (
            "kpi_code",
            "value",
            "previous_value",
            "year_ago_value",
            "target_value",
            "attainment",
            "status",
        )
        rows: Rows = {grain: {} for grain in grains}
        for grain in grains:
            latest = self.latest(grain)
            if latest is None:
                continue
            period = self.periods[grain][latest].start
            self._nest(
                rows[grain],
                f"""
                select segment_type, segment_value, ?, {", ".join(columns)}
                from kpi_scorecard
                where period_grain = ? and period_start = cast(? as date)
                    and {self._shown_segments()} {rest}
                """,
                [period, grain, period, *self._shown_values(), *parameters],
                {period: latest},
            )
        return Table("kpi_scorecard", ("period", *columns), rows)

    def _shown_values(self) -> list[list[str]]:
        pairs = [(kind, value) for kind, values in self.segments.values.items() for value in values]
        return [[kind for kind, _ in pairs], [value for _, value in pairs]]

    @staticmethod
    def _shown_segments() -> str:
        return "(segment_type, segment_value) in (select (unnest(?), unnest(?)))"

    def _nest(
        self,
        into: dict[str, dict[str, list[list[Cell]]]],
        query: str,
        parameters: Sequence[Any],
        position: Mapping[str, int] | None,
    ) -> None:
        for kind, value, start, *cells in self.rows(query, parameters):
            first = [] if position is None else [position[start]]
            row = [*first, *map(cell, cells)]
            into.setdefault(kind, {}).setdefault(value, []).append(row)


@contextmanager
def open_marts(
    where: Place,
    needed: Iterable[str] = NEEDED,
    segment_types: Sequence[str] = SEGMENT_TYPES,
) -> Iterator[Marts]:
    """Open a warehouse for reading.

    Args:
        where: Where the marts are.
        needed: The marts that pages read.
        segment_types: The types of segments that may be published.

    Raises:
        MartsError: There is no such warehouse, it cannot be read, or marts are not there.
    """
    with opened(where, {*NEEDED, *needed}) as connection:
        yield Marts(connection, segment_types)
