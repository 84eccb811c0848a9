"""Draws charts with Altair. A drawing has no rows; the page and the picture put them in.

Rows reach a drawing as the mart has them. What Vega does with figures here is drawing: stacking
bars, turning what was lost downwards, running from opening to closing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import altair as alt

from tools.site.figures import NOTHING, OTHER, UNITS, Unit
from tools.site.words import Column, Forms, Language, spaced

ROWS = "rows"
FONT = "Noto Sans CJK JP, Noto Sans JP, Hiragino Sans, Yu Gothic UI, Meiryo, sans-serif"
# Pictures are measured in any font and then name the one with Japanese letters: to measure in that
# one would read its 20 MB for each picture.
MEASURED_FONT, PICTURE_FONT = "sans-serif", "Noto Sans CJK JP, sans-serif"
INK, QUIET, LINE = "#1c2733", "#55636f", "#dfe4e8"
# Told apart without colour vision too, and 3:1 or more against white.
PALETTE = ("#0b5cad", "#c2410c", "#0f766e", "#8a3ea8", "#8a6d00", "#5b6875", "#b01657")
ACCENT = PALETTE[0]
FIGURE_WIDTH = 96  # pixels for a figure with its unit beside a bar
# Where colour has a meaning of its own.
MEANING = {
    "promoters": "#0f766e",
    "passives": "#7d8a96",
    "detractors": "#b42318",
    "red_customer_rate": "#b42318",
    "yellow_customer_rate": "#8a6d00",
    "green_customer_rate": "#0f766e",
}
GAINED = ("#0b5cad", "#4a8fd0", "#0f766e", "#748494")
LOST = ("#c46a12", "#b42318", "#5b6875")
LOSSES = ("contraction_mrr", "churn_mrr", "transferred_out_mrr")


@dataclass(frozen=True)
class Labels:
    """What stands on drawings in one language.

    Attributes:
        language: The language.
        columns: Label and unit by column.
        currency: The reporting currency, three letters.
    """

    language: Language
    columns: Mapping[str, Column]
    currency: str

    def word(self, code: str) -> str:
        """A word of the site."""
        return self.language.word(code)

    def label(self, column: str) -> str:
        """What a column is called."""
        return self.columns[column].label[self.language.code]

    def unit(self, column: str) -> Unit:
        """How figures of a column are written."""
        return UNITS.get(self.columns[column].unit, OTHER)

    def unit_name(self, column: str) -> Forms:
        """What the unit of a column is called."""
        return self.language.unit(self.columns[column].unit, self.currency)


Drawing = alt.Chart | alt.LayerChart | alt.FacetChart
Draw = Callable[[tuple[str, ...], Labels], Drawing]


def _format(unit: Unit, field: str, more: int = 0) -> str:
    """A Vega expression that writes a figure with its unit's digits, or a dash."""
    digits = unit.decimals + more
    if unit.shift == 2:
        text = f"format({field}, ',.{digits}%')"
    else:
        text = f"format({field} * {10.0**unit.shift:g}, ',.{digits}f')"
    return f"isValid({field}) ? {text} : '{NOTHING}'"


def _text(words: str) -> str:
    """A text in a Vega expression."""
    return json.dumps(words, ensure_ascii=False)


def _axis(unit: Unit) -> alt.Axis:
    """An axis of figures; its labels drop zeros at the end."""
    labels = (
        "format(datum.value, '~%')"
        if unit.shift == 2
        else f"format(datum.value * {10.0**unit.shift:g}, ',~f')"
    )
    return alt.Axis(labelExpr=labels, title=None, tickCount=5)


def _periods() -> alt.X:
    """Periods as texts in the order of the rows; of a window its last month."""
    return alt.X(
        "period:N",
        sort=None,
        title=None,
        axis=alt.Axis(
            labelAngle=0,
            labelOverlap="greedy",
            labelSeparation=12,
            labelPadding=9,  # clear of the lowest label of the other axis
            labelExpr="slice(datum.label, indexof(datum.label, '..') + 1 ? -7 : 0)",
            grid=False,
        ),
    )


def _names(columns: tuple[str, ...], labels: Labels) -> str:
    """A Vega expression: the label of the column that `series` names."""
    return f"{json.dumps({c: labels.label(c) for c in columns}, ensure_ascii=False)}[datum.series]"


def _folded(columns: tuple[str, ...], labels: Labels) -> alt.Chart:
    """Rows with a row per figure: `series`, `value`, and texts for what is pointed at."""
    chart: alt.Chart = (
        alt.Chart(alt.NamedData(ROWS))
        .transform_fold(list(columns), as_=["series", "value"])
        .transform_calculate(
            name=_names(columns, labels),
            text=_with_unit(labels, columns[0], "datum.value"),
            when="datum.period + "
            f"(datum.is_complete ? '' : {_text(' ' + labels.word('open_period'))})",
        )
        .transform_calculate(spoken="datum.when + ', ' + datum.name + ': ' + datum.text")
    )
    return chart


