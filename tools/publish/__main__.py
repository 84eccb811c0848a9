"""`make publish`: hands the marts to readers without holding up a build.

The marts are copied out of the warehouse once; DuckDB file, Parquet and PostgreSQL are all made of
that copy, and each is switched to the new version at once when all of them are ready.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import duckdb

from tools.marts import add_database_argument
from tools.publish import duckdb_file, parquet, postgres
from tools.publish.declared import check_last_run, declared
from tools.publish.folder import UNFINISHED, locked, remove_unfinished
from tools.publish.problem import Progress, PublishError, first_line
from tools.publish.snapshot import take_snapshot

FORMS = ("duckdb", "parquet", "postgres")
WAIT = 300.0


def arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    """Command line of `make publish`.

    Args:
        words: Its words; those of this process by default.
    """
    environment = os.environ
    parser = argparse.ArgumentParser(prog="python -m tools.publish", description=__doc__)
    add_database_argument(parser)
    parser.add_argument(
        "--out", type=Path, default=Path("build/published"), help="folder for readers"
    )
    parser.add_argument(
        "--only",
        default="",
        help="some of duckdb,parquet,postgres (default: duckdb,parquet, and postgres when a "
        "connection is given)",
    )
    parser.add_argument(
        "--postgres",
        metavar="URI",
        default=environment.get("PUBLISH_POSTGRES_URI", ""),
        help="PostgreSQL to publish to (default: PUBLISH_POSTGRES_URI, which keeps a password out "
        "of the list of processes)",
    )
    parser.add_argument(
        "--postgres-schema", default=postgres.SCHEMA, help=f"default: {postgres.SCHEMA}"
    )
    parser.add_argument(
        "--reader-role",
        action="append",
        metavar="ROLE",
        help="role of PostgreSQL that may read the marts; repeatable (default: "
        "PUBLISH_READER_ROLES, separated by commas, or the roles that could read them before)",
    )
    parser.add_argument(
        "--target-path",
        type=Path,
        default=Path(environment.get("DBT_TARGET_PATH") or "target"),
        help="dbt's folder of artifacts, whose manifest.json lists the marts and their schema "
        "(default: target)",
    )
    parser.add_argument(
        "--wait",
        type=float,
        default=WAIT,
        metavar="SECONDS",
        help=f"how long to wait for a build or another publish (default: {WAIT:.0f})",
    )
    parser.add_argument(
        "--manifest",
        type=Path,
        help="that manifest.json itself, in place of its folder",
    )
    options = parser.parse_args(words)
    if options.manifest:
        options.target_path = options.manifest.parent
    if options.reader_role is None:
        roles = environment.get("PUBLISH_READER_ROLES", "").split(",")
        options.reader_role = [role.strip() for role in roles if role.strip()]
    return options


def forms(only: str, uri: str) -> list[str]:
    """In which forms to publish.

    Args:
        only: Names separated by commas; empty for the default.
        uri: Connection to PostgreSQL; empty for none.

    Raises:
        PublishError: A name is unknown, or PostgreSQL is asked for without a connection.
    """
    wanted = [name.strip() for name in only.split(",") if name.strip()]
    unknown = [name for name in wanted if name not in FORMS]
    if unknown:
        raise PublishError(f"--only takes {', '.join(FORMS)}; {unknown[0]} is none of them.")
    if "postgres" in wanted and not uri:
        raise PublishError(
            "Publishing to PostgreSQL needs a connection: set PUBLISH_POSTGRES_URI or give "
            "--postgres postgresql://user@host/database."
        )
    if not wanted:
        wanted = ["duckdb", "parquet"] + (["postgres"] if uri else [])
    return wanted


def publish(options: argparse.Namespace) -> list[str]:
    """Publish one version.

    Args:
        options: The command line.

    Returns:
        Lines with what was published and where.

    Raises:
        PublishError: Something that the user can fix; readers have the former version.
    """
    wanted = forms(options.only, options.postgres)
    marts = declared(options.target_path)
    check_last_run(options.target_path)
    progress = Progress()
    out = options.out
    places = []
    with ExitStack() as stack:
        stack.enter_context(locked(out, options.wait))
        server = None
        if "postgres" in wanted:
            destination = postgres.Destination(
                options.postgres, options.postgres_schema, options.reader_role
            )
            server = stack.enter_context(postgres.Publication(destination, options.wait))
        remove_unfinished(out)
        stack.callback(remove_unfinished, out)
        snapshot = out / f"{UNFINISHED}{duckdb_file.NAME}"
        version = take_snapshot(options.database, marts, snapshot, options.wait, progress)
        folder = (
            parquet.prepare(version, out, options.target_path, progress)
            if "parquet" in wanted
            else None
        )
        # The one that can still be refused goes first: then nothing else has been switched.
        if server:
            server.prepare(version, progress)
            server.switch(version, progress)
            places.append(f"  PostgreSQL  {server.where()}")
        if folder:
            places.append(f"  Parquet     {parquet.switch(folder)}")
        if "duckdb" in wanted:
            places.append(f"  DuckDB      {duckdb_file.switch(snapshot, out)}")
    rows = sum(mart.rows for mart in version.marts)
    head = f"Published as of {version.as_of}: {len(version.marts)} marts, {rows:,} rows."
    return [head, *reversed(places)]


def main() -> None:
    """Publish and print where, or end with a sentence about what to do."""
    try:
        lines = publish(arguments())
    except PublishError as problem:
        sys.exit(str(problem))
    except (OSError, duckdb.Error) as error:
        sys.exit(
            f"Publishing failed ({first_line(error)}): fix that and publish again; readers have "
            "the former version."
        )
    except KeyboardInterrupt:
        sys.exit("Stopped; readers have the former version.")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
