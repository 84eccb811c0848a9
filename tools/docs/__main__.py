"""`make docs`: a folder that opens from disk, with everything about the figures.

build/docs/index.html       every KPI and mart, and where each comes from
build/docs/dbt.html         dbt's own documentation: models, columns, tests, lineage of models
build/docs/lineage.html     lineage of columns
build/docs/definitions.html, decisions.html   the written rules
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2
from markdown_it import MarkdownIt

from tools.docs.kpi_columns import catalog
from tools.docs.lineage import is_raw, write_lineage
from tools.project import ROOT, artifact, dbt_command, dbt_vars, run_dbt, warehouse

TEMPLATES = Path(__file__).parent / "templates"
PAGES = {"definitions": "docs/definitions.md", "decisions": "DECISIONLOG.md"}


def arguments() -> argparse.Namespace:
    """Command line of `make docs`."""
    parser = argparse.ArgumentParser(prog="python -m tools.docs", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build/docs"), help="folder to write")
    parser.add_argument("--vars", default="{}", help="dbt vars of the build, as YAML")
    parser.add_argument("--target", default="duckdb", help="dbt target: the engine")
    return parser.parse_args()


def generate(target: Path, variables: Mapping[str, Any], engine: str) -> None:
    """Let dbt describe the project and what is in the warehouse.

    Args:
        target: Folder for dbt's artifacts.
        variables: dbt vars.
        engine: dbt target.

    Raises:
        SystemExit: There is no warehouse yet, or dbt failed.
    """
    database = warehouse()
    if engine == "duckdb" and not database.exists():
        sys.exit(f"There is no warehouse {database} to describe; run `make build` first.")
    command = dbt_command(
        *("docs", "generate", "--static"),
        variables=variables,
        target=engine,
        target_path=target.resolve(),
    )
    finished = run_dbt(command, is_captured=True)
    if finished.returncode:
        sys.exit(finished.stdout + finished.stderr)


def raw_tables(manifest: dict[str, Any], node: str) -> list[str]:
    """The raw tables that a node is made from, sorted."""
    found: set[str] = set()
    waiting = [node]
    seen = set()
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        if is_raw(current):
            found.add(current.rsplit(".", 1)[-1].removeprefix("raw_"))
        waiting += manifest["parent_map"].get(current, [])
    return sorted(found)


def marts(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    """What the index page lists of each mart, in the order of subjects and names."""
    described = []
    for name, node in manifest["nodes"].items():
        if node["resource_type"] == "model" and node["access"] == "public":
            group = manifest["groups"][f"group.customer_success.{node['group']}"]
            described.append(
                {
                    "name": node["name"],
                    "id": name,
                    "subject": Path(node["path"]).parent.name,
                    "owner": group["owner"]["name"],
                    "description": node["description"],
                    "raw_tables": raw_tables(manifest, name),
                    "pii": [
                        column["name"]
                        for column in node["columns"].values()
                        if column["config"]["meta"].get("pii")
                    ],
                }
            )
    return sorted(described, key=lambda mart: (mart["subject"], mart["name"]))


def write_pages(manifest: dict[str, Any], folder: Path) -> None:
    """Write the index and the written rules.

    Args:
        manifest: dbt's manifest.
        folder: Where the pages go.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined
    )
    index = environment.get_template("index.html.j2").render(kpis=catalog(), marts=marts(manifest))
    (folder / "index.html").write_text(index, encoding="utf-8")
    markdown = MarkdownIt("commonmark").enable("table")
    for page, source in PAGES.items():
        text = (ROOT / source).read_text(encoding="utf-8")
        for name, path in PAGES.items():
            text = text.replace(f"]({Path(path).name}", f"]({name}.html")
            text = text.replace(f"](../{path}", f"]({name}.html").replace(
                f"]({path}", f"]({name}.html"
            )
        html = environment.get_template("page.html.j2").render(
            title=text.splitlines()[0].lstrip("# "), body=markdown.render(text)
        )
        (folder / f"{page}.html").write_text(html, encoding="utf-8")


def main() -> None:
    """Write the folder anew and say where it is."""
    options = arguments()
    target = options.out / ".dbt"
    generate(target, dbt_vars(further=options.vars), options.target)
    lineage = options.out / ".lineage"
    write_lineage(target, lineage)
    shutil.copyfile(target / "static_index.html", options.out / "dbt.html")
    shutil.copyfile(lineage / "index.html", options.out / "lineage.html")
    write_pages(artifact(target), options.out)
    print(f"Documentation: {(options.out / 'index.html').resolve()}")


if __name__ == "__main__":
    main()
