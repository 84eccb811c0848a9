"""The KPI site in a browser: it shows what the marts say, in both languages, on any width."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from test_site import LANGUAGES, Site, changed, command, language_files, written
from warehouse import ROOT, Build

from tools.site.figures import UNITS, number
from tools.site.pages import PAGES

pytestmark = pytest.mark.ci
CHROMIUM = next((path for path in map(Path, ("/usr/bin/chromium",)) if path.exists()), None)
SCREENSHOTS = ROOT / "build" / "screenshots"
WIDTHS = (390, 1440)
# Two labels of a drawing cover each other by more than a touch.
OVERLAPS = """() => [...document.querySelectorAll('.drawing svg')].flatMap((svg) => {
  const texts = [...svg.querySelectorAll('text')].filter((text) =>
    text.textContent.trim() && getComputedStyle(text).opacity !== '0');
  const boxes = texts.map((text) => [text.textContent, text.getBoundingClientRect()]);
  return boxes.flatMap(([one, a], at) => boxes.slice(at + 1).filter(([, b]) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 &&
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4).map(([other]) => `${one}|${other}`));
})"""
# Labels that are cut off at the edge of their drawing.
CUT_OFF = """() => [...document.querySelectorAll('.drawing svg')].flatMap((svg) => {
  const frame = svg.getBoundingClientRect();
  return [...svg.querySelectorAll('text')].filter((text) => text.textContent.trim())
    .filter((text) => getComputedStyle(text).opacity !== '0')
    .filter((text) => {
      const box = text.getBoundingClientRect();
      return box.left < frame.left - 1 || box.right > frame.right + 1;
    }).map((text) => text.textContent);
})"""
# Texts whose contrast against what lies behind them is below 4.5 (WCAG AA).
FAINT = """() => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }).reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = parts(getComputedStyle(one).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll('body *')].filter((one) =>
    one.checkVisibility() && !one.matches('option, select:disabled, script') &&
    [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()))
    .filter((one) => {
      const style = getComputedStyle(one);
      const text = parts(one.closest('svg') ? style.fill : style.color);
      const [a, b] = [light(text), light(behind(one))].sort((x, y) => y - x);
      return (a + 0.05) / (b + 0.05) < 4.5;
    }).map((one) => one.textContent.trim().slice(0, 40));
}"""


@pytest.fixture(scope="module")
def site(sample: Build, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The sample company's site and the warehouse it shows."""
    return written(sample, tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium, without a window."""
    if CHROMIUM is None:
        if os.environ.get("REQUIRE_ENGINES") == "1":
            pytest.fail("Chromium is required and not there; apt install chromium")
        pytest.skip("Chromium is not there; apt install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield found
        found.close()


Open = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Open]:
    """Opens pages of the site and insists on a quiet console and no request elsewhere."""
    troubles: list[str] = []
    contexts = []

    def opened(page: str, address: str = "", width: int = 1440, script: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=script
        )
        contexts.append(context)
        found = context.new_page()
        found.on("console", lambda message: troubles.append(f"{page}: {message.text}"))
        found.on("pageerror", lambda error: troubles.append(f"{page}: {error}"))
        found.on(
            "request",
            lambda request: (
                None
                if request.url.startswith((site[0].as_uri(), "data:", "blob:"))
                else troubles.append(f"{page} asks for {request.url}")
            ),
        )
        found.goto(f"{site[0].as_uri()}/{page}.html{address and '#' + address}")
        if script:
            settled(found)
        return found

    yield opened
    for context in contexts:
        context.close()
    assert troubles == []


def settled(page: Page) -> None:
    """Wait until the page shows what its address says."""
    page.wait_for_function(
        "() => !document.getElementById('data') || "
        "document.documentElement.dataset.shown === (location.hash || '#')"
    )


def chosen(page: Page, name: str, value: str) -> None:
    """Choose in one of the page's controls."""
    page.select_option(f"select[name={name}]", value)
    settled(page)


def table(page: Page, selector: str) -> list[list[str]]:
    """Texts of a table's body."""
    rows: list[list[str]] = page.eval_on_selector_all(
        f"{selector} tbody tr",
        "rows => rows.map((row) => [...row.cells].map((cell) => cell.textContent))",
    )
    return rows


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("page", [page.code for page in PAGES])
def test_every_page_reads_well(visit: Open, page: str, language: str, width: int) -> None:
    """One language, nothing sideways, no label over another, none cut off, none faint."""
    shown = visit(page, f"language={language}", width)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    shown.screenshot(path=SCREENSHOTS / f"{page}.{language}.{width}.png", full_page=True)
    title = LANGUAGES[language].sections["pages"][page]
    assert shown.inner_text("h1") == title
    assert shown.title().startswith(title)
    assert shown.evaluate("document.documentElement.lang") == language
    other = "en" if language == "ja" else "ja"
    assert (
        shown.evaluate(
            f"[...document.querySelectorAll('main [lang={other}]')]"
            ".filter((one) => one.checkVisibility()).length"
        )
        == 0
    )
    assert shown.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert shown.evaluate("document.querySelectorAll('img').length") == 0
    assert LANGUAGES[language].word("no_script") not in shown.inner_text("main")
    assert shown.evaluate(OVERLAPS) == []
    assert shown.evaluate(CUT_OFF) == []
    assert shown.evaluate(FAINT) == []


@pytest.mark.parametrize("grain", ["week", "fiscal_year", "trailing_12_months"])
def test_labels_keep_clear_at_every_grain(visit: Open, grain: str) -> None:
    """Many weeks and few years on a narrow page."""
    for page in ("revenue", "voice"):
        shown = visit(page, f"grain={grain}&type=plan&segment=core-team", 390)
        assert shown.evaluate(OVERLAPS) == []
        assert shown.evaluate(CUT_OFF) == []
        assert shown.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_tiles_are_the_scorecard(visit: Open, site: Site, language: str) -> None:
    """Value, period before, year ago, target and status as SQL reads them from the mart."""
    shown = visit("index", f"language={language}")
    codes = next(page.tiles for page in PAGES if page.code == "index")
    assert shown.eval_on_selector_all("#tiles article", "all => all.length") == len(codes)
    for code in codes:
        ((title, unit, value, previous, year_ago, target, status),) = site[1].query(
            f"""
            select {"kpi_name_ja" if language == "ja" else "kpi_name"},
                case when kpi_code in ('mrr', 'arr') then 'sum' else unit end, value,
                previous_value, year_ago_value, target_value, status
            from kpi_scorecard inner join dim_kpis using (kpi_code)
            where kpi_code = '{code}' and period_grain = 'month' and segment_type = 'all'
                and period_start = '2026-09-01'
            """
        )
        tile = f"#tile-{code}"
        name = LANGUAGES[language].unit(unit, "JPY")["other"]
        assert shown.inner_text(f"{tile} .figure").split() == [
            number(value, UNITS[unit]),
            *name.split(),
        ]
        assert shown.inner_text(f"{tile} h3") == title
        told = shown.eval_on_selector_all(
            f"{tile} dl div",
            "all => all.map((one) => [...one.children].map((each) => each.textContent))",
        )
        expected = {
            LANGUAGES[language].word(word): number(figure, UNITS[unit])
            for word, figure in (
                ("previous_value", previous),
                ("year_ago_value", year_ago),
                ("target_value", target),
            )
            if figure is not None
        }
        assert [name for name, _ in told] == list(expected)
        for label, text in told:
            assert text.startswith(expected[label]), (code, label)
        if target is not None:
            assert told[-1][1].endswith(LANGUAGES[language].word(status))
        assert shown.query_selector(f"{tile} .run svg"), code


def test_choices_change_chart_and_address_and_stay(visit: Open, site: Site) -> None:
    """Grain, segment and language are in the address; reload and other pages keep them."""
    shown = visit("revenue")
    bars = "#chart-closing_mrr .drawing svg"
    before = shown.inner_html(bars)
    chosen(shown, "grain", "quarter")
    quarters = shown.inner_html(bars)
    assert quarters != before
    assert "grain=quarter" in shown.url
    chosen(shown, "segment_type", "plan")
    chosen(shown, "segment_value", "core-team")
    plan = shown.inner_html(bars)
    assert plan != quarters
    shown.check("#language-en", force=True)
    settled(shown)
    for part in ("grain=quarter", "type=plan", "segment=core-team", "language=en"):
        assert part in shown.url
    address = shown.url
    shown.reload()
    settled(shown)
    assert shown.url == address
    assert shown.input_value("select[name=grain]") == "quarter"
    assert shown.input_value("select[name=segment_value]") == "core-team"
    assert shown.inner_text("h1") == LANGUAGES["en"].sections["pages"]["revenue"]
    shown.click("nav a[href^='growth.html']")
    settled(shown)
    assert shown.url.endswith(address.split("#")[1])
    assert shown.input_value("select[name=segment_value]") == "core-team"
    shown.go_back()
    settled(shown)
    shown.go_back()
    settled(shown)
    assert "language=en" not in shown.url  # back takes back one choice


def test_a_foreign_address_is_no_crash(visit: Open) -> None:
    """What an address names and the page has not falls back to what the page begins with."""
    shown = visit("ltv", "grain=week&type=toString&segment=%3Cscript%3E&language=fr&kpi=x")
    assert shown.input_value("select[name=grain]") == "month"
    assert shown.input_value("select[name=segment_type]") == "all"


def test_names_of_segments_are_text(browser: Browser, site: Site, tmp_path: Path) -> None:
    """A segment called like a script or a tag is shown by that name and does nothing."""
    name = "</script><img src=x onerror=document.title=1>"
    database = changed(
        site,
        tmp_path,
        *(
            f"update {mart} set segment_value = '{name}' where segment_value = 'retail'"
            for mart in ("kpi_revenue_retention", "kpi_scorecard", "fct_cohort_retention")
        ),
    )
    assert command(database, tmp_path / "site").returncode == 0
    page = browser.new_page()
    page.goto(f"{(tmp_path / 'site').as_uri()}/revenue.html")
    settled(page)
    chosen(page, "segment_type", "industry")
    chosen(page, "segment_value", name)
    place = "#chart-churn_by_segment .drawing"
    page.locator(f"{place} path[aria-roledescription=bar]").first.hover()
    page.wait_for_selector("#vg-tooltip-element.visible")
    assert page.locator("img").count() == 0
    assert page.title().startswith(LANGUAGES["ja"].sections["pages"]["revenue"])
    assert name in (page.text_content("#chart-churn_by_segment tbody") or "")
    page.close()


def downloaded(page: Page, selector: str) -> list[dict[str, str]]:
    """Rows of the CSV that a button gives."""
    with page.expect_download() as found:
        page.click(selector)
    text = Path(found.value.path()).read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def as_text(value: Any) -> str:
    """A mart's value as the CSV has it."""
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return ""
    return str(int(value)) if not isinstance(value, str) and value == int(value) else str(value)


@pytest.mark.parametrize(
    ("address", "where"),
    [
        ("", "period_grain = 'month' and segment_type = 'all'"),
        (
            "grain=quarter&type=plan&segment=core-team&language=en",
            "period_grain = 'quarter' and segment_type = 'plan' and segment_value = 'core-team'",
        ),
    ],
)
def test_csv_and_table_are_the_mart(visit: Open, site: Site, address: str, where: str) -> None:
    """All rows and columns of a chart, with all digits in the CSV, rounded in the table."""
    shown = visit("revenue", address)
    chart = next(chart for chart in PAGES[1].charts if chart.code == "mrr_movements")
    shown.click("#chart-mrr_movements summary")
    rows = downloaded(shown, "#chart-mrr_movements .download")
    columns = ", ".join(f"cast({column} as double)" for column in chart.columns)
    mart = site[1].query(
        f"select period_grain, cast(period_start as varchar), is_complete, segment_type, "
        f"segment_value, {columns} from kpi_revenue_retention where {where} order by 2"
    )
    assert len(mart) >= 10
    keys = ("period_grain", "period_start", "is_complete", "segment_type", "segment_value")
    assert [[row[key] for key in (*keys, *chart.columns)] for row in rows] == [
        [as_text(value) for value in row] for row in mart
    ]
    yen = UNITS["currency"]
    assert [row[1:] for row in table(shown, "#chart-mrr_movements")] == [
        [number(value, yen) for value in row[5:]] for row in mart
    ]


def test_csv_of_cohorts_and_of_the_scorecard(visit: Open, site: Site) -> None:
    """Marts without periods, and the scorecard of the latest month, equal theirs."""
    shown = visit("revenue")
    shown.click("#chart-cohort_customers summary")
    rows = downloaded(shown, "#chart-cohort_customers .download")
    names = [
        *("segment_type", "segment_value", "cohort_month", "months_since"),
        *("cohort_customers", "retained_customers", "customer_retention_rate"),
    ]
    mart = site[1].query(
        f"select {', '.join(names)} from fct_cohort_retention where segment_type = 'all' "
        "order by cohort_month, months_since"
    )
    assert [list(row.values()) for row in rows] == [
        [str(value) if not isinstance(value, float) else as_text(value) for value in row]
        for row in mart
    ]
    shown = visit("scorecard")
    rows = downloaded(shown, "#scorecard .download")
    assert len(rows) == site[1].value("select count(*) from dim_kpis")
    for row in rows:
        ((value, target),) = site[1].query(
            f"select value, target_value from kpi_scorecard where kpi_code = '{row['kpi_code']}' "
            f"and period_grain = 'month' and period_start = '{row['period_start']}' "
            "and segment_type = 'all'"
        )
        assert [row["value"], row["target_value"]] == [as_text(value), as_text(target)]


def test_the_scorecard_sorts_and_searches(visit: Open, site: Site) -> None:
    """By figures and by texts, up and down; by words of either language and by status."""
    shown = visit("scorecard", "language=en")
    everything = table(shown, "#scorecard")
    assert len(everything) == site[1].value("select count(*) from dim_kpis")
    shown.click("#scorecard thead th:first-child button")
    names = [row[0] for row in table(shown, "#scorecard")]
    assert names != [row[0] for row in everything]
    assert names == shown.evaluate(
        "(names) => [...names].sort((a, b) => a.localeCompare(b))", names
    )
    heading = "#scorecard thead th:nth-child(7)"
    shown.click(f"{heading} button")
    shown.click(f"{heading} button")
    assert shown.get_attribute(heading, "aria-sort") == "descending"
    figures = [
        float(row[6].rstrip("%").replace(",", "").replace("−", "-"))
        for row in table(shown, "#scorecard")
        if row[6] != "–"
    ]
    assert figures == sorted(figures, reverse=True)
    assert len(figures) > 5
    shown.fill("#search", "解約率")
    found = table(shown, "#scorecard")
    assert 0 < len(found) < 10
    assert "Customer churn rate" in {row[0] for row in found}
    shown.fill("#search", "")
    shown.select_option("#status", "missed")
    missed = site[1].value(
        "select count(*) from kpi_scorecard where period_grain = 'month' and status = 'missed' "
        "and period_start = '2026-09-01' and segment_type = 'all'"
    )
    assert len(table(shown, "#scorecard")) == missed
    assert str(missed) in shown.inner_text("#found")


def test_definitions_can_be_searched(visit: Open, site: Site) -> None:
    """Every KPI is there with its formula; a search leaves those it finds."""
    shown = visit("definitions", "language=en")
    text = shown.inner_text("main")
    for name, formula, source in site[1].query("select kpi_name, formula, source from dim_kpis"):
        assert name in text
        assert formula in text
        assert source in text
    shown.fill("#find", "net_revenue_retention")
    assert shown.locator(".definitions .card:visible").count() == 1
    shown = visit("scorecard", "grain=quarter")
    shown.click("#scorecard tbody th a >> text=NPS")
    settled(shown)
    assert "kpi=nps" in shown.url
    assert shown.evaluate(
        "document.getElementById('nps').getBoundingClientRect().top < innerHeight"
    )
    shown.click("nav a[href^='scorecard.html']")
    settled(shown)
    assert shown.input_value("select[name=grain]") == "quarter"
    assert "kpi" not in shown.url


def test_without_script_pictures_and_figures_stand_there(visit: Open) -> None:
    """Every chart as a picture, headlines as a table, either language, no dead controls."""
    shown = visit("revenue", script=False)
    pictures = shown.locator("main img:visible")
    assert pictures.count() == len(PAGES[1].charts)
    assert pictures.first.get_attribute("src") == "charts/closing_mrr.ja.svg"
    assert pictures.first.evaluate("image => image.naturalWidth") > 0
    assert shown.locator("main select:visible, main details:visible").count() == 0
    shown.click("label[for=language-en]")
    assert pictures.first.get_attribute("src") == "charts/closing_mrr.en.svg"
    shown = visit("index", script=False)
    assert shown.locator("noscript tbody tr:visible").count() > len(PAGES[0].tiles)
    shown.screenshot(path=SCREENSHOTS / "index.no_script.png", full_page=True)
    shown = visit("revenue", width=390, script=False)
    assert shown.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shown.screenshot(path=SCREENSHOTS / "revenue.no_script.390.png", full_page=True)


def test_the_page_can_be_used_from_the_keyboard(visit: Open) -> None:
    """The first stop skips to the content; every stop can be seen."""
    shown = visit("revenue", "language=en")
    shown.keyboard.press("Tab")
    assert shown.evaluate("document.activeElement.className") == "skip"
    assert shown.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
    shown.keyboard.press("Enter")
    assert shown.evaluate("document.activeElement.id") == "content"
    assert "language=en" in shown.url
    stops = []
    for _ in range(8):
        shown.keyboard.press("Tab")
        stops.append(
            shown.evaluate(
                "() => { const one = document.activeElement;"
                " return [one.name || one.tagName, getComputedStyle(one).outlineStyle]; }"
            )
        )
    assert [name for name, _ in stops[:2]] == ["grain", "segment_type"]
    assert "SUMMARY" in [name for name, _ in stops]
    assert all(outline != "none" for _, outline in stops)
    assert (
        shown.evaluate(
            "[...document.querySelectorAll('select, input, button')].filter((one) =>"
            " one.checkVisibility() && !one.labels?.length && !one.textContent.trim()).length"
        )
        == 0
    )


def test_a_third_language_is_chosen_like_the_others(
    browser: Browser, site: Site, tmp_path: Path
) -> None:
    """Its texts, its numbers and its names of KPIs, and none of the other languages' texts."""
    files = language_files(tmp_path / "languages")
    finished = command(site[1].database, tmp_path / "site", "--languages", str(files))
    assert finished.returncode == 0, finished.stderr
    page = browser.new_page()
    page.goto(f"{(tmp_path / 'site').as_uri()}/index.html")
    settled(page)
    page.check("#language-de", force=True)
    settled(page)
    assert page.inner_text("h1") == "de: Overview"
    assert page.title() == "de: Overview | de: Customer success KPIs"
    assert page.evaluate("document.documentElement.lang") == "de"
    assert page.inner_text("#tile-mrr h3") == "Monatsumsatz"
    assert page.inner_text("#tile-arr h3") == "ARR"
    assert page.inner_text("#tile-mrr .figure").split() == ["6,88", "JPY", "m"]
    assert page.input_value("select[name=grain]") == "month"
    assert page.inner_text("select[name=grain] option:checked") == "de: Month"
    for other in ("ja", "en"):
        assert page.locator(f"span[lang={other}]:visible").count() == 0
    page.goto(f"{(tmp_path / 'site').as_uri()}/revenue.html#language=de")
    settled(page)
    said = page.get_attribute("#chart-closing_mrr path[aria-label^='2026-09']", "aria-label") or ""
    assert said.endswith(": 6,88 JPY m")
    page.close()
