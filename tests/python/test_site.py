"""The KPI site: figures from the marts, nobody named, nothing fetched, no crash without data."""

from __future__ import annotations

import csv
import html
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from warehouse import ROOT, Build

from tools.site.charts import Labels, sparkline, spec
from tools.site.figures import COLUMNS, UNITS, number
from tools.site.marts import MOST_PERIODS, MOST_VALUES, PLAIN, cell
from tools.site.pages import PAGES
from tools.site.render import labelled_columns
from tools.site.words import FOLDER, SECTIONS, LanguageError, load, texts

# Addresses that are names or credits inside Vega, never fetched.
NAMES = (
    "http://www.w3.org/",
    "https://vega.github.io/schema/",
)
Site = tuple[Path, Build]
LANGUAGES = {language.code: language for language in load()}


def command(database: Path, out: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the command line of the site."""
    return subprocess.run(
        [
            *(sys.executable, "-m", "tools.site"),
            *("--database", str(database), "--out", str(out)),
            *options,
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def written(built: Build, folder: Path) -> Site:
    """The site of a warehouse, and the warehouse."""
    finished = command(built.database, folder / "site")
    assert finished.returncode == 0, finished.stderr
    return folder / "site", built


@pytest.fixture(scope="module")
def site(sample: Build, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The sample company's site and the warehouse it shows."""
    return written(sample, tmp_path_factory.mktemp("site"))


def embedded(folder: Path, page: str) -> dict[str, Any]:
    """The data that a page holds."""
    text = (folder / f"{page}.html").read_text(encoding="utf-8")
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert found, page
    data: dict[str, Any] = json.loads(found[1])
    return data


def own_text(file: Path) -> str:
    """A file without Vega's script."""
    text = file.read_text(encoding="utf-8")
    return re.sub(r"<script>\(function\(\)\{.*?</script>", "", text, flags=re.DOTALL)


def changed(site: Site, folder: Path, *statements: str) -> Path:
    """A copy of the warehouse in which statements have run."""
    copy = folder / "changed.duckdb"
    shutil.copy(site[1].database, copy)
    with duckdb.connect(str(copy)) as connection:
        for statement in statements:
            connection.execute(statement)
    return copy


def test_every_page_is_written_in_both_languages_and_small(site: Site) -> None:
    """All pages with their titles; the first below 2 MB, as it is opened most."""
    for page in PAGES:
        text = (site[0] / f"{page.code}.html").read_text(encoding="utf-8")
        title = texts(list(LANGUAGES.values()), "pages", page.code)
        spans = [f'<span lang="{code}">{html.escape(word)}</span>' for code, word in title.items()]
        assert f"<h1>{''.join(spans)}</h1>" in text
        assert len(text.encode()) < (2e6 if page.code == "index" else 4e6), page.code
        # An element of script ends where it should: none of its content ends it.
        assert text.count("<script") == text.count("</script"), page.code


def test_every_chart_is_a_picture_in_both_languages(site: Site) -> None:
    """An SVG in the font with Japanese letters for every chart, and a run for every tile."""
    for page in PAGES:
        names = [f"{chart.code}.{code}" for chart in page.charts for code in ("ja", "en")]
        for name in [*names, *(f"run_{code}" for code in page.tiles)]:
            picture = (site[0] / "charts" / f"{name}.svg").read_text(encoding="utf-8")
            assert picture.startswith("<svg"), name
            assert "<text" not in picture or "Noto Sans CJK JP" in picture, name


def rows_of(data: dict[str, Any], table: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Rows that a page holds as grain, segment type, value, period start and figures."""
    for grain, kinds in table["rows"].items():
        for kind, values in kinds.items():
            for value, rows in values.items():
                for row in rows:
                    if grain:
                        start = data["periods"][grain][row[0]][1]
                        yield (grain, kind, value, start, *row[1:])
                    else:
                        yield ("", kind, value, None, *row)


@pytest.mark.parametrize("page", [page.code for page in PAGES if page.grains])
def test_every_figure_is_the_marts(site: Site, page: str) -> None:
    """Each row on a page is a row of its mart, figure by figure; none of those shown is missing."""
    folder, built = site
    data = embedded(folder, page)
    pairs = {(kind, value) for kind, values in data["segments"].items() for value in values}
    assert pairs
    for name, table in data["tables"].items():
        timeless = "" in table["rows"]
        columns = [column for column in table["columns"] if column != "period"]
        key = (
            "'', segment_type, segment_value, null"
            if timeless
            else ("period_grain, segment_type, segment_value, cast(period_start as varchar)")
        )
        mart = [
            tuple(map(cell, row))
            for row in built.query(f"select {key}, {', '.join(columns)} from {table['mart']}")
        ]
        shown = list(rows_of(data, table))
        assert shown, name
        assert len(shown) == len(set(shown))
        assert set(shown) <= set(mart), name
        if name == "changes":
            continue  # a choice of the scorecard's rows
        codes = {row[4] for row in shown} if table["mart"] == "kpi_scorecard" else None
        periods = {(row[0], row[3]) for row in shown}
        expected = {
            row
            for row in mart
            if row[1:3] in pairs
            and (row[0], row[3]) in periods
            and (codes is None or row[4] in codes)
        }
        assert set(shown) == expected, name


def test_periods_shown_are_the_latest(site: Site) -> None:
    """All months of the sample, and of weeks the latest."""
    data = embedded(site[0], "revenue")
    for grain, periods in data["periods"].items():
        labels = [
            row[0]
            for row in site[1].query(
                f"select period_label from dim_periods where period_grain = '{grain}' "
                "order by period_start"
            )
        ]
        assert [period[0] for period in periods] == labels[-MOST_PERIODS:]


def test_what_changed_most_is_ordered_by_change(site: Site) -> None:
    """The rows are those whose value moved most against the period before."""
    data = embedded(site[0], "index")
    rows = [row for row in rows_of(data, data["tables"]["changes"]) if row[:2] == ("month", "all")]
    moves = [abs(row[5] - row[6]) / abs(row[6]) for row in rows]
    assert len(rows) == 8
    assert moves == sorted(moves, reverse=True)
    others = site[1].value(
        f"""
        select max(abs(value - previous_value) / abs(previous_value)) from kpi_scorecard
        where period_grain = 'month' and segment_type = 'all' and period_start = '{rows[0][3]}'
            and (denominator is null or denominator >= 20) and previous_value <> 0
            and kpi_code not in ({", ".join(f"'{row[4]}'" for row in rows)})
        """
    )
    assert others <= moves[-1]


def seed(name: str, column: str) -> set[str]:
    """Values of a column of the sample's raw tables."""
    with (ROOT / "seeds" / "sample" / f"raw_{name}.csv").open(encoding="utf-8") as file:
        return {row[column].strip() for row in csv.DictReader(file) if row[column].strip()}


def test_nobody_is_named(site: Site) -> None:
    """No customer, user, address, comment or employee of the sample is on any page or picture."""
    secrets = {
        *seed("customers", "customer_name"),
        *seed("customers", "contact_email"),
        *seed("customers", "customer_id"),
        *seed("customers", "csm_owner"),
        *seed("sessions", "user_id"),
        *seed("feature_events", "user_id"),
        *seed("community_activities", "user_id"),
        *seed("survey_responses", "user_id"),
        *seed("survey_responses", "comment"),
    }
    assert len(secrets) > 1000
    known = re.compile("|".join(map(re.escape, sorted(secrets, key=len, reverse=True))))
    for file in site[0].rglob("*.*"):
        text = own_text(file)
        found = {
            hit[0]
            for hit in known.finditer(text)
            # `c0001` within a colour or a path is no customer.
            if not re.match(r"[\w#.]", text[hit.start() - 1])
            and not re.match(r"\w", text[hit.end() : hit.end() + 1] or " ")
        }
        assert not found, (file.name, found)
        assert "csm_owner" not in json.dumps(
            embedded(site[0], file.stem)["segments"] if 'id="data"' in text else {}
        )


def test_rejected_rows_are_counted_and_not_shown(site: Site) -> None:
    """Counts by table and reason; keys and values of rows stay in the warehouse."""
    text = (site[0] / "quality.html").read_text(encoding="utf-8")
    plain = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))
    for table, reason, count in site[1].query(
        "select table_name, reason, sum(raw_rows) from fct_rejected_rows group by all"
    ):
        assert f"{table} {reason} {count} " in plain
    for key, value in site[1].query(
        "select row_key, bad_value from fct_rejected_rows where length(row_key) > 3"
    ):
        assert key not in own_text(site[0] / "quality.html")
        assert value is None or len(value) < 5 or value not in own_text(site[0] / "quality.html")


