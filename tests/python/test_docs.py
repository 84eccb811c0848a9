"""What `make docs` writes: complete, true to the warehouse, and readable from disk."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from warehouse import ROOT, Build

from tools.docs.__main__ import anchor, documents, rendered
from tools.docs.lineage import CONSTANTS, COUNTS, untraced
from tools.generate.kpis import catalog

CHROMIUM = next((path for path in map(Path, ("/usr/bin/chromium",)) if path.exists()), None)
PAGES = ("index.html", "dbt.html", "lineage.html", *documents().values())


@pytest.fixture(scope="module")
def docs(sample: Build, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Build]:
    """The folder that `make docs` writes for the sample, and the warehouse it describes."""
    folder = tmp_path_factory.mktemp("docs")
    finished = subprocess.run(
        [sys.executable, "-m", "tools.docs", "--out", str(folder / "out")],
        cwd=ROOT,
        env={**os.environ, "DUCKDB_PATH": str(sample.database)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return folder / "out", sample


def artifact(docs: tuple[Path, Build], name: str) -> dict[str, Any]:
    """One of dbt's artifacts."""
    read: dict[str, Any] = json.loads((docs[0] / ".dbt" / name).read_text(encoding="utf-8"))
    return read


def test_kpi_columns_have_the_blocks_of_their_kpi(docs: tuple[Path, Build]) -> None:
    """The column that the catalogue names is described by names and formula of the KPI."""
    nodes = artifact(docs, "manifest.json")["nodes"]
    for kpi in catalog():
        columns = nodes[f"model.customer_success.{kpi['mart_name']}"]["columns"]
        description = columns[kpi["value_column"]]["description"]
        assert kpi["kpi_name_ja"] in description
        assert kpi["formula"] in description


def test_everything_is_described_and_nothing_else(docs: tuple[Path, Build]) -> None:
    """Models, seeds and columns of the warehouse have descriptions; no other column has one."""
    manifest, warehouse = artifact(docs, "manifest.json"), artifact(docs, "catalog.json")
    described = {
        name: node
        for name, node in manifest["nodes"].items()
        if node["resource_type"] in ("model", "seed")
    }
    assert set(described) == set(warehouse["nodes"])
    for name, node in described.items():
        assert node["description"].strip(), name
        there = {column.lower() for column in warehouse["nodes"][name]["columns"]}
        said = {column for column, about in node["columns"].items() if about["description"].strip()}
        assert said == set(node["columns"]), name
        if not name.startswith("seed.customer_success.raw_"):
            assert said == there, name
    for source in manifest["sources"].values():
        assert source["description"].strip(), source["name"]
        for column in source["columns"].values():
            assert column["description"].strip(), column["name"]
    for kind in ("macros", "exposures", "groups", "semantic_models", "metrics", "saved_queries"):
        for thing in manifest[kind].values():
            if kind == "macros":
                continue
            assert thing.get("description") or thing.get("label"), thing["name"]


def test_descriptions_are_comments_in_the_warehouse(docs: tuple[Path, Build]) -> None:
    """A BI tool sees what every mart and each of its columns means."""
    nodes = artifact(docs, "manifest.json")["nodes"].values()
    marts = [
        node for node in nodes if node["resource_type"] == "model" and node["access"] == "public"
    ]
    comments = dict(
        docs[1].query("""
            select table_name, comment from duckdb_tables() where schema_name = 'main'
            union all
            select view_name, comment from duckdb_views() where schema_name = 'main'
        """)
    )
    columns = {
        (table, column): comment
        for table, column, comment in docs[1].query(
            """
            select table_name, column_name, comment from duckdb_columns()
            where schema_name = 'main'
            """
        )
    }
    assert len(marts) > 30
    for node in marts:
        assert comments[node["name"]] == node["description"]
        for column in node["columns"].values():
            assert columns[node["name"], column["name"]] == column["description"]


def test_every_figure_reaches_raw_columns(docs: tuple[Path, Build]) -> None:
    """Column lineage ends in raw columns; what does not is a listed constant or count."""
    lineage = docs[0] / ".lineage" / "colibri-manifest.json"
    assert untraced(lineage) == []
    # What is listed is there: a list that outlives its columns would hide others.
    marts = {
        f"{node.rsplit('.', 1)[-1]}.{column}"
        for node, described in json.loads(lineage.read_text(encoding="utf-8"))["nodes"].items()
        for column in described["columns"]
    }
    assert set(COUNTS) <= marts
    assert {column for column in CONSTANTS if "*" not in column} <= marts


def test_an_untraced_column_is_told(docs: tuple[Path, Build], tmp_path: Path) -> None:
    """A column whose parents are lost is found."""
    report = json.loads(
        (docs[0] / ".lineage" / "colibri-manifest.json").read_text(encoding="utf-8")
    )
    report["lineage"]["edges"] = [
        edge
        for edge in report["lineage"]["edges"]
        if (edge["target"], edge.get("targetColumn"))
        != ("model.customer_success.kpi_nps", "promoters")
    ]
    broken = tmp_path / "broken.json"
    broken.write_text(json.dumps(report), encoding="utf-8")
    assert "kpi_nps.promoters" in untraced(broken)


def test_index_names_every_kpi_and_mart(docs: tuple[Path, Build]) -> None:
    """In Japanese and English, with owner, raw tables and personal data."""
    index = (docs[0] / "index.html").read_text(encoding="utf-8")
    for kpi in catalog():
        assert kpi["kpi_name_ja"] in index
        assert f'id="{kpi["kpi_code"]}"' in index
    for name in ("kpi_scorecard", "fct_churns", "survey_responses", "Head of customer success"):
        assert name in index
    assert "customer_name, csm_owner" in index


def test_links_between_documents_lead_to_pages(docs: tuple[Path, Build]) -> None:
    """A link from one written document to another leads to its page, and to a heading there."""
    pages = documents()
    for source, page in pages.items():
        html = (docs[0] / page).read_text(encoding="utf-8")
        links = re.findall(r'href="([^":]+)"', html)
        assert [link for link in links if link.split("#")[0] in {path.name for path in pages}] == []
        for link in links:
            target, _, name = link.partition("#")
            if target in pages.values() and name:
                text = (docs[0] / target).read_text(encoding="utf-8")
                assert f'id="{name}"' in text, (source.name, link)
    assert anchor("Which day counts: `as_of_date`") == "which-day-counts-as_of_date"
    assert 'href="definitions_revenue.html"' in rendered(next(iter(pages)), pages)


def test_pages_open_from_disk_without_asking_anybody(docs: tuple[Path, Build]) -> None:
    """Headless Chromium shows each page; no console error, no request but for the file itself."""
    if CHROMIUM is None:
        if os.environ.get("REQUIRE_ENGINES"):
            pytest.fail("Chromium is not installed: apt install chromium")
        pytest.skip("Chromium is not installed")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        for name in PAGES:
            requests: list[str] = []
            errors: list[str] = []
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.on("request", lambda request, into=requests: into.append(request.url))
            page.on("pageerror", lambda error, into=errors: into.append(str(error)))
            page.goto((docs[0] / name).as_uri())
            page.wait_for_timeout(1500)
            outside = [url for url in requests if not url.startswith(("file:", "data:", "blob:"))]
            assert outside == [], name
            assert errors == [], name
            assert len(page.inner_text("body")) > 200, name
            page.close()
        for width in (390, 1440):
            page = browser.new_page(viewport={"width": width, "height": 900})
            page.goto((docs[0] / "index.html").as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            page.close()
        browser.close()
