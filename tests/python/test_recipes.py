"""The recipes of CONTRIBUTING.md, followed to the letter in one copy of the project, built once.

Each recipe is a list of edits of files by hand; what `make generate` and `make sample` write is not
counted. The files that a recipe edits are those that its section names.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from warehouse import ROOT, Build, run_dbt

COPIED = (
    *("dbt_project.yml", "profiles", "profiles.yml", "models", "macros", "seeds", "tests"),
    *("analyses", "tools", "docs", "pyproject.toml"),
)


@dataclass(frozen=True)
class Edit:
    """A piece of text that is put into a file.

    Attributes:
        file: The file, from the root of the project.
        after: What precedes the new text, found once in the file.
        text: The new text.
    """

    file: str
    after: str
    text: str


@dataclass(frozen=True)
class Recipe:
    """One of the recipes.

    Attributes:
        heading: Its heading in CONTRIBUTING.md.
        edits: What is edited by hand.
        most_files: The most files that may take; None for as many as the heading names.
    """

    heading: str
    edits: tuple[Edit, ...]
    most_files: int | None = None


RECIPES = {
    "raw column": Recipe(
        "A raw column",
        (
            Edit(
                "models/staging/_raw__sources.yml",
                'description: "The customer success manager who owns the account."\n',
                "          - name: sales_region\n"
                "            data_type: text\n"
                '            description: "Region of the sales team that won the customer."\n'
                "            config: {meta: {values: [east, west]}}\n",
            ),
            Edit(
                "models/staging/stg_customers.sql",
                "        csm_owner,\n",
                "        sales_region,\n",
            ),
            Edit(
                "tools/sample_company/customers.py",
                "assumptions.OWNERS),\n",
                '        "sales_region": labels(numbers % 2, ("east", "west")),\n',
            ),
            Edit(
                "tests/python/independent/random_company.py",
                "            csm_owner=self.rng.choice(_OWNERS),\n",
                '            sales_region=self.rng.choice(("east", "west", None)),\n',
            ),
            Edit(
                "tools/generate/contract_words.yml",
                "  csm_owner: {example: 佐藤, ja: 担当のカスタマーサクセスマネージャー。}\n",
                "  sales_region: {example: east, ja: 獲得した営業の地域。}\n",
            ),
        ),
        most_files=5,
    ),
    "KPI": Recipe(
        "A KPI",
        (
            Edit(
                "models/kpis/renewal/kpi_renewal.sql",
                "as voluntary_renewal_rate,\n",
                "        {{ ratio('auto_renewed_contracts', 'decided_contracts') }}\n"
                "            as auto_renewal_rate,\n",
            ),
            Edit(
                "models/kpis/renewal/kpi_renewal.yml",
                "\"{{ doc('kpi_voluntary_renewal_rate') }}\"\n",
                "      - name: auto_renewal_rate\n"
                "        data_type: *double\n"
                "        description: \"{{ doc('kpi_auto_renewal_rate') }}\"\n",
            ),
            Edit(
                "seeds/config/kpi_catalog.csv",
                "source,needs\n",
                "185,auto_renewal_rate,Automatic renewal rate,自動更新率,renewal,"
                "automatic renewals ÷ decided terms,自動更新の件数 ÷ 確定した件数,"
                "rate,lower,lagging,kpi_renewal,auto_renewal_rate,"
                "auto_renewed_contracts,decided_contracts,field usage,contracts\n",
            ),
            Edit(
                "docs/definitions/renewal.md",
                "renewed as `manual` ÷ (due − pending) |\n",
                '| <a id="auto_renewal_rate"></a>`auto_renewal_rate` | 自動更新率 '
                "| renewed as `auto` ÷ (due − pending) |\n",
            ),
            Edit(
                "models/semantic/renewal.yml",
                "\nmetrics:\n",
                "  - name: auto_renewal_rate\n"
                "    label: Automatic renewal rate\n"
                "    description: \"{{ doc('kpi_auto_renewal_rate') }}\"\n"
                "    type: ratio\n"
                "    type_params:\n"
                "      numerator: auto_renewed_contracts\n"
                "      denominator: decided_contracts\n\n",
            ),
            Edit(
                "tests/python/independent/renewal.py",
                '        "voluntary_renewal_rate": tally.rate("manual", "decided"),\n',
                '        "auto_renewal_rate": tally.rate("auto", "decided"),\n',
            ),
        ),
        most_files=6,
    ),
    "alert": Recipe(
        "An alert",
        (
            Edit(
                "models/intermediate/health/int_renewal_alerts.sql",
                "alerts as (\n",
                "    select\n"
                "        customer_id,\n"
                "        'renewal_soon' as alert_type,\n"
                "        {{ add_days('term_end', -30) }} as raised_on,\n"
                "        'term ends on ' || {{ day_text('term_end') }} as evidence\n"
                "    from first_terms\n"
                "    where term_number = 1\n"
                "        and {{ add_days('term_end', -30) }} <= {{ as_of_date() }}\n"
                "    union all\n",
            ),
            Edit(
                "models/intermediate/health/int_renewal_alerts.yml",
                "unit_tests:\n",
                "  - name: test_int_renewal_alerts_soon\n"
                "    model: int_renewal_alerts\n"
                "    description: Raised 30 days before the end of the term.\n"
                "    overrides:\n"
                "      vars: {as_of_date: 2025-06-30}\n"
                "      macros: {raw_table_is_present: true}\n"
                "    given:\n"
                "      - input: ref('customer_success', 'int_open_terms')\n"
                "        format: csv\n"
                "        rows: |\n"
                "          contract_id,customer_id,term_end,renewal_type,due_from_on\n"
                "          c1,soon,2025-07-30,new,2025-05-01\n"
                "          c2,later,2025-07-31,new,2025-05-02\n"
                "      - input: ref('customer_success', 'fct_customer_health')\n"
                "        rows: []\n"
                "      - input: ref('customer_success', 'int_health_partitions')\n"
                "        rows: []\n"
                "      - input: ref('customer_success', 'stg_sessions')\n"
                "        rows: []\n"
                "    expect:\n"
                "      rows:\n"
                "        - {customer_id: soon, alert_type: renewal_soon}\n\n",
            ),
            Edit(
                "docs/definitions/health.md",
                "| alert | cause | raised on |\n|---|---|---|\n",
                "| `renewal_soon` | a term that is not renewed ends soon | 30 days before |\n",
            ),
            Edit(
                "tests/python/independent/alerts.py",
                '        "dormant_auto_renewal": dormant_auto_renewal(history),\n',
                '        "renewal_soon": {\n'
                '            customer_id: terms[0]["term_end"] - days(30)\n'
                "            for customer_id, terms in _open_terms(history).items()\n"
                '            if terms[0]["term_end"] - days(30) <= history.as_of\n'
                "        },\n",
            ),
        ),
        most_files=4,
    ),
    "segment by customer attribute": Recipe(
        "A segment by customer attribute",
        (
            Edit(
                "macros/segments/segments.sql",
                "        'signup_fiscal_year',\n",
                "        'sales_region',\n",
            ),
            Edit(
                "models/intermediate/core/int_customers.sql",
                "        csm_owner,\n",
                "        sales_region,\n",
            ),
            Edit(
                "models/intermediate/core/int_customers.yml",
                "\"{{ doc('raw_customers__csm_owner') }}\"\n",
                "      - name: sales_region\n"
                "        description: \"{{ doc('raw_customers__sales_region') }}\"\n",
            ),
            Edit("dbt_project.yml", "    - signup_fiscal_year\n", "    - sales_region\n"),
            Edit("docs/definitions/core.md", "`segments`: ", "`sales_region`, "),
            Edit(
                "tests/python/independent/history.py",
                '"company_size", "csm_owner")\n',
                '        names = (*names, "sales_region")\n',
            ),
            Edit(
                "tests/python/independent/policy.py",
                '    "signup_fiscal_year",\n',
                '    "sales_region",\n',
            ),
        ),
    ),
    "segment by plan attribute": Recipe(
        "A segment by plan attribute",
        (
            Edit(
                "macros/segments/segments.sql",
                "'product': 'product_id'",
                ", 'plan_name': 'plan_name'",
            ),
            Edit("dbt_project.yml", "    - plan\n", "    - plan_name\n"),
            Edit("docs/definitions/core.md", "`plan`, ", "`plan_name`, "),
            Edit(
                "tests/python/independent/history.py",
                '            "plan": plan_id or NONE,\n',
                '            "plan_name": self.plans[plan_id]["plan_name"] if plan_id else NONE,\n',
            ),
            Edit("tests/python/independent/policy.py", '    "plan",\n', '    "plan_name",\n'),
        ),
    ),
    "site page": Recipe(
        "A page of the site",
        (
            Edit(
                "tools/site/pages.py",
                "PAGES = (\n",
                "    Page(\n"
                '        "orders",\n'
                "        charts=(\n"
                '            Chart("repeat_customers", "kpi_repeat", ("repeat_rate",)),\n'
                "        ),\n"
                "    ),\n",
            ),
            Edit("tools/site/languages/en.yml", "\npages:\n", "  orders: Orders\n"),
            Edit(
                "tools/site/languages/en.yml",
                "\ncharts:\n",
                "  repeat_customers: Customers who came back\n",
            ),
            Edit("tools/site/languages/ja.yml", "\npages:\n", "  orders: 注文\n"),
            Edit(
                "tools/site/languages/ja.yml",
                "\ncharts:\n",
                "  repeat_customers: 再購入した顧客\n",
            ),
        ),
    ),
}


def section(heading: str) -> str:
    """What CONTRIBUTING.md has below a heading."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    found = re.search(
        rf"^### {re.escape(heading)}\n(.*?)(?=^##|\Z)", text, re.DOTALL | re.MULTILINE
    )
    assert found, heading
    return found[1]