def test_the_same_warehouse_gives_the_same_site(site: Site, tmp_path: Path) -> None:
    """Byte for byte, so that a site under version control shows what changed."""
    assert command(site[1].database, tmp_path).returncode == 0
    first = {file.relative_to(site[0]): file.read_bytes() for file in site[0].rglob("*.*")}
    again = {file.relative_to(tmp_path): file.read_bytes() for file in tmp_path.rglob("*.*")}
    assert [name for name in first if first[name] != again.get(name)] == []
    assert len(first) == len(again)


def test_owners_are_shown_when_asked_for(site: Site, tmp_path: Path) -> None:
    """Segments by csm_owner come with an option of their own."""
    assert command(site[1].database, tmp_path, "--publish-owners").returncode == 0
    assert "Tanaka" in embedded(tmp_path, "revenue")["segments"]["csm_owner"]


def test_nothing_is_fetched(site: Site) -> None:
    """No address of another host but names and credits, and no file of the site is missing."""
    for page in PAGES:
        text = (site[0] / f"{page.code}.html").read_text(encoding="utf-8")
        without_vega = own_text(site[0] / f"{page.code}.html")
        rest = re.findall(r"https?://[^\s\"'<>)]*", without_vega)
        assert [hit for hit in rest if not hit.startswith(NAMES)] == []
        assert "connect-src" not in text
        assert "default-src 'none'" in text
        for link in re.findall(r"(?:href|src)=\"([^\"#]+)", without_vega):
            if not link.startswith(("data:", "../docs/")):
                assert (site[0] / link).exists(), link