def _with_unit(labels: Labels, column: str, field: str) -> str:
    """A Vega expression: a figure with its unit, percentages with one digit more than on tiles."""
    unit = labels.unit(column)
    if unit.shift == 2:
        return _format(unit, field, 1)
    text, forms = _format(unit, field), labels.unit_name(column)
    name = _text(spaced(forms["other"]))
    for form, pattern in labels.language.plural.items():
        if form in forms:
            found = f"test(regexp({_text(pattern)}), {text})"
            name = f"({found} ? {_text(spaced(forms[form]))} : {name})"
    return f"({text}) + (isValid({field}) ? {name} : '')"


def _tooltip(labels: Labels) -> list[alt.Tooltip]:
    return [
        alt.Tooltip("when:N", title=labels.word("period")),
        alt.Tooltip("name:N", title=labels.word("kpi")),
        alt.Tooltip("text:N", title=labels.word("value")),
    ]


def plain_colours(columns: tuple[str, ...]) -> tuple[str, ...]:
    """The colours of lines and bars by column."""
    return tuple(
        MEANING.get(column, colour) for column, colour in zip(columns, PALETTE, strict=False)
    )


def _colours(columns: tuple[str, ...], colours: tuple[str, ...]) -> alt.Color:
    scale = alt.Scale(domain=list(columns), range=list(colours[: len(columns)]))
    return alt.Color("series:N", scale=scale, legend=None)


# What a screen reader speaks for a figure.
SPOKEN = alt.Description("spoken:N")
PALE = alt.condition("datum.is_complete", alt.value(1), alt.value(0.6))


def lines(columns: tuple[str, ...], labels: Labels) -> Drawing:
    """A line for each column by period."""
    base = _folded(columns, labels).encode(
        x=_periods(),
        y=alt.Y("value:Q", axis=_axis(labels.unit(columns[0])), scale=alt.Scale(zero=False)),
        color=_colours(columns, plain_colours(columns)),
    )
    points = base.mark_point(filled=True, size=28).encode(opacity=PALE, description=SPOKEN)
    # Points are hard to hit, so a wider circle that is not seen answers for each.
    reach = base.mark_point(filled=True, size=260, opacity=0, aria=False).encode(
        tooltip=_tooltip(labels)
    )
    return alt.layer(base.mark_line(strokeWidth=2, aria=False), points, reach).properties(
        height=260
    )


def bars(columns: tuple[str, ...], labels: Labels) -> Drawing:
    """Columns stacked by period."""
    order = json.dumps(list(columns))
    drawing: Drawing = (
        _folded(columns, labels)
        .transform_calculate(order=f"indexof({order}, datum.series)")
        .mark_bar()
        .encode(
            x=_periods(),
            y=alt.Y("value:Q", axis=_axis(labels.unit(columns[0]))),
            color=_colours(columns, plain_colours(columns)),
            order=alt.Order("order:Q"),
            opacity=PALE,
            description=SPOKEN,
            tooltip=_tooltip(labels),
        )
        .properties(height=240)
    )
    return drawing


def movement_colours(columns: tuple[str, ...]) -> tuple[str, ...]:
    """The colour of each movement: blue and green what was gained, warm what was lost."""
    gained, lost = iter(GAINED), iter(LOST)
    return tuple(next(lost if column in LOSSES else gained) for column in columns)


def movements(columns: tuple[str, ...], labels: Labels) -> Drawing:
    """What was gained above and what was lost below the line, by period."""
    losses, order = json.dumps(list(LOSSES)), json.dumps(list(columns))
    base = _folded(columns, labels).transform_calculate(
        drawn=f"indexof({losses}, datum.series) < 0 ? datum.value : -datum.value",
        order=f"indexof({order}, datum.series)",
    )
    stacked = base.mark_bar().encode(
        x=_periods(),
        y=alt.Y("drawn:Q", axis=_axis(labels.unit(columns[0]))),
        color=_colours(columns, movement_colours(columns)),
        order=alt.Order("order:Q"),
        opacity=PALE,
        description=SPOKEN,
        tooltip=_tooltip(labels),
    )
    ground = alt.Chart(alt.NamedData(ROWS)).mark_rule(color=QUIET).encode(y=alt.datum(0))
    return alt.layer(stacked, ground).properties(height=280)


def _beside(field: str) -> alt.X:
    """Bars without an axis: figures stand beside them, and room is kept for the longest."""
    room = alt.ExprRef(f"max(60, width - {FIGURE_WIDTH})")
    return alt.X(f"{field}:Q", axis=None, scale=alt.Scale(range=[0, room], nice=False))


