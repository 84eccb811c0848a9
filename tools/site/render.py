"""Puts pages together: rows, drawings, words and the script that shows what the reader chooses."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import vl_convert

from tools.site import charts, figures
from tools.site.charts import Labels
from tools.site.figures import COLUMNS, OTHER, UNITS
from tools.site.marts import GRAINS, MOST_PERIODS, SEGMENT_TYPES, Cell, Kpi, Marts, Table
from tools.site.pages import PAGES, Chart, Page
from tools.site.words import FOLDER, SECTIONS, Column, Entries, Language, Texts, load, texts

HERE = Path(__file__).parent
VEGA_LITE = "6.4"  # the version whose drawings Altair writes
TRAIL = 13  # periods on a tile: a year of months and the month a year ago
CHANGES = 8  # KPIs under what changed most
WIDTH = 480  # of pictures, in pixels; labels can still be read on a phone
MILLIONS_FROM = 1_000_000  # sums of money from here on are written in millions
SCRIPT_WORDS = (
    *(*GRAINS, *SEGMENT_TYPES, "csm_owner"),
    *("no_data", "download", "period", "segment_value", "open_period", "kpi", "category"),
    *("value", "previous_value", "year_ago_value", "target_value", "attainment", "status"),
    *("achieved", "missed", "no_target", "unknown", "better", "worse", "same", "trend"),
    *("left_out", "found", "any_status"),
)
Row = dict[str, Cell]


@dataclass(frozen=True)
class State:
    """What a page shows at first, and always without script."""

    grain: str
    segment_type: str = "all"
    segment_value: str = "all"


class Columns(dict[str, Column]):
    """Label and unit by column; a column without a label is called by its name."""

    def __init__(self, languages: Sequence[Language]) -> None:
        """Begin without columns.

        Args:
            languages: The languages.
        """
        super().__init__()
        self._languages = languages

    def __missing__(self, name: str) -> Column:
        """A column that is neither in the catalogue nor in the language files."""
        return Column({language.code: name for language in self._languages}, "count")


def kpi_texts(kpi: Kpi, languages: Sequence[Language]) -> tuple[Texts, Texts]:
    """Name and formula of a KPI in all languages: of the language's file, or of the catalogue."""
    names = {
        language.code: language.kpi_names.get(kpi.kpi_code)
        or getattr(kpi, language.catalogue["name"])
        for language in languages
    }
    formulas = {
        language.code: language.kpi_formulas.get(kpi.kpi_code)
        or getattr(kpi, language.catalogue["formula"])
        for language in languages
    }
    return names, formulas


def labelled_columns(kpis: Iterable[Kpi], languages: Sequence[Language], scaled: bool) -> Columns:
    """Label and unit of every column: KPIs by the catalogue, the others by the language files.

    Args:
        kpis: The catalogue.
        languages: The languages.
        scaled: Whether sums of money are written in millions.
    """
    money = "sum" if scaled else "currency"
    columns = Columns(languages)
    for code, unit in COLUMNS.items():
        label = texts(languages, "columns", code)
        columns[code] = Column(label, money if unit == "sum" else unit)
    for kpi in kpis:
        # A KPI in money that is its own numerator over nothing is a sum, not a figure a customer.
        is_sum = kpi.unit == "currency" and kpi.numerator_column == kpi.value_column
        columns[kpi.value_column] = Column(
            kpi_texts(kpi, languages)[0], money if is_sum else kpi.unit
        )
    return columns


def has_years(table: Table, marts: Marts) -> bool:
    """Whether segments can be compared over twelve months, which even out small numbers."""
    return "trailing_12_months" in table.rows and marts.latest("trailing_12_months") is not None


