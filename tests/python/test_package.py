"""As a package in somebody else's dbt project: beside its names, fed by its models, on each engine.

integration_tests/ is that project. It has models, a macro and a metric of names that the package
has too, and hands over half of the raw tables by ref.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
from engines import Engine, differences, is_of_the_origin, land_on_postgres, marts
from warehouse import DBT, OLDEST_DBT, PROGRAM, ROOT, Build, plain_dbt

pytestmark = pytest.mark.ci
ACME = ROOT / "integration_tests"
SAMPLE = ROOT / "seeds" / "sample"
HANDED_OVER = (
    *("customers", "products", "plans", "subscriptions", "subscription_items", "contracts"),
    *("orders", "survey_responses", "exchange_rates"),
)
RENAMED = {
    "customer_id": "account_id",
    "customer_name": "account_name",
    "signed_up_at": "created_at",
}
# Data tests of the package in another project are run on DuckDB; the rest is for its figures.
WITHOUT_TESTS = ("build", "--exclude-resource-type", "test")
OWN = {
    "staging.stg_customers": ["account_id", "account_name"],
    "staging.stg_orders": ["account_id", "order_id"],
    "dbt_alice.dim_customers": ["account_id", "account_name", "orders"],
    "dbt_alice.acme_board_report": ["net_revenue_retention", "own_ratio", "period_start"],
}


@dataclass(frozen=True)
class Root:
    """A root project with the package installed, and the dbt that runs it."""

    project: Path
    program: Path

    def dbt(
        self,
        folder: Path,
        *command: str,
        variables: Mapping[str, Any] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> Build:
        """Run dbt with the warehouse in a folder."""
        surroundings = {PROGRAM: str(self.program), **(environment or {})}
        return plain_dbt(folder, variables, command, surroundings, self.project)

    def install(self) -> None:
        """Have `dbt deps` install this package."""
        packages = f"packages:\n  - local: {ROOT}\n"
        (self.project / "packages.yml").write_text(packages, encoding="utf-8")
        subprocess.run([str(self.program), "deps"], cwd=self.project, check=True)


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(DBT, id="newest"),
        pytest.param(OLDEST_DBT, id="oldest", marks=pytest.mark.long),
    ],
)
def acme(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Root:
    """A copy of the root project, with the package installed."""
    folder = tmp_path_factory.mktemp("acme") / "acme"
    ignored = shutil.ignore_patterns("target", "logs", "dbt_packages", "*.duckdb")
    shutil.copytree(ACME, folder, ignore=ignored)
    root = Root(folder, request.param)
    root.install()
    return root


def extracted(folder: Path) -> tuple[Path, Path]:
    """The sample company as files: what the root's own system has, and what was landed as it is."""
    erp, landing = folder / "erp", folder / "landing"
    for path in (erp, landing):
        path.mkdir(parents=True)
    for source in sorted(SAMPLE.glob("raw_*.csv")):
        table = source.stem.removeprefix("raw_")
        if table == "customers":
            header, _, rest = source.read_text(encoding="utf-8").partition("\n")
            names = ",".join(RENAMED.get(name, name) for name in header.split(","))
            (erp / "accounts.csv").write_text(f"{names}\n{rest}", encoding="utf-8")
        else:
            target = erp if table in HANDED_OVER else landing
            shutil.copy(source, target / f"{table}.csv")
    return erp, landing


def land_on_duckdb(warehouse: Path, *folders: Path) -> None:
    """Copy CSV files into tables of text, a schema for each folder."""
    with duckdb.connect(str(warehouse)) as connection:
        for folder in folders:
            connection.execute(f"create schema {folder.name}")
            for path in sorted(folder.glob("*.csv")):
                connection.execute(
                    f"create table {folder.name}.{path.stem} as "
                    f"from read_csv('{path}', header = true, all_varchar = true, nullstr = '')"
                )