@pytest.mark.parametrize(
    ("value", "unit", "more", "text"),
    [
        (6880192.2598, "sum", 0, "6.88"),
        (6880192.2598, "currency", 0, "6,880,192"),
        (0.9478074588426937, "rate", 0, "94.8"),
        (0.9478074588426937, "rate", 1, "94.78"),
        (-0.0004, "rate", 0, "0.0"),
        (5.25, "score", 0, "5.3"),
        (-5.25, "score", 0, "−5.3"),
        (173, "customers", 0, "173"),
        (Decimal("0.5"), "ratio", 0, "0.50"),
        (None, "rate", 0, "–"),
    ],
)
def test_figures_are_written_with_their_unit(
    value: float | None, unit: str, more: int, text: str
) -> None:
    """Point, digits, thousands; halves away from zero; no minus before a zero."""
    assert number(value, UNITS[unit], more) == text


def test_other_currencies_have_their_name() -> None:
    """What is in yen for JPY is in the currency's letters for others."""
    assert LANGUAGES["ja"].unit("sum", "USD") == {"other": "百万 USD"}
    assert LANGUAGES["ja"].unit("sum", "JPY") == {"other": "百万円"}
    assert LANGUAGES["en"].unit("sum", "JPY") == {"other": "JPY m"}


def test_forms_of_units_follow_the_figure() -> None:
    """One customer, two customers; a percent sign follows without a space."""
    english = LANGUAGES["en"]
    customers = english.unit("customers", "JPY")
    assert [english.after(figure, customers) for figure in ("1", "0", "11")] == [
        " customer",
        " customers",
        " customers",
    ]
    assert english.after("1.0", english.unit("rate", "JPY")) == "%"
    assert english.after("1.0", english.unit("ratio", "JPY")) == ""


