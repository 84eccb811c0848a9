"""Shows that a BI tool reads what was published: a chart in Apache Superset, made by its REST API.

Connects Superset to the published schema of PostgreSQL, makes a dataset of one mart and a line
chart of one KPI by month, lets Superset compute the chart's data, and compares every point with
the published DuckDB file. README.md beside this file describes how to run it.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from datetime import UTC, date, datetime
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb

MART = "kpi_revenue_retention"
KPI = "customer_churn_rate"
TITLE = "Customer churn rate by month"
DATABASE = "customer_success marts"


class Superset:
    """A session with Superset's REST API."""

    def __init__(self, url: str, user: str, password: str) -> None:
        """Log in.

        Args:
            url: Where Superset is, such as http://127.0.0.1:8088.
            user: Name of a user that may make databases, datasets and charts.
            password: Its password.

        Raises:
            SystemExit: Superset is not there or refuses; the message is what it says.
        """
        self.url = url.rstrip("/")
        self.headers = {"Referer": self.url}
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(CookieJar())  # its token goes with a cookie
        )
        login = {"username": user, "password": password, "provider": "db", "refresh": False}
        token = self.call("POST", "security/login", login)["access_token"]
        self.headers["Authorization"] = f"Bearer {token}"
        self.headers["X-CSRFToken"] = self.call("GET", "security/csrf_token/")["result"]

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """What a path below /api/v1/ answers.

        Args:
            method: GET, POST or PUT.
            path: The path.
            body: What is sent, as JSON; None for nothing.

        Raises:
            SystemExit: Superset is not there or refuses; the message is what it says.
        """
        request = urllib.request.Request(
            f"{self.url}/api/v1/{path}",
            data=None if body is None else json.dumps(body).encode(),
            # Superset refuses a request that announces JSON and has none.
            headers=self.headers | ({} if body is None else {"Content-Type": "application/json"}),
            method=method,
        )
        try:
            with self.opener.open(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            said = error.read().decode(errors="replace")[:500]
            sys.exit(f"Superset refused {method} {path} with {error.code}: {said}")
        except urllib.error.URLError as error:
            sys.exit(f"Superset is not reached at {self.url}: {error.reason}.")

    def kept(self, kind: str, key: str, body: Mapping[str, Any]) -> int:
        """The id of a thing of a name; it is made when it is not there.

        Args:
            kind: database, dataset or chart.
            key: The field of `body` that is its name.
            body: What it is made of.
        """
        named = quote(f"(filters:!((col:{key},opr:eq,value:'{body[key]}')))")
        found = self.call("GET", f"{kind}/?q={named}")["result"]
        if found:
            return int(found[0]["id"])
        return int(self.call("POST", f"{kind}/", body)["id"])


def query(dataset: int) -> dict[str, Any]:
    """The chart's question as Superset keeps it: the KPI of all customers, a point per month.

    Args:
        dataset: Id of the dataset.
    """
    metric = {"expressionType": "SQL", "sqlExpression": f"max({KPI})", "label": KPI}
    filters = [
        {"col": "period_grain", "op": "==", "val": "month"},
        {"col": "segment_type", "op": "==", "val": "all"},
    ]
    return {
        "datasource": {"id": dataset, "type": "table"},
        "force": True,
        "queries": [
            {
                "columns": ["period_start"],
                "metrics": [metric],
                "filters": filters,
                "orderby": [["period_start", True]],
                "row_limit": 1000,
            }
        ],
        "result_format": "json",
        "result_type": "full",
        "form_data": {"datasource": f"{dataset}__table", "viz_type": "echarts_timeseries_line"},
    }


def parameters(dataset: int) -> dict[str, Any]:
    """The same question as Superset's chart editor shows it."""
    filters = [
        {"expressionType": "SIMPLE", "clause": "WHERE", "subject": column, "operator": "=="}
        | {"comparator": value}
        for column, value in (("period_grain", "month"), ("segment_type", "all"))
    ]
    metric = {"expressionType": "SQL", "sqlExpression": f"max({KPI})", "label": KPI}
    return {
        "datasource": f"{dataset}__table",
        "viz_type": "echarts_timeseries_line",
        "x_axis": "period_start",
        "metrics": [metric],
        "adhoc_filters": filters,
        "y_axis_format": ".1%",
        "row_limit": 1000,
    }


def day(value: Any) -> date:
    """A day as Superset sends it: milliseconds since 1970 or a text."""
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value / 1000, UTC).date()
    return date.fromisoformat(str(value)[:10])