@pytest.fixture(scope="module")
def on_duckdb(acme: Root, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The root project built on DuckDB."""
    folder = tmp_path_factory.mktemp("acme_built")
    land_on_duckdb(folder / "warehouse.duckdb", *extracted(folder))
    run = acme.dbt(folder, "build")
    assert run.returncode == 0, run.output
    assert "unit_test" not in run.output
    with duckdb.connect(str(run.database), read_only=True) as connection:
        yield Engine("duckdb", {"OUTPUT": run.output}, connection)


def check_figures(engine: Engine, expected: Build) -> None:
    """Every figure of every mart is that of the package's own build of the same company."""
    found = differences(expected, engine, "customer_success")
    found = [line for line in found if not is_of_the_origin(line)]
    assert not found, f"{len(found)} differences:\n" + "\n".join(found[:40])


def check_own(engine: Engine) -> None:
    """The root's models are its own, and so are its macro and the lineage into its report."""
    for table, columns in OWN.items():
        schema, name = table.split(".")
        rows = engine.rows(name, schema)
        assert rows
        assert sorted(rows[0]) == columns
    report = engine.rows("acme_board_report", "dbt_alice")
    assert {row["own_ratio"] for row in report} == {"a macro of acme"}


def check_origins(engine: Engine) -> None:
    """The reconciliation says where each raw table comes from."""
    rows = engine.rows("rpt_raw_reconciliation", "customer_success")
    assert {row["table_name"] for row in rows if row["origin"] == "ref"} == set(HANDED_OVER)
    assert {row["origin"] for row in rows} == {"ref", "schema"}
    assert len(rows) == 18


def figures(expected: Build) -> int:
    """How many values a comparison of all marts compares."""
    return sum(len(row) for mart in marts() for row in expected.rows(mart))


def check_all(engine: Engine, expected: Build, capsys: pytest.CaptureFixture[str]) -> None:
    """Compare everything, and print how much that is."""
    check_own(engine)
    check_origins(engine)
    check_figures(engine, expected)
    with capsys.disabled():
        print(
            f"\nas a package on {engine.target}: {figures(expected):,} figures of {len(marts())} "
            "marts compared, 0 differences"
        )


def check_tools(engine: Engine, folder: Path) -> None:
    """Site and review read PostgreSQL itself, and find the schema in dbt's manifest."""
    reached_by = engine.environment
    uri = (
        f"postgresql://postgres@{reached_by['POSTGRES_HOST']}:{reached_by['POSTGRES_PORT']}"
        f"/{reached_by['POSTGRES_DATABASE']}"
    )
    manifest = str(folder / "target" / "manifest.json")
    place = ("--postgres", uri, "--manifest", manifest)
    printed = tool(folder, "tools.site", *place, "--out", "site")
    assert "14 pages" in printed
    printed = tool(folder, "tools.review.built", *place, "--before-manifest", manifest)
    assert f"0 of {len(marts())} marts differ" in printed


def tool(folder: Path, module: str, *options: str) -> str:
    """What a tool prints that is run in a folder of somebody else's."""
    finished = subprocess.run(
        [sys.executable, "-m", module, *options],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


class TestOnDuckdb:
    """The root project on DuckDB."""

    def test_figures(
        self, on_duckdb: Engine, sample: Build, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """As by itself, and the root's own models untouched."""
        check_all(on_duckdb, sample, capsys)

    def test_schemas(self, on_duckdb: Engine) -> None:
        """The package's are its own, also where the root drops its prefix."""
        schemas = {
            row[0]
            for row in on_duckdb.execute(
                "select table_schema from information_schema.tables "
                "where table_name not like 'acme%'"
            )
        }
        own = {f"customer_success{part}" for part in ("", "_staging", "_intermediate", "_config")}
        assert schemas == own | {"erp", "landing", "staging", "dbt_alice"}

    def test_an_invalid_var_stops_the_package_alone(self, acme: Root, tmp_path: Path) -> None:
        """The root's own models do not wait for the package's configuration."""
        land_on_duckdb(tmp_path / "warehouse.duckdb", *extracted(tmp_path))
        wrong = {"fiscal_year_start_month": 13}
        own = acme.dbt(tmp_path, "run", "--select", "package:acme,+dim_customers", variables=wrong)
        assert own.returncode == 0, own.output
        assert "As of " not in own.output
        of_package = acme.dbt(tmp_path, "run", "--select", "dim_periods", variables=wrong)
        assert of_package.returncode != 0
        assert "var fiscal_year_start_month is '13'" in of_package.output
        assert "Completed successfully" not in of_package.output


class TestOnPostgres:
    """The root project on PostgreSQL."""

    def test_figures(
        self,
        acme: Root,
        on_postgres: Engine,
        sample: Build,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        """As by itself, and the root's own models untouched."""
        for folder in extracted(tmp_path):
            on_postgres.execute(f"drop schema if exists {folder.name} cascade")
            land_on_postgres(on_postgres, folder, folder.name)
        environment = {**on_postgres.environment, "DBT_TARGET": "postgres"}
        run = acme.dbt(tmp_path, *WITHOUT_TESTS, environment=environment)
        assert run.returncode == 0, run.output
        check_all(on_postgres, sample, capsys)
        check_tools(on_postgres, tmp_path)


class TestThePage:
    """docs/package.md, followed word for word on DuckDB."""

    def test_it_works_as_written(self, tmp_path: Path) -> None:
        """Every file and command of it, and the figures that it prints."""
        page = (ROOT / "docs" / "package.md").read_text(encoding="utf-8")
        files = re.findall(r"^`([^`]+)`\n\n```\w+\n(.*?)^```$", page, flags=re.DOTALL | re.M)
        assert len(files) == 9
        root = Root(tmp_path / "acme", DBT)
        for name, text in files:
            path = root.project / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        shutil.copy(ACME / "profiles.yml", root.project)
        root.install()
        built, shown = re.findall(r"^dbt (build|show .*)$", page, flags=re.M)
        run = root.dbt(tmp_path, built)
        assert run.returncode == 0, run.output
        run = root.dbt(tmp_path, *shlex.split(shown))
        assert run.returncode == 0, run.output
        table = re.search(r"^\| +period_start .*?(?=\n```$)", page, flags=re.DOTALL | re.M)
        assert table
        assert table.group() in run.output
        manifest = str(tmp_path / "target" / "manifest.json")
        place = ("--manifest", manifest, "--database", str(tmp_path / "warehouse.duckdb"))
        assert "14 pages" in tool(tmp_path, "tools.site", *place, "--out", "site")
        assert f"{len(marts())} marts" in tool(
            tmp_path, "tools.publish", *place, "--out", "published"
        )
        before = ("--before-manifest", manifest)
        assert f"0 of {len(marts())} marts" in tool(tmp_path, "tools.review.built", *place, *before)