def test_drawings_are_valid() -> None:
    """Every chart in both languages, and the run of tiles, against the schema of Vega-Lite."""
    languages = list(LANGUAGES.values())
    columns_ = labelled_columns([], languages, scaled=True)
    labels = [Labels(language, columns_, "JPY") for language in languages]
    drawn = {(chart.draw, chart.columns) for page in PAGES for chart in page.charts}
    for draw, columns in [*drawn, (sparkline, ("value",))]:
        for each in labels:
            assert spec(draw, columns, each, "a chart", validate=True)["$schema"]


def test_everything_drawn_has_words(site: Site) -> None:
    """Pages and charts have titles; columns have a label from the words or the catalogue."""
    kpis = {row[0] for row in site[1].query("select value_column from dim_kpis")}
    codes = {row[0] for row in site[1].query("select kpi_code from dim_kpis")}
    charts = [chart for page in PAGES for chart in page.charts]
    for page in PAGES:
        assert set(page.tiles) <= codes
    for chart in charts:
        names = {*chart.columns, *chart.beside, *chart.keys}
        assert names <= {*COLUMNS, *kpis}, chart.code
    sections = LANGUAGES["en"].sections
    assert set(sections["pages"]) == {page.code for page in PAGES}
    assert set(sections["charts"]) == {*(chart.code for chart in charts), *PLAIN}


def test_every_text_is_used() -> None:
    """No word or note of the language files has outlived the place where it stood."""
    sources = [
        *FOLDER.parent.glob("*.py"),
        *FOLDER.parent.rglob("*.j2"),
        *FOLDER.parent.rglob("*.js"),
    ]
    source = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    values = {"higher", "lower", "leading", "lagging"}  # of dim_kpis
    for section in ("words", "notes"):
        for code in set(LANGUAGES["en"].sections[section]) - values:
            assert re.search(rf"\b{code}\b", source), f"{section}.{code}"


