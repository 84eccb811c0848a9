"""`python -m tools.review.built`: what differs between two builds that are there, as Markdown.

For a dbt project that has this one as a package: the marts of its main branch and those of a
change, in two DuckDB files or two schemas. Each build is known by its manifest.json.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tools.marts import MartsError, Place, add_place_arguments, place, read_manifest, schema_of
from tools.project import PACKAGE
from tools.review.compare import compare_marts
from tools.review.report import NODES, Change, markdown, names


def arguments() -> argparse.Namespace:
    """Command line of the comparison."""
    parser = argparse.ArgumentParser(prog="python -m tools.review.built", description=__doc__)
    add_place_arguments(parser)
    parser.add_argument(
        "--before-manifest", type=Path, required=True, help="manifest.json of the build before"
    )
    parser.add_argument(
        "--before-database", type=Path, help="its DuckDB file (default: that of --database)"
    )
    parser.add_argument("--out", type=Path, help="file to write beside printing")
    options = parser.parse_args()
    if not options.manifest:
        parser.error("--manifest is needed: manifest.json of the build to compare")
    return options


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Names of models and seeds of this package whose files are new or other ones."""
    return sorted(
        node["name"]
        for name, node in after["nodes"].items()
        if node["resource_type"] in NODES
        and node["package_name"] == PACKAGE
        and node["checksum"] != before["nodes"].get(name, {}).get("checksum")
    )


def main() -> None:
    """Compare and print the report, or end with a sentence about what to do."""
    options = arguments()
    try:
        before, after = read_manifest(options.before_manifest), read_manifest(options.manifest)
        now = place(options)
        base = Place(options.before_database or now.database, now.postgres, schema_of(before))
        marts = compare_marts(base, before, now, after)
    except MartsError as error:
        sys.exit(str(error))
    change = Change(
        since=f"the build of {before['metadata']['generated_at'][:16]}",
        data=f"the raw tables of {after['metadata']['project_name']}",
        modified=changed(before, after),
        removed=sorted(names(before) - names(after)),
        manifest=after,
    )
    report = markdown(change, marts)
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(report, encoding="utf-8")
    print(report)


if __name__ == "__main__":
    main()
