"""The semantic layer says what the scorecard says: every metric, by month and by segment."""

from __future__ import annotations

import csv
import json
import math
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
import yaml
from warehouse import ROOT, Build, run_dbt

from tools.generate.kpis import catalog

SEGMENTS = (
    "acquisition_channel",
    "country_code",
    "industry",
    "company_size",
    "csm_owner",
    "signup_fiscal_year",
)
KPIS = [kpi["kpi_code"] for kpi in catalog()]
SEMANTIC = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in (ROOT / "models" / "semantic").glob("*.yml")
}
METRICS = {
    metric["name"]: metric
    for described in SEMANTIC.values()
    for metric in described.get("metrics", [])
}
MARTS_OF_MEASURES = {
    measure["name"]: model["model"]
    for described in SEMANTIC.values()
    for model in described.get("semantic_models", [])
    for measure in model.get("measures", [])
}


def is_over_facts(metric: str) -> bool:
    """Whether attributes of the customer cut a metric: those of kpi_ marts are by month only."""
    if metric not in METRICS:
        return "'kpi_" not in MARTS_OF_MEASURES[metric]
    params = METRICS[metric]["type_params"]
    read = [params[key] for key in ("numerator", "denominator", "measure") if key in params]
    read += params.get("metrics", [])
    return all(is_over_facts(part if isinstance(part, str) else part["name"]) for part in read)


BY_SEGMENT = [kpi for kpi in KPIS if is_over_facts(kpi)]
SAVED_QUERIES = [query["name"] for query in SEMANTIC["saved_queries"]["saved_queries"]]


@pytest.fixture(scope="module")
def built(sample: Build) -> Build:
    """The sample company, and a project in which mf finds what dbt knows of it."""
    folder = sample.database.parent
    # mf reads <project>/target/semantic_manifest.json, so it gets a project of its own
    project = folder / "project"
    project.mkdir()
    for name in (
        "dbt_project.yml",
        "profiles.yml",
        "models",
        "macros",
        "seeds",
        "tests",
        "analyses",
    ):
        (project / name).symlink_to(ROOT / name)
    run = run_dbt(folder, command=("parse",))
    assert run.returncode == 0, run.output
    (project / "target").symlink_to(folder / "target")
    return sample


# Importing takes mf longer than a query, so one process imports it and forks for each command.
FORKING = """
import json, os, sys
from dbt_metricflow.cli.main import cli
for words, printed in json.load(sys.stdin):
    if not (child := os.fork()):
        for descriptor in (1, 2):
            os.dup2(os.open(printed, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644), descriptor)
        cli(words, prog_name="mf")
    if os.waitpid(child, 0)[1]:
        sys.exit(f"{words}: {open(printed).read()[-3000:]}")
"""