def language_files(folder: Path, **changes: Any) -> Path:
    """A folder with the language files and a third language made of the English one.

    Args:
        folder: The new folder.
        changes: Keys of the third language that differ; None leaves a key out.
    """
    shutil.copytree(FOLDER, folder)
    english = yaml.load((FOLDER / "en.yml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    content = english | {"name": "Deutsch", "locale": "de-DE", "position": "3", "also": "ja"}
    content |= {"numbers": {"decimal": ",", "thousands": "."}}
    content |= {
        section: {code: f"de: {text}" for code, text in english[section].items()}
        for section in SECTIONS
    }
    content |= {"kpi_names": {"mrr": "Monatsumsatz"}} | changes
    del content["catalogue"]
    kept = {key: value for key, value in content.items() if value is not None}
    (folder / "de.yml").write_text(yaml.safe_dump(kept, allow_unicode=True), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def third(sample: Build, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The site with a third language, whose file is the only thing that is added."""
    folder = tmp_path_factory.mktemp("third")
    files = language_files(folder / "languages")
    finished = command(sample.database, folder / "site", "--languages", str(files))
    assert finished.returncode == 0, finished.stderr
    return folder / "site", sample


def test_a_language_is_one_file(third: Site) -> None:
    """Every page has the third language's texts, figures and pictures beside the others'."""
    for page in PAGES:
        text = (third[0] / f"{page.code}.html").read_text(encoding="utf-8")
        title = html.escape(LANGUAGES["en"].sections["pages"][page.code])
        assert f'<span lang="de">de: {title}</span></h1>' in text
        assert '<label for="language-de" lang="de">Deutsch</label>' in text
        for chart in page.charts:
            picture = (third[0] / "charts" / f"{chart.code}.de.svg").read_text(encoding="utf-8")
            assert picture.startswith("<svg")
    definitions = (third[0] / "definitions.html").read_text(encoding="utf-8")
    assert '<span lang="de">Monatsumsatz <small lang="ja-JP">MRR' in definitions
    assert '<span lang="de">ARR <small' in definitions, "what has no name is shown in English"
    index = (third[0] / "index.html").read_text(encoding="utf-8")
    assert '<span lang="de">6,88 JPY m</span>' in index
    assert '<span lang="en">6.88 JPY m</span>' in index
    kpis = embedded(third[0], "index")["kpis"]
    assert kpis["mrr"]["names"]["de"] == "Monatsumsatz"
    assert kpis["arr"]["names"]["de"] == kpis["arr"]["names"]["en"]


def english(section: str, **changes: str | None) -> dict[str, str]:
    """A section of the English file with changes; None leaves a text out."""
    content = yaml.load((FOLDER / "en.yml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    return {key: text for key, text in (content[section] | changes).items() if text is not None}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"locale": None}, "locale is missing."),
        ({"colour": "red"}, "colour is unknown; remove it or correct its name."),
        ({"words": english("words", footer=None)}, "words.footer is missing."),
        ({"words": english("words", footr="x")}, "words.footr is unknown"),
        ({"words": english("words", footer="")}, "words.footer must be a text."),
        ({"words": english("words", left_out="{shown} shown")}, "{left}, {shown}"),
        ({"columns": english("columns", auc=None)}, "columns.auc is missing."),
        ({"charts": english("charts", wheel="x")}, "charts.wheel is unknown"),
        ({"units": english("units", days=None)}, "units.days is missing."),
        ({"units": english("units") | {"days": {"few": "x", "other": "y"}}}, "units.days.few is"),
        ({"currencies": {"EUR": {"dollars": "x"}}}, "currencies.EUR.dollars is unknown"),
        ({"plural": {"one": "("}}, "plural.one is not a regular expression"),
        ({"position": "last"}, "position is last; use a whole number."),
        ({"numbers": {"decimal": ","}}, "numbers.thousands is missing."),
        ({"also": "fr"}, "also names fr"),
        ({"pages": "none"}, "pages must be a mapping."),
    ],
)
def test_a_fault_of_a_language_file_is_named(
    tmp_path: Path, changes: dict[str, Any], sentence: str
) -> None:
    """File and key are in one sentence."""
    folder = language_files(tmp_path / "languages", **changes)
    with pytest.raises(LanguageError) as found:
        load(folder)
    assert str(found.value).startswith(str(folder / "de.yml"))
    assert sentence in str(found.value)


def test_what_english_lacks_is_named(site: Site, tmp_path: Path) -> None:
    """A text that no language has ends with a sentence too, where pages need it."""
    content = yaml.load((FOLDER / "en.yml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    del content["words"]["footer"], content["also"]
    (tmp_path / "languages").mkdir()
    file = tmp_path / "languages" / "en.yml"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    finished = command(
        site[1].database, tmp_path / "out", "--languages", str(tmp_path / "languages")
    )
    assert finished.returncode == 1
    assert finished.stderr == f"{file}: words.footer is missing.\n"


@pytest.mark.parametrize(
    ("prepare", "reason"),
    [
        (None, "There is no warehouse"),
        ("not a database, but long enough to be looked at", "cannot be read"),
        ("drop table kpi_nps", "has no kpi_nps"),
        ("alter table kpi_nps drop nps", "do not fit"),
    ],
)
def test_a_missing_warehouse_or_mart_is_said_in_one_sentence(
    site: Site, tmp_path: Path, prepare: str | None, reason: str
) -> None:
    """What is wrong and what to do, without a trace of the program."""
    database = tmp_path / "warehouse.duckdb"
    if prepare and " table " in prepare:
        database = changed(site, tmp_path, prepare)
    elif prepare:
        database.write_text(prepare * 200, encoding="utf-8")
    finished = command(database, tmp_path / "out")
    assert finished.returncode == 1
    assert reason in finished.stderr
    assert "make build" in finished.stderr
    assert finished.stderr.count("\n") == 1


def tables(built: Build) -> list[str]:
    """The marts with figures."""
    return [
        str(row[0])
        for row in built.query(
            "select table_name from information_schema.tables where table_schema = 'main' "
            "and table_type = 'BASE TABLE' "
            "and (table_name like 'kpi_%' or table_name like 'fct_%' or table_name like 'rpt_%')"
        )
    ]


def test_without_any_row_pages_say_so(site: Site, tmp_path: Path) -> None:
    """Empty marts: all pages are there and say that there is no data."""
    emptied = changed(
        site, tmp_path, *(f"delete from {name}" for name in [*tables(site[1]), "dim_periods"])
    )
    finished = command(emptied, tmp_path / "out")
    assert finished.returncode == 0, finished.stderr
    for page in PAGES:
        text = (tmp_path / "out" / f"{page.code}.html").read_text(encoding="utf-8")
        assert LANGUAGES["ja"].word("no_data") in text or page.code == "definitions"


def test_one_month_and_no_figures_are_no_crash(site: Site, tmp_path: Path) -> None:
    """A company's first month, before anything can be divided."""
    nulls = [
        f"update {mart} set {column} = null"
        for mart, column in site[1].query(
            "select distinct mart_name, value_column from dim_kpis where unit = 'rate'"
        )
    ]
    kept = "period_grain <> 'month' or period_start <> '2026-09-01'"
    without_periods = {"kpi_validation", "kpi_magic_numbers"}
    marts = {name for name in tables(site[1]) if name.startswith("kpi_")} - without_periods
    first = changed(
        site,
        tmp_path,
        *(f"delete from {name} where {kept}" for name in sorted({*marts, "dim_periods"})),
        "delete from fct_cohort_retention where cohort_month <> '2026-09-01'",
        "update kpi_scorecard set value = null, previous_value = null, status = null",
        *nulls,
    )
    finished = command(first, tmp_path / "out")
    assert finished.returncode == 0, finished.stderr
    assert LANGUAGES["ja"].word("no_data") in (tmp_path / "out" / "voice.html").read_text(
        encoding="utf-8"
    )


def test_of_many_segments_the_largest_are_shown(site: Site, tmp_path: Path) -> None:
    """A type of many values shows the largest, says how many it leaves out, and stays small."""
    columns = {
        name: [str(row[0]) for row in site[1].query(f"describe {name}")]
        for name in ("kpi_revenue_retention", "kpi_scorecard")
    }
    statements = [
        f"""
        insert into {name} select {
            ", ".join(
                "'industry'"
                if column == "segment_type"
                else "'industry ' || copy"
                if column == "segment_value"
                else "500 + copy"
                if column == "closing_customers"
                else column
                for column in names
            )
        }
        from {name}, range(40) as copies(copy) where segment_type = 'all'
            and period_grain = 'month'
        """
        for name, names in columns.items()
    ]
    finished = command(changed(site, tmp_path, *statements), tmp_path / "out")
    assert finished.returncode == 0, finished.stderr
    data = embedded(tmp_path / "out", "index")
    shown = data["segments"]["industry"]
    assert shown == [f"industry {copy}" for copy in range(39, 39 - MOST_VALUES, -1)]
    assert data["left_out"]["industry"] == 40 + 7 - MOST_VALUES
    assert (tmp_path / "out" / "index.html").stat().st_size < 2e6
