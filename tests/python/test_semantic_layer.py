"""The semantic layer says what the scorecard says: every metric, by month and by segment."""

from __future__ import annotations

import csv
import json
import math
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from warehouse import ROOT, Build, run_dbt

from tools.generate.kpis import catalog

MF = Path(sys.executable).with_name("mf")
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


def mf(built: Build, *command: str) -> str:
    """Run the command of MetricFlow and return what it printed."""
    project = built.database.parent / "project"
    finished = subprocess.run(
        [str(MF), *command],
        cwd=project,
        env={**os.environ, "DUCKDB_PATH": str(built.database), "DBT_PROFILES_DIR": str(project)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout[-3000:] + finished.stderr[-3000:]
    return finished.stdout


def by_month(built: Build, metrics: Sequence[str], segment: str | None) -> list[dict[str, str]]:
    """What `mf query` answers for some metrics by month, and by a segment if one is given."""
    answer = built.database.parent / "answer.csv"
    group_by = "metric_time__month" + (f",customer__{segment}" if segment else "")
    mf(
        built,
        *("query", "--metrics", ",".join(metrics), "--group-by", group_by),
        *("--csv", str(answer), "--decimals", "15"),
    )
    with answer.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def differences(
    built: Build, answer: list[dict[str, str]], metrics: Sequence[str], segment: str | None
) -> tuple[int, list[Any]]:
    """How many values of the scorecard were compared with an answer, and which differ."""
    found = {
        (metric, row["metric_time__month"][:10], row.get(f"customer__{segment}", "all")): row[
            metric
        ]
        for row in answer
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
            answered = float(text) if text not in ("", "None") else None
            is_same = (
                answered is value
                if answered is None or value is None
                else math.isclose(answered, value, rel_tol=1e-9, abs_tol=1e-9)
            )
            if not is_same:
                wrong.append((kpi_code, month, value_of_segment, value, answered))
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


def test_configuration_is_valid(built: Build) -> None:
    """`mf validate-configs` finds nothing, neither in the files nor in the warehouse."""
    printed = mf(built, "validate-configs")
    assert "ERRORS: 0" in printed
    assert "ERRORS: 1" not in printed
    manifest = json.loads(
        (built.database.parent / "target" / "semantic_manifest.json").read_text(encoding="utf-8")
    )
    assert len(manifest["metrics"]) >= len(KPIS)


def test_metrics_by_month_equal_the_scorecard(built: Build) -> None:
    """All metrics, every month, for all customers."""
    compared, wrong = differences(built, by_month(built, KPIS, None), KPIS, None)
    assert compared == len(KPIS) * built.value(
        "select count(*) from dim_periods where period_grain = 'month'"
    )
    assert not wrong, f"{len(wrong)} of {compared}: {wrong[:20]}"


@pytest.mark.parametrize(
    "segment",
    [SEGMENTS[0], *(pytest.param(segment, marks=pytest.mark.ci) for segment in SEGMENTS[1:])],
)
def test_metrics_by_segment_equal_the_scorecard(built: Build, segment: str) -> None:
    """All metrics over facts, every month and value of the segment."""
    answer = by_month(built, BY_SEGMENT, segment)
    compared, wrong = differences(built, answer, BY_SEGMENT, segment)
    assert compared > len(BY_SEGMENT)
    assert not wrong, f"{len(wrong)} of {compared}: {wrong[:20]}"


@pytest.mark.parametrize(
    "query", [query["name"] for query in SEMANTIC["saved_queries"]["saved_queries"]]
)
def test_saved_queries_answer(built: Build, query: str) -> None:
    """Each common report has rows."""
    answer = built.database.parent / f"{query}.csv"
    mf(built, "query", "--saved-query", query, "--csv", str(answer))
    with answer.open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) > 1


def test_another_grain_of_a_stock_is_its_end(built: Build) -> None:
    """MRR by fiscal year end or quarter is that of the last day, not a sum of months."""
    answer = built.database.parent / "quarters.csv"
    mf(
        built,
        *("query", "--metrics", "mrr,active_customers,ltv_survival"),
        *("--group-by", "metric_time__quarter", "--csv", str(answer), "--decimals", "15"),
    )
    with answer.open(encoding="utf-8", newline="") as file:
        rows = {row["metric_time__quarter"][:10]: row for row in csv.DictReader(file)}
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