def names(section_text: str, file: str) -> bool:
    """Whether a recipe names a file: as it is, with <placeholders>, or by its folder."""
    for path in re.findall(r"`([^`\n]+)`", section_text):
        literal = map(re.escape, re.split(r"<\w+>", path))
        if re.fullmatch(r"\w+".join(literal) + (".*" if path.endswith("/") else ""), file):
            return True
    return False


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_edits_what_it_names(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """No file that its section does not name, and no more files than it may."""
    recipe = RECIPES[name]
    files = sorted({edit.file for edit in recipe.edits})
    assert [file for file in files if not names(section(recipe.heading), file)] == []
    assert recipe.most_files is None or len(files) <= recipe.most_files
    with capsys.disabled():
        print(f"\n{recipe.heading}: {len(files)} files: {', '.join(files)}")


def follow(project: Path, recipe: Recipe) -> None:
    """Make the edits of a recipe."""
    for edit in recipe.edits:
        path = project / edit.file
        text = path.read_text(encoding="utf-8")
        assert text.count(edit.after) == 1, f"{edit.file}: {edit.after!r}"
        path.write_text(text.replace(edit.after, edit.after + edit.text), encoding="utf-8")


def python(project: Path, *command: str, database: Path | None = None) -> str:
    """What a Python command prints in the copy of the project."""
    finished = subprocess.run(
        [sys.executable, *command],
        cwd=project,
        env={
            **os.environ,
            "PYTHONPATH": f"{project}{os.pathsep}{project / 'tests' / 'python'}",
            **({"DUCKDB_PATH": str(database)} if database else {}),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """A copy of the project after all recipes, with its sample company."""
    project = tmp_path_factory.mktemp("recipes") / "project"
    project.mkdir()
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(
                ROOT / name, project / name, ignore=shutil.ignore_patterns("__pycache__")
            )
        else:
            shutil.copy(ROOT / name, project / name)
    for recipe in RECIPES.values():
        follow(project, recipe)
    # `make generate`
    python(project, "-m", "tools.sample_company", "--prefix", "raw_", "--out", "seeds/sample")
    python(project, "-m", "tools.generate")
    run = run_dbt(project.parent, project=project)
    assert run.returncode == 0, run.output
    return run


@pytest.mark.ci
def test_the_raw_column_is_checked_and_read(built: Build) -> None:
    """In staging, with its check, and among the sample's values."""
    query = "select distinct sales_region from main_staging.stg_customers order by 1"
    assert built.query(query) == [("east",), ("west",)]


@pytest.mark.ci
def test_the_kpi_is_in_the_scorecard(built: Build) -> None:
    """Without new SQL, for every segment; described from the catalogue."""
    assert built.value("select count(*) from kpi_scorecard where kpi_code = 'auto_renewal_rate'")
    assert built.value(
        "select count(*) from kpi_scorecard where kpi_code = 'auto_renewal_rate' and value > 0"
        " and segment_type = 'sales_region'"
    )
    manifest: dict[str, Any] = json.loads(
        (built.database.parent / "target" / "manifest.json").read_text(encoding="utf-8")
    )
    assert "metric.customer_success.auto_renewal_rate" in manifest["metrics"]
    column = manifest["nodes"]["model.customer_success.kpi_renewal"]["columns"]["auto_renewal_rate"]
    assert "自動更新率" in column["description"]


@pytest.mark.ci
def test_the_segments_cut_every_kpi(built: Build) -> None:
    """Both of them; what moves between plans, moves between names of plans too."""
    for mart in ("kpi_revenue_retention", "kpi_nps", "kpi_health", "kpi_ltv"):
        types = {row[0] for row in built.query(f"select distinct segment_type from {mart}")}
        assert {"sales_region", "plan_name"} <= types, mart
    assert built.value(
        "select sum(transferred_in_customers) from kpi_revenue_retention"
        " where segment_type = 'plan_name'"
    )


@pytest.mark.ci
def test_the_independent_calculation_agrees(built: Build) -> None:
    """Every row and column of every mart, with the KPI, the alert and the segments."""
    project = built.database.parent / "project"
    python(project, "-c", AGREES, str(built.database))
    assert built.value("select count(*) from fct_customer_alerts where alert_type = 'renewal_soon'")


AGREES = """
import sys
from datetime import date
from pathlib import Path
import csv

from independent import Config, Policy, compute
from independent.compare import compare
from test_independent import KEYS, SENTENCES, without_columns
from warehouse import Build

raw = {}
for path in Path("seeds/sample").glob("raw_*.csv"):
    with path.open(encoding="utf-8", newline="") as file:
        rows = [{name: text or None for name, text in row.items()} for row in csv.DictReader(file)]
    raw[path.stem.removeprefix("raw_")] = rows
built = Build(Path(sys.argv[1]), "", 0)
expected = compute(raw, Policy(as_of_date=date(2026, 9, 30)), Config.load(Path("seeds/config")))
for row in expected["rpt_raw_reconciliation"]:
    row["origin"] = "sample"
differences = [
    difference
    for table, key in KEYS.items()
    for difference in compare(
        table, key, expected[table], without_columns(built.rows(table), SENTENCES.get(table, ()))
    )
]
sys.exit("\\n".join(differences[:20]) or 0)
"""


@pytest.mark.ci
def test_the_page_is_on_the_site(built: Build) -> None:
    """With its title in both languages."""
    project = built.database.parent / "project"
    python(project, "-m", "tools.site", database=built.database)
    page = (project / "build" / "site" / "orders.html").read_text(encoding="utf-8")
    for text in ("Orders", "注文", "Customers who came back", "再購入した顧客"):
        assert text in page