def mf(built: Build, commands: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Run commands of MetricFlow; returns what each printed, by the name that it was given."""
    project = built.database.parent / "project"
    printed = {name: project.parent / f"{name}.txt" for name in commands}
    asked = [(list(command), str(printed[name])) for name, command in commands.items()]
    finished = subprocess.run(
        [sys.executable, "-c", FORKING],
        cwd=project,
        env={**os.environ, "DUCKDB_PATH": str(built.database), "DBT_PROFILES_DIR": str(project)},
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return {name: path.read_text(encoding="utf-8") for name, path in printed.items()}


def query(built: Build, name: str, *words: str) -> tuple[str, ...]:
    """The command for a query whose answer goes to a file, see `answer`."""
    path = str(built.database.parent / f"{name}.csv")
    return ("query", *words, "--csv", path, "--decimals", "15")


def answer(built: Build, name: str) -> list[dict[str, str]]:
    """The rows that a query answered."""
    path = built.database.parent / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def by_month(built: Build, metrics: Sequence[str], segment: str | None) -> tuple[str, ...]:
    """The query of some metrics by month, and by a segment if one is given."""
    group_by = "metric_time__month" + (f",customer__{segment}" if segment else "")
    words = ("--metrics", ",".join(metrics), "--group-by", group_by)
    return query(built, segment or "months", *words)


@pytest.fixture(scope="module")
def asked(built: Build) -> dict[str, str]:
    """What `mf` printed for the commands that most tests read."""
    commands = {
        "validated": ("validate-configs",),
        "months": by_month(built, KPIS, None),
        SEGMENTS[0]: by_month(built, BY_SEGMENT, SEGMENTS[0]),
        "quarters": query(
            built,
            "quarters",
            *("--metrics", "mrr,active_customers,ltv_survival"),
            *("--group-by", "metric_time__quarter"),
        ),
    }
    for name in SAVED_QUERIES:
        commands[name] = query(built, name, "--saved-query", name)
    return mf(built, commands)


def differences(
    built: Build, answered: list[dict[str, str]], metrics: Sequence[str], segment: str | None
) -> tuple[int, list[Any]]:
    """How many values of the scorecard were compared with an answer, and which differ."""
    found = {
        (metric, row["metric_time__month"][:10], row.get(f"customer__{segment}", "all")): row[
            metric
        ]
        for row in answered
        for metric in metrics
    }
    expected = built.query(f"""
        select kpi_code, cast(period_start as varchar), segment_value, value
        from kpi_scorecard
        where period_grain = 'month' and segment_type = '{segment or "all"}'
    """)
    compared, wrong = 0, []
    for kpi_code, month, value_of_segment, value in expected:
        if kpi_code in metrics:
            compared += 1
            text = found.get((kpi_code, month, value_of_segment), "")
            figure = float(text) if text not in ("", "None") else None
            is_same = (
                figure is value
                if figure is None or value is None
                else math.isclose(figure, value, rel_tol=1e-9, abs_tol=1e-9)
            )
            if not is_same:
                wrong.append((kpi_code, month, value_of_segment, value, figure))
    return compared, wrong


def test_every_kpi_is_a_metric() -> None:
    """The catalogue has nothing that the semantic layer lacks, each under one name."""
    names = [m["name"] for described in SEMANTIC.values() for m in described.get("metrics", [])]
    assert len(names) == len(set(names))
    assert set(KPIS) <= set(names)


def test_descriptions_come_from_the_catalogue() -> None:
    """A metric that is a KPI is described by the KPI's block."""
    for described in SEMANTIC.values():
        for metric in described.get("metrics", []):
            if metric["name"] in KPIS:
                assert metric["description"] == f"{{{{ doc('kpi_{metric['name']}') }}}}"


def test_configuration_is_valid(built: Build, asked: Mapping[str, str]) -> None:
    """`mf validate-configs` finds nothing, neither in the files nor in the warehouse."""
    assert "ERRORS: 0" in asked["validated"]
    assert "ERRORS: 1" not in asked["validated"]
    manifest = json.loads(
        (built.database.parent / "target" / "semantic_manifest.json").read_text(encoding="utf-8")
    )
    assert len(manifest["metrics"]) >= len(KPIS)


@pytest.mark.usefixtures("asked")
def test_metrics_by_month_equal_the_scorecard(built: Build) -> None:
    """All metrics, every month, for all customers."""
    compared, wrong = differences(built, answer(built, "months"), KPIS, None)
    assert compared == len(KPIS) * built.value(
        "select count(*) from dim_periods where period_grain = 'month'"
    )
    assert not wrong, f"{len(wrong)} of {compared}: {wrong[:20]}"


def check_segment(built: Build, segment: str) -> None:
    """All metrics over facts, every month and value of a segment, equal the scorecard."""
    compared, wrong = differences(built, answer(built, segment), BY_SEGMENT, segment)
    assert compared > len(BY_SEGMENT)
    assert not wrong, f"{len(wrong)} of {compared}: {wrong[:20]}"


@pytest.mark.usefixtures("asked")
def test_metrics_by_a_segment_equal_the_scorecard(built: Build) -> None:
    """Cut by the first of the segments."""
    check_segment(built, SEGMENTS[0])


@pytest.mark.long
def test_metrics_by_further_segments_equal_the_scorecard(built: Build) -> None:
    """Cut by each of the others."""
    mf(built, {segment: by_month(built, BY_SEGMENT, segment) for segment in SEGMENTS[1:]})
    for segment in SEGMENTS[1:]:
        check_segment(built, segment)


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("name", SAVED_QUERIES)
def test_saved_queries_answer(built: Build, name: str) -> None:
    """Each common report has rows."""
    assert len(answer(built, name)) > 1


@pytest.mark.usefixtures("asked")
def test_another_grain_of_a_stock_is_its_end(built: Build) -> None:
    """MRR by fiscal year end or quarter is that of the last day, not a sum of months."""
    rows = {row["metric_time__quarter"][:10]: row for row in answer(built, "quarters")}
    expected = built.query("""
        select cast(period_start as varchar), closing_mrr, closing_customers
        from kpi_revenue_retention
        where period_grain = 'quarter' and segment_type = 'all'
    """)
    assert len(expected) > 4
    for start, mrr, customers in expected:
        assert math.isclose(float(rows[start]["mrr"]), mrr, rel_tol=1e-12)
        assert float(rows[start]["active_customers"]) == customers
    (curve,) = {
        row[0]
        for row in built.query("""
            select ltv_survival from kpi_ltv
            where period_grain = 'month' and segment_type = 'all'
            order by period_start desc limit 1
        """)
    }
    assert math.isclose(float(rows[max(rows)]["ltv_survival"]), curve, rel_tol=1e-12)