def published(file: Path) -> dict[date, float | None]:
    """The KPI by first day of the month, from the DuckDB file for readers."""
    with duckdb.connect(str(file), read_only=True) as connection:
        rows = connection.execute(
            f"select period_start, {KPI} from {MART} "
            "where period_grain = 'month' and segment_type = 'all' order by 1"
        ).fetchall()
    return dict(rows)


def arguments() -> argparse.Namespace:
    """Command line; passwords come from the environment."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="SUPERSET_PASSWORD: password of the user. SUPERSET_DATABASE_URI: how Superset "
        "reaches PostgreSQL as a reader, such as postgresql://bi_reader@127.0.0.1:5432/bi.",
    )
    parser.add_argument("--superset", default="http://127.0.0.1:8088", help="where Superset is")
    parser.add_argument("--user", default="admin")
    parser.add_argument("--schema", default="customer_success_marts", help="the published schema")
    parser.add_argument(
        "--published", type=Path, default=Path("build/published/customer_success.duckdb")
    )
    return parser.parse_args()


def main() -> None:
    """Make the chart, compare its data and print both."""
    options = arguments()
    missing = [
        name for name in ("SUPERSET_PASSWORD", "SUPERSET_DATABASE_URI") if name not in os.environ
    ]
    if missing:
        sys.exit(f"Set {' and '.join(missing)}; --help says what they are.")
    superset = Superset(options.superset, options.user, os.environ["SUPERSET_PASSWORD"])
    uri = os.environ["SUPERSET_DATABASE_URI"]
    database = superset.kept(
        "database", "database_name", {"database_name": DATABASE, "sqlalchemy_uri": uri}
    )
    dataset = superset.kept(
        "dataset",
        "table_name",
        {"database": database, "schema": options.schema, "table_name": MART},
    )
    question = query(dataset)
    chart = superset.kept(
        "chart",
        "slice_name",
        {
            "slice_name": TITLE,
            "viz_type": "echarts_timeseries_line",
            "datasource_id": dataset,
            "datasource_type": "table",
            "params": json.dumps(parameters(dataset)),
            "query_context": json.dumps(question),
        },
    )
    columns = superset.call("GET", f"dataset/{dataset}")["result"]["columns"]
    (described,) = (x["description"] for x in columns if x["column_name"] == KPI)
    answer = superset.call("GET", f"chart/{chart}/data/?force=true")["result"][0]
    shown = {day(row["period_start"]): row[KPI] for row in answer["data"]}
    expected = published(options.published)
    print(
        f"Superset: database {database}, dataset {dataset} ({len(columns)} columns), chart {chart}"
    )
    print(f"It describes {KPI} as: {described}")
    print(f"Its SQL:\n{answer['query'].strip()}")
    print(f"{'month':<12}{'Superset':>22}{'published file':>22}")
    for month in sorted(expected)[-4:]:
        print(f"{month:%Y-%m}     {shown.get(month)!r:>22}{expected[month]!r:>22}")
    if shown != expected:
        months = sorted(m for m in expected | shown if shown.get(m) != expected.get(m))
        sys.exit(f"{len(months)} of {len(expected)} months differ, first {months[0]:%Y-%m}.")
    print(f"All {len(expected)} months agree to the last digit.")


if __name__ == "__main__":
    main()