def picked(chart: Chart, table: Table, marts: Marts, state: State) -> list[Row]:
    """The rows that a chart shows; `static/site.js` picks the same.

    Args:
        chart: The chart.
        table: Its mart's rows on the page.
        marts: Periods and segments.
        state: Grain and segment.

    Returns:
        Rows with the mart's columns, `segment_value`, and where the mart has periods `period`,
        `period_start` and `is_complete`.
    """
    kind, value = state.segment_type, state.segment_value
    grain = "" if "" in table.rows else state.grain
    if chart.pick in ("by_value", "curves"):
        if chart.pick == "by_value" and has_years(table, marts):
            grain = "trailing_12_months"
        kinds = [other for other in marts.segments.values if other != "all"]
        kind = kinds[0] if kind == "all" and kinds else kind
    values = marts.segments.values.get(kind, ()) if chart.pick == "by_value" else (value,)
    sources = [(kind, each) for each in values]
    if chart.pick == "curves":
        shown = marts.segments.values.get(kind, ())[:6]
        sources = [("all", "all"), *((kind, each) for each in shown if kind != "all")]
    found: list[Row] = []
    latest = marts.latest(grain) if grain else None
    for kind, each in sources:
        for cells in table.rows.get(grain, {}).get(kind, {}).get(each, []):
            row: Row = dict(zip(table.columns, cells, strict=True))
            row["segment_value"] = each
            if grain:
                at = int(cells[0] or 0)
                if chart.pick in ("latest", "by_value") and at != latest:
                    continue
                period = marts.periods[grain][at]
                row |= {
                    "period": period.label,
                    "period_start": period.start,
                    "is_complete": period.is_complete,
                    "is_latest": at == latest,
                }
            found.append(row)
    return found


def has_figures(chart: Chart, rows: Iterable[Row]) -> bool:
    """Whether there is anything to draw."""
    return any(row[column] is not None for row in rows for column in chart.columns)


def keys(chart: Chart) -> tuple[str, ...]:
    """The columns that name a row of a chart's table."""
    if chart.pick == "curves":
        return ("segment_value", *chart.keys)
    if chart.keys:
        return chart.keys
    return ("segment_value", "period") if chart.pick == "by_value" else ("period",)


@cache
def vega() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script that leaves only `vegaEmbed` behind.

    The bundle declares its one-letter helpers at the top, so a function goes around it.
    """
    bundle = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", VEGA_LITE)
    return f"(function(){{{bundle}}})();".replace("</script", "<\\/script")


def embedded(data: object) -> str:
    """Data as JSON that can stand in a script element: no `<` ends it early."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


