"""`make docs`: a folder that opens from disk, with everything about the figures.

build/docs/index.html       every KPI and mart, and where each comes from
build/docs/dbt.html         dbt's own documentation: models, columns, tests, lineage of models
build/docs/lineage.html     lineage of columns
build/docs/definitions.html, definitions_<subject>.html, kpis.html, decisions.html
                            the written rules
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import jinja2
from markdown_it import MarkdownIt

from tools.docs.lineage import is_raw, write_lineage
from tools.generate.kpis import catalog
from tools.project import (
    ROOT,
    artifact,
    dbt_command,
    dbt_vars,
    declared_marts,
    run_dbt,
    warehouse,
)

TEMPLATES = Path(__file__).parent / "templates"
DEFINITIONS = ROOT / "docs" / "definitions"


def arguments() -> argparse.Namespace:
    """Command line of `make docs`."""
    parser = argparse.ArgumentParser(prog="python -m tools.docs", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build/docs"), help="folder to write")
    parser.add_argument("--vars", default="{}", help="dbt vars of the build, as YAML")
    parser.add_argument("--target", default="duckdb", help="dbt target: the engine")
    parser.add_argument(
        "--manifest",
        type=Path,
        help="manifest.json of another dbt project with this package, beside what its "
        "`dbt docs generate --static` wrote; nothing is generated then",
    )
    return parser.parse_args()


def generated(manifest: Path) -> Path:
    """The folder in which another dbt project was described.

    Args:
        manifest: Its manifest.json.

    Raises:
        SystemExit: A file is not there that `dbt docs generate --static` writes.
    """
    for name in (manifest.name, "catalog.json", "static_index.html"):
        if not (manifest.parent / name).is_file():
            sys.exit(
                f"{manifest.parent / name} is missing; run `dbt docs generate --static` in the "
                "project that built the marts."
            )
    return manifest.parent


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
    for name, node in declared_marts(manifest).items():
        if node["access"] == "public":
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


def documents() -> dict[Path, str]:
    """The written documents, and the name of the page that each becomes."""
    subjects = sorted(path for path in DEFINITIONS.glob("*.md") if path.name != "README.md")
    return {
        DEFINITIONS / "README.md": "definitions.html",
        **{path: f"definitions_{path.stem}.html" for path in subjects},
        ROOT / "docs" / "kpis.md": "kpis.html",
        ROOT / "DECISIONLOG.md": "decisions.html",
    }


def anchor(heading: str) -> str:
    """What a link calls a heading, as GitHub does."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def rendered(source: Path, pages: Mapping[Path, str]) -> str:
    """A document as HTML: its headings can be linked to, its links lead to the other pages.

    Args:
        source: The Markdown file.
        pages: The page of each document.
    """
    markdown = MarkdownIt("commonmark").enable("table")
    tokens = markdown.parse(source.read_text(encoding="utf-8"))
    for token, after in pairwise(tokens):
        if token.type == "heading_open":
            token.attrSet("id", anchor(after.content))
    for child in (child for token in tokens for child in token.children or []):
        file, hash_, name = str(child.attrGet("href") or "").partition("#")
        page = pages.get((source.parent / file).resolve()) if file else None
        if page:
            child.attrSet("href", f"{page}{hash_}{name}")
    return str(markdown.renderer.render(tokens, markdown.options, {}))


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
    pages = documents()
    for source, page in pages.items():
        title = source.read_text(encoding="utf-8").splitlines()[0].lstrip("# ")
        html = environment.get_template("page.html.j2").render(
            title=title, body=rendered(source, pages)
        )
        (folder / page).write_text(html, encoding="utf-8")


def main() -> None:
    """Write the folder anew and say where it is."""
    options = arguments()
    if options.manifest:
        target = generated(options.manifest)
    else:
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