def _figures(base: alt.Chart) -> alt.Chart:
    """The figures beside bars, from where a row's bar ends to the right."""
    figures: alt.Chart = base.mark_text(align="left", dx=5, color=INK, aria=False).encode(
        x=alt.X("end:Q", axis=None), text="text:N"
    )
    return figures


def waterfall(columns: tuple[str, ...], labels: Labels) -> Drawing:
    """From the first column over what was gained and lost to the last, in one period."""
    first, last = columns[0], columns[-1]
    losses, order = json.dumps(list(LOSSES)), json.dumps(list(columns))
    base = (
        _folded(columns, labels)
        .transform_calculate(
            order=f"indexof({order}, datum.series)",
            step=f"datum.series == '{last}' ? 0 : "
            f"indexof({losses}, datum.series) < 0 ? datum.value : -datum.value",
        )
        .transform_window(running="sum(step)", sort=[alt.SortField("order")], frame=[None, 0])
        .transform_calculate(
            start=f"datum.series == '{last}' || datum.series == '{first}' "
            "? 0 : datum.running - datum.step",
            stop=f"datum.series == '{last}' ? datum.value : datum.running",
            text=f"(datum.series == '{last}' || datum.series == '{first}' ? '' : "
            "datum.step < 0 ? '−' : datum.step > 0 ? '+' : '') + datum.text",
            end=f"datum.series == '{last}' ? datum.value : "
            "max(datum.running, datum.running - datum.step)",
            kind=f"datum.series == '{last}' || datum.series == '{first}' ? 'level' : "
            "datum.step < 0 ? 'lost' : 'gained'",
        )
        .encode(
            y=alt.Y(
                "series:N",
                sort=list(columns),
                title=None,
                axis=alt.Axis(
                    labelExpr=f"datum.label == '{last}' ? {_text(labels.word('closing'))} : "
                    + _names(columns, labels).replace("datum.series", "datum.label"),
                    grid=False,
                ),
            ),
        )
    )
    bar = base.mark_bar(height={"band": 0.7}).encode(
        x=_beside("start"),
        x2="stop:Q",
        color=alt.Color(
            "kind:N",
            scale=alt.Scale(domain=["level", "gained", "lost"], range=[QUIET, GAINED[0], LOST[1]]),
            legend=None,
        ),
        description=SPOKEN,
        tooltip=_tooltip(labels),
    )
    return alt.layer(bar, _figures(base)).properties(height=28 * len(columns))


def by_segment(columns: tuple[str, ...], labels: Labels) -> Drawing:
    """A bar for each value of a segment, the chosen one darker, with the figure beside it."""
    base = (
        alt.Chart(alt.NamedData(ROWS))
        .transform_calculate(
            text=_with_unit(labels, columns[0], f"datum.{columns[0]}"),
            end=f"datum.{columns[0]} > 0 ? datum.{columns[0]} : 0",
        )
        .transform_calculate(spoken="datum.segment_value + ': ' + datum.text")
        .encode(
            y=alt.Y(
                "segment_value:N",
                sort=None,
                title=None,
                axis=alt.Axis(labelLimit=150, grid=False),
            ),
            tooltip=[
                alt.Tooltip("segment_value:N", title=labels.word("segment_value")),
                alt.Tooltip("period:N", title=labels.word("period")),
                alt.Tooltip("text:N", title=labels.label(columns[0])),
            ],
        )
    )
    bar = base.mark_bar(height={"band": 0.65}).encode(
        x=_beside(columns[0]),
        description=SPOKEN,
        color=alt.condition("datum.is_chosen", alt.value(INK), alt.value(ACCENT)),
    )
    # Where all figures are 0, a scale has no extent and begins in the middle; this gives it one.
    ground = alt.Chart(alt.NamedData(ROWS)).mark_point(opacity=0, aria=False)
    ground = ground.encode(x=alt.XDatum(1e-9, axis=None))
    return alt.layer(bar, _figures(base), ground).properties(height=alt.Step(28))