class Site:
    """All pages of one warehouse."""

    def __init__(self, marts: Marts, out: Path, languages: Sequence[Language]) -> None:
        """Prepare what the pages share.

        Args:
            marts: The marts to read.
            out: The folder to write.
            languages: The languages; pages begin with the first.
        """
        self.marts, self.out, self.languages = marts, out, languages
        self.currency = marts.policies.get("reporting_currency") or "JPY"
        self.kpis = {kpi.kpi_code: kpi for kpi in marts.kpis}
        self.kpi_texts = {kpi.kpi_code: kpi_texts(kpi, languages) for kpi in marts.kpis}
        self.units = dict.fromkeys((kpi.unit for kpi in marts.kpis), OTHER) | dict(UNITS)
        self.columns = labelled_columns(marts.kpis, languages, self._scaled())
        self.labels = [Labels(language, self.columns, self.currency) for language in languages]
        self.texts = {section: Entries(languages, section) for section in SECTIONS}
        self.files: list[Path] = []
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(HERE / "templates"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=jinja2.StrictUndefined,
        )

    def write(self) -> list[Path]:
        """Write every page and picture; returns the files."""
        for page in PAGES:
            self._write(f"{page.code}.html", self._page(page))
        return self.files

    def word(self, code: str, section: str = "words") -> Texts:
        """A text that a value of the marts has; a value without one stands for itself."""
        return self.texts[section].get(code) or {one.code: code for one in self.languages}

    def unit(self, name: str) -> Texts:
        """What a unit is called over figures and beside a large one."""
        return {one.code: one.unit(name, self.currency)["other"] for one in self.languages}

    def years(self, chart: dict[str, Any], tables: dict[str, Table]) -> bool:
        """Whether a chart of segments is over twelve months."""
        return has_years(tables[chart["table"]], self.marts)

    def has_name(self, unit: str) -> bool:
        """Whether a unit is called anything; of plain numbers and ratios nothing is written."""
        return any(self.unit(unit).values())

    def locale(self, language: str) -> str:
        """The locale of a language."""
        return next(one.locale for one in self.languages if one.code == language)

    def by_category(self) -> dict[str, list[Kpi]]:
        """The catalogue by subject, both in its order."""
        found: dict[str, list[Kpi]] = {}
        for kpi in self.marts.kpis:
            found.setdefault(kpi.category, []).append(kpi)
        return found

    def figure(self, value: float | None, unit: str) -> Texts:
        """A figure without its unit."""
        return {
            one.code: figures.number(
                value, self.units[unit], decimal=one.decimal, thousands=one.thousands
            )
            for one in self.languages
        }

    def with_unit(self, value: float | None, unit: str) -> Texts:
        """A figure with its unit."""
        written = self.figure(value, unit)
        if value is None:
            return written
        return {
            one.code: written[one.code]
            + one.after(written[one.code], one.unit(unit, self.currency))
            for one in self.languages
        }

    def _write(self, name: str, text: str) -> None:
        file = self.out / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        self.files.append(file)

    def _scaled(self) -> bool:
        largest = self.marts.rows(
            "select max(closing_mrr) from kpi_revenue_retention where segment_type = 'all'"
        )[0][0]
        return largest is not None and largest >= MILLIONS_FROM

    def _tables(self, page: Page) -> dict[str, Table]:
        """What a page embeds, by name: of each mart the columns that its charts and tiles show."""
        wanted: dict[str, dict[str, None]] = {}  # dicts as ordered sets
        orders: dict[str, tuple[str, ...]] = {}
        for chart in page.charts:
            names = (*chart.keys, *chart.beside, *chart.columns)
            wanted.setdefault(chart.mart, {}).update(dict.fromkeys(names))
            orders[chart.mart] = chart.keys
        for kpi in self._tiles(page):
            wanted.setdefault(kpi.mart_name, {})[kpi.value_column] = None
        periods = TRAIL if page.tiles else MOST_PERIODS
        tables = {
            mart: self.marts.timeless(mart, list(columns), orders[mart])
            if orders.get(mart)
            else self.marts.table(mart, list(columns), page.grains, periods)
            for mart, columns in wanted.items()
        }
        if page.tiles:
            tables["tiles"] = self.marts.scorecard(page.tiles, page.grains)
        if "changes" in page.parts:
            tables["changes"] = self.marts.changes(list(self.kpis), page.grains, CHANGES)
        if "scorecard" in page.parts:
            tables["scorecard"] = self.marts.scorecard(list(self.kpis), page.grains)
        return tables

    def _tiles(self, page: Page) -> list[Kpi]:
        return [self.kpis[code] for code in page.tiles if code in self.kpis]

    def _page(self, page: Page) -> str:
        known = [grain for grain in page.grains if self.marts.latest(grain) is not None]
        state = State((*known, *page.grains, "")[0])
        tables = self._tables(page)
        drawn = [self._drawn(chart, tables[chart.mart], state) for chart in page.charts]
        run = charts.spec(charts.sparkline, ("value",), self.labels[0], "")
        for kpi in self._tiles(page):
            chart = Chart(kpi.kpi_code, kpi.mart_name, (kpi.value_column,))
            rows = picked(chart, tables[kpi.mart_name], self.marts, state)
            rows = [{**row, "value": row[kpi.value_column]} for row in rows]
            self._picture(f"run_{kpi.kpi_code}.svg", run, rows, 160)
        data = {
            "page": page.code,
            "state": asdict(state),
            "grains": page.grains,
            "periods": {
                grain: [[p.label, p.start, p.is_complete] for p in self.marts.periods[grain]]
                for grain in page.grains
            },
            "latest": {grain: self.marts.latest(grain) for grain in page.grains},
            "segments": self.marts.segments.values,
            "left_out": self.marts.segments.left_out,
            "tables": {
                name: {"mart": table.mart, "columns": table.columns, "rows": table.rows}
                for name, table in tables.items()
            },
            "charts": drawn,
            "tiles": [[kpi.kpi_code, kpi.mart_name, kpi.value_column] for kpi in self._tiles(page)],
            "run": run if page.tiles else None,
            "kpis": {
                kpi.kpi_code: {
                    "names": self.kpi_texts[kpi.kpi_code][0],
                    "unit": self.columns[kpi.value_column].unit,
                    "direction": kpi.direction,
                    "category": kpi.category,
                }
                for kpi in self.marts.kpis
            },
            "columns": {
                name: asdict(self.columns[name])
                for name in sorted({name for table in tables.values() for name in table.columns})
                if name in self.columns
            },
            "units": {
                name: asdict(unit)
                | {"names": {one.code: one.unit(name, self.currency) for one in self.languages}}
                for name, unit in self.units.items()
            },
            "languages": {
                one.code: {
                    "decimal": one.decimal,
                    "thousands": one.thousands,
                    "plural": one.plural,
                }
                for one in self.languages
            },
            "words": {code: self.texts["words"][code] for code in SCRIPT_WORDS},
            "categories": self.texts["categories"],
        }
        return self._templates.get_template("page.html.j2").render(
            page=page,
            pages=PAGES,
            site=self,
            marts=self.marts,
            state=state,
            tables=tables,
            languages=self.languages,
            words=self.texts["words"],
            titles=self.texts["charts"],
            notes=self.texts["notes"],
            page_titles=self.texts["pages"],
            charts=drawn,
            data=embedded(data) if page.grains else "",
            vega=vega() if page.charts or page.tiles else "",
            script=(HERE / "static" / "site.js").read_text(encoding="utf-8"),
            style=(HERE / "static" / "site.css").read_text(encoding="utf-8"),
        )

    def _drawn(self, chart: Chart, table: Table, state: State) -> dict[str, Any]:
        """A chart as the page's script takes it; its pictures are written on the way."""
        rows = picked(chart, table, self.marts, state)
        specs = {}
        for labels in self.labels:
            language = labels.language.code
            title = labels.language.sections["charts"][chart.code]
            specs[language] = charts.spec(chart.draw, chart.columns, labels, title)
            if has_figures(chart, rows):
                self._picture(f"{chart.code}.{language}.svg", specs[language], rows, WIDTH)
        colours = charts.legend(chart.draw, chart.columns)
        return {
            "code": chart.code,
            "table": chart.mart,
            "pick": chart.pick,
            "keys": keys(chart),
            "columns": chart.columns,
            "beside": chart.beside,
            "legend": list(zip(chart.columns, colours, strict=False)) if len(colours) > 1 else [],
            "curves": charts.CURVES if chart.pick == "curves" else [],
            "is_empty": not has_figures(chart, rows),
            "specs": specs,
        }

    def _picture(self, name: str, spec: dict[str, Any], rows: list[Row], width: int) -> None:
        """Write a chart as SVG, for readers without script and for slides."""
        drawing = {**spec, "datasets": {charts.ROWS: rows}, "width": width}
        # Each bar's own text for screen readers is for the page; a picture has its alt text.
        drawing["config"] = {**spec["config"], "aria": False, "font": charts.MEASURED_FONT}
        picture = vl_convert.vegalite_to_svg(drawing, vl_version=VEGA_LITE)
        self._write(
            f"charts/{name}",
            picture.replace(f'"{charts.MEASURED_FONT}"', f'"{charts.PICTURE_FONT}"'),
        )


def write_site(marts: Marts, out: Path, languages: Path = FOLDER) -> list[Path]:
    """Write the whole site.

    Args:
        marts: The marts to read.
        out: The folder; files of the same name are written anew.
        languages: The folder with a file for each language.

    Returns:
        The files.

    Raises:
        LanguageError: A language file has a fault.
    """
    return Site(marts, out, load(languages)).write()