def cohorts(columns: tuple[str, ...], labels: Labels) -> Drawing:
    """A cell for each cohort and month since, darker the more is still there."""
    drawing: Drawing = (
        alt.Chart(alt.NamedData(ROWS))
        .transform_calculate(
            text=_with_unit(labels, columns[0], f"datum.{columns[0]}"),
            month="slice(datum.cohort_month, 0, 7)",
        )
        .transform_calculate(spoken="datum.month + ' + ' + datum.months_since + ': ' + datum.text")
        .mark_rect()
        .encode(
            description=SPOKEN,
            x=alt.X(
                "months_since:O",
                axis=alt.Axis(
                    title=labels.label("months_since"),
                    labelAngle=0,
                    labelOverlap="parity",
                    labelSeparation=4,
                    grid=False,
                ),
            ),
            y=alt.Y("month:O", title=None, axis=alt.Axis(labelOverlap="greedy", grid=False)),
            color=alt.Color(
                f"{columns[0]}:Q",
                scale=alt.Scale(domain=[0, 1], clamp=True, range=["#f1f5f9", "#7fb0de", "#0b3d75"]),
                legend=alt.Legend(
                    title=None, orient="top", format="%", gradientLength=160, tickCount=3
                ),
            ),
            tooltip=[
                alt.Tooltip("month:N", title=labels.label("cohort_month")),
                alt.Tooltip("months_since:Q", title=labels.label("months_since")),
                alt.Tooltip("text:N", title=labels.label(columns[0])),
            ],
        )
        .properties(height=alt.Step(14))
    )
    return drawing


CURVES = [INK, *PALETTE]  # all customers first, then segment values


def survival(columns: tuple[str, ...], labels: Labels) -> Drawing:
    """A falling step line for each segment value."""
    drawing: Drawing = (
        alt.Chart(alt.NamedData(ROWS))
        .transform_calculate(text=_with_unit(labels, columns[0], f"datum.{columns[0]}"))
        .transform_calculate(
            spoken="datum.segment_value + ', ' + datum.tenure_month + ': ' + datum.text"
        )
        .mark_line(interpolate="step-after", strokeWidth=2, point={"size": 12, "filled": True})
        .encode(
            description=SPOKEN,
            x=alt.X(
                "tenure_month:Q",
                axis=alt.Axis(
                    title=labels.label("tenure_month"), tickMinStep=1, labelPadding=9, grid=False
                ),
            ),
            y=alt.Y(f"{columns[0]}:Q", axis=_axis(labels.unit(columns[0]))),
            color=alt.Color(
                "segment_value:N", sort=None, scale=alt.Scale(range=CURVES), legend=None
            ),
            tooltip=[
                alt.Tooltip("segment_value:N", title=labels.word("segment_value")),
                alt.Tooltip("tenure_month:Q", title=labels.label("tenure_month")),
                alt.Tooltip("at_risk:Q", title=labels.label("at_risk")),
                alt.Tooltip("text:N", title=labels.label(columns[0])),
            ],
        )
        .properties(height=300)
    )
    return drawing


def legend(draw: Draw, columns: tuple[str, ...]) -> tuple[str, ...]:
    """Colours of a drawing by column; empty where colour says something else."""
    if draw in (lines, bars):
        return plain_colours(columns)
    return movement_colours(columns) if draw is movements else ()


def _numbers(language: Language) -> dict[str, Any]:
    """How Vega writes numbers in a language."""
    return {
        "decimal": language.decimal,
        "thousands": language.thousands,
        "grouping": [3],
        "currency": ["", ""],
        "percent": language.after("", language.units["rate"]),
    }


def sparkline(columns: tuple[str, ...], labels: Labels) -> Drawing:
    """The run of one figure, without axes."""
    del labels  # nothing is written on it
    base = alt.Chart(alt.NamedData(ROWS)).encode(
        x=alt.X("period:N", sort=None, axis=None),
        y=alt.Y(f"{columns[0]}:Q", axis=None, scale=alt.Scale(zero=False)),
    )
    last = base.transform_filter("datum.is_latest").mark_point(filled=True, size=30, color=ACCENT)
    return alt.layer(base.mark_line(strokeWidth=1.5, color=ACCENT), last).properties(height=36)


def spec(
    draw: Draw,
    columns: tuple[str, ...],
    labels: Labels,
    description: str,
    validate: bool = False,
) -> dict[str, Any]:
    """A drawing as Vega-Lite, as wide as its frame, without rows.

    Args:
        draw: One of the functions above.
        columns: What it draws.
        labels: Words and units in one language.
        description: What a screen reader says of the chart.
        validate: Whether to hold it against the schema of Vega-Lite; the tests do.
    """
    chart = draw(columns, labels).properties(
        width="container",
        # To the right, room for half of the last label.
        padding={"left": 4, "right": 4 if draw is sparkline else 28, "top": 5, "bottom": 5},
        description=description,
    )
    plain: dict[str, Any] = {
        "domain": False,
        "ticks": False,
        "labelColor": QUIET,
        "titleColor": QUIET,
    }
    drawn: dict[str, Any] = chart.configure(
        font=FONT,
        locale={"number": _numbers(labels.language)},
        background="transparent",
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(
            **plain, gridColor=LINE, labelFontSize=12, titleFontSize=12, titleFontWeight="normal"
        ),
        legend=alt.LegendConfig(labelColor=QUIET, labelFontSize=12),
        text=alt.MarkConfig(fontSize=12),
    ).to_dict(validate=validate)
    return drawn
