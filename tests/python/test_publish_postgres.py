"""Publishing to PostgreSQL: types, values, words and rights, and readers who notice nothing."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pytest
from warehouse import ROOT, Build

from tools.engines import postgres as server
from tools.project import is_mart
from tools.publish.postgres import SCHEMA

pytestmark = pytest.mark.ci
MARTS = sorted(path.stem for path in (ROOT / "models").rglob("*.sql") if is_mart(path.stem))
READER = "bi_reader"
# PostgreSQL's name of each type of the marts' contracts, as the catalogue spells it.
TYPES = {
    "BOOLEAN": "boolean",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "DOUBLE": "double precision",
    "VARCHAR": "text",
    "DATE": "date",
    "TIMESTAMP": "timestamp without time zone",
    "DECIMAL(18,4)": "numeric(18,4)",
}
COLUMNS = f"""
    select
        relation.relname, attribute.attname,
        format_type(attribute.atttypid, attribute.atttypmod),
        col_description(relation.oid, attribute.attnum),
        obj_description(relation.oid, 'pg_class')
    from pg_attribute as attribute
    inner join pg_class as relation on relation.oid = attribute.attrelid
    inner join pg_namespace as namespace on namespace.oid = relation.relnamespace
    where namespace.nspname = '{SCHEMA}' and attribute.attnum > 0 and relation.relkind = 'r'
    order by relation.relname, attribute.attnum
"""
# One statement, so one version: what it sees of two marts and the day must belong together.
GLANCE = f"""
    select
        (select policy_value from {SCHEMA}.rpt_policies where policy_name = 'as_of_date'),
        (select count(*) from {SCHEMA}.fct_churns),
        (select count(*) from {SCHEMA}.kpi_revenue_retention)
"""


@dataclass(frozen=True)
class Server:
    """A PostgreSQL that runs, and a sample to publish to it."""

    port: str
    source: Path
    former: Path
    target: Path

    def uri(self, user: str = "postgres") -> str:
        """The connection of a user."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{server.DATABASE}"

    @contextmanager
    def connected(self, user: str = "postgres") -> Iterator[Any]:
        """A connection that commits each statement."""
        import psycopg2  # noqa: PLC0415

        connection = psycopg2.connect(self.uri(user))
        connection.autocommit = True
        try:
            yield connection
        finally:
            connection.close()

    def rows(self, statement: str, user: str = "postgres") -> list[tuple[Any, ...]]:
        """Rows of a statement; none where it returns none."""
        with self.connected(user) as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []

    def command(self, database: Path, *further: str) -> list[str]:
        """The words that publish a warehouse to PostgreSQL alone."""
        words = [sys.executable, "-m", "tools.publish", "--only", "postgres"]
        words += ["--database", str(database), "--target-path", str(self.target)]
        return [*words, "--out", str(self.source.parent / "out"), *further]

    def attempt(self, database: Path, *further: str) -> subprocess.CompletedProcess[str]:
        """Publish in a process of its own, however it ends."""
        return subprocess.run(
            self.command(database, *further),
            cwd=ROOT,
            env=os.environ | {"PUBLISH_POSTGRES_URI": self.uri()},
            capture_output=True,
            text=True,
            check=False,
        )

    def publish(self, database: Path, *further: str) -> subprocess.CompletedProcess[str]:
        """Publish and insist that it succeeds."""
        finished = self.attempt(database, *further)
        assert finished.returncode == 0, finished.stderr
        return finished

    def refused(self, database: Path, *further: str) -> str:
        """Publish, insist that it ends with one sentence, and return that."""
        finished = self.attempt(database, *further)
        assert finished.returncode == 1
        assert "Traceback" not in finished.stderr
        return finished.stderr.strip()

    def schemas(self) -> list[str]:
        """The schemas of readers: there should be one, whatever happened."""
        rows = self.rows(f"select nspname from pg_namespace where nspname like '{SCHEMA}%'")
        return [name for (name,) in rows]


def with_another_day(database: Path, folder: Path) -> Path:
    """A warehouse of another as-of date and with one churn and one KPI row less."""
    folder.mkdir()
    copy = folder / database.name
    shutil.copy(database, copy)
    with duckdb.connect(str(copy)) as connection:
        for mart in ("fct_churns", "kpi_revenue_retention"):
            connection.execute(f"delete from {mart} where rowid = (select min(rowid) from {mart})")
        connection.execute(
            "update rpt_policies set policy_value = '2026-08-31' where policy_name = 'as_of_date'"
        )
    return copy


@pytest.fixture(scope="module")
def pg(sample: Build, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A private PostgreSQL with a reader role; without one the tests are skipped, or fail."""
    # not in pytest's own folder, where the user postgres, as whom the server runs, may not look
    folder = Path(tempfile.mkdtemp(prefix="postgres_"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    try:
        for package in ("adbc_driver_postgresql", "pyarrow"):
            if importlib.util.find_spec(package) is None:
                raise server.PostgresMissingError(f"The package {package} is not installed.")
        started = server.start(folder, port)
    except server.PostgresMissingError as missing:
        shutil.rmtree(folder)
        if os.environ.get("REQUIRE_ENGINES"):
            raise
        pytest.skip(str(missing))
    try:
        database = sample.database
        former = with_another_day(database, tmp_path_factory.mktemp("earlier") / "warehouse")
        target = database.parent / "target"
        running = Server(started["POSTGRES_PORT"], database, former, target)
        running.rows(f"create role {READER} login")
        running.publish(database, "--reader-role", READER)
        yield running
    finally:
        server.stop(folder)
        shutil.rmtree(folder)


def glances(pg: Server) -> set[tuple[Any, ...]]:
    """What GLANCE may see: one version or the other."""
    seen = set()
    for database in (pg.source, pg.former):
        with duckdb.connect(str(database), read_only=True) as connection:
            seen.add(connection.execute(GLANCE.replace(f"{SCHEMA}.", "")).fetchone() or ())
    assert len(seen) == 2
    return seen


def test_types_and_words_are_the_contracts(pg: Server) -> None:
    """Decimals stay decimals, dates dates; every table and column is described."""
    with duckdb.connect(str(pg.source), read_only=True) as connection:
        expected = connection.execute(
            "select table_name, column_name, data_type from duckdb_columns() "
            "where schema_name = 'main' and not internal order by table_name, column_index"
        ).fetchall()
    found = pg.rows(COLUMNS)
    assert [row[:3] for row in found] == [
        (table, column, TYPES[kind]) for table, column, kind in expected
    ]
    assert "numeric(18,4)" in {row[2] for row in found}
    assert [row[:2] for row in found if not (row[3] and row[4])] == []
    assert sorted({row[0] for row in found}) == MARTS


@pytest.mark.parametrize("mart", MARTS)
def test_values_are_the_warehouses(pg: Server, mart: str) -> None:
    """Every row of a mart, every column to the last digit."""
    with duckdb.connect(str(pg.source), read_only=True) as connection:
        expected = Counter(connection.execute(f"from {mart}").fetchall())
    assert Counter(pg.rows(f"select * from {SCHEMA}.{mart}")) == expected


def test_a_reader_reads_marts_and_nothing_else(pg: Server) -> None:
    """The role may use one schema and select there; nothing else, and nothing of other schemas."""
    import psycopg2  # noqa: PLC0415

    pg.rows("create schema landing")
    pg.rows("create table landing.customers as select 'secret' as name")
    for mart in MARTS:
        pg.rows(f"select 1 from {SCHEMA}.{mart} limit 1", READER)
    rights = pg.rows(
        f"select grantee, privilege_type, count(*) from information_schema.role_table_grants "
        f"where table_schema = '{SCHEMA}' and grantee <> 'postgres' group by 1, 2"
    )
    assert rights == [(READER, "SELECT", len(MARTS))]
    for statement in (
        "select * from landing.customers",
        f"delete from {SCHEMA}.fct_churns",
        f"create table {SCHEMA}.kpi_mine (a int)",
        f"drop table {SCHEMA}.fct_churns",
        f"drop schema {SCHEMA} cascade",
    ):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            pg.rows(statement, READER)


def test_readers_keep_their_right(pg: Server) -> None:
    """A publish that names no role leaves the marts to those that could read them."""
    pg.publish(pg.source)
    assert pg.rows(f"select count(*) from {SCHEMA}.rpt_policies", READER)[0][0] > 0
    pg.rows("create role other_reader login")
    pg.publish(pg.source, "--reader-role", "other_reader", "--reader-role", READER)
    assert pg.rows(f"select count(*) from {SCHEMA}.rpt_policies", "other_reader")[0][0] > 0
    pg.publish(pg.source, "--reader-role", READER)
    (rights,) = pg.rows(f"select has_schema_privilege('other_reader', '{SCHEMA}', 'usage')")
    assert rights == (False,)


def test_readers_see_whole_versions_only(pg: Server) -> None:
    """While versions of two warehouses take turns, no statement fails or sees both."""
    seen: set[tuple[Any, ...]] = set()
    problems: list[str] = []
    done = threading.Event()

    def read() -> None:
        with pg.connected(READER) as connection, connection.cursor() as cursor:
            while not done.is_set():
                try:
                    cursor.execute(GLANCE)
                    seen.add(cursor.fetchone())
                except Exception as error:  # whatever a reader is told is a failure here
                    problems.append(str(error))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    try:
        for number in range(6):
            pg.publish(pg.source if number % 2 else pg.former)
    finally:
        done.set()
        for reader in readers:
            reader.join()
    assert problems == []
    assert seen == glances(pg)
    assert pg.schemas() == [SCHEMA]


def kill_when(pg: Server, database: Path, happened: Callable[[], bool]) -> bool:
    """Publish, kill the process with SIGKILL at a moment, and say whether it came to that."""
    environment = os.environ | {"PUBLISH_POSTGRES_URI": pg.uri()}
    process = subprocess.Popen(pg.command(database), cwd=ROOT, env=environment)
    while process.poll() is None:
        if happened():
            process.send_signal(signal.SIGKILL)
            process.wait()
            return process.returncode == -signal.SIGKILL
        time.sleep(0.002)
    return False


def test_a_killed_publish_leaves_the_former_version(pg: Server) -> None:
    """Killed while it loads, nothing of it remains, and the next publish is as any other."""
    pg.publish(pg.former)
    (former,) = pg.rows(GLANCE)
    with pg.connected() as watching:

        def queried(text: str) -> bool:
            with watching.cursor() as cursor:
                cursor.execute(
                    "select count(*) from pg_stat_activity "
                    "where pid <> pg_backend_pid() and query ilike %s",
                    (f"%{text}%",),
                )
                return bool(cursor.fetchone()[0])

        for text in ("fct_usage_scores", "kpi_growth", "kpi_support", "comment on column"):
            assert kill_when(pg, pg.source, partial(queried, text)), text
            assert pg.rows(GLANCE, READER) == [former]
            assert pg.schemas() == [SCHEMA]
    pg.publish(pg.source)
    assert pg.rows(GLANCE, READER) != [former]
    assert pg.schemas() == [SCHEMA]


def test_a_long_query_holds_nobody_up(pg: Server) -> None:
    """Who reads the former version goes on; others see the new one; it is dropped next time."""
    pg.publish(pg.former)
    with pg.connected(READER) as reader, reader.cursor() as cursor:
        cursor.execute("begin")
        cursor.execute(f"declare rows cursor for select * from {SCHEMA}.fct_churns")
        cursor.execute("fetch 1 from rows")
        finished = pg.publish(pg.source)
        assert "may see tables of both" in finished.stderr
        assert (
            "(canceling statement due to lock timeout); the next publish removes it."
            in finished.stderr
        )
        assert len(pg.schemas()) == 2
        with duckdb.connect(str(pg.source), read_only=True) as connection:
            expected = connection.execute("select count(*) from fct_churns").fetchone()
        assert pg.rows(f"select count(*) from {SCHEMA}.fct_churns", READER) == [expected]
        cursor.execute("fetch all from rows")
        assert expected is not None
        assert len(cursor.fetchall()) + 1 == expected[0] - 1
        cursor.execute("commit")
    pg.publish(pg.source)
    assert pg.schemas() == [SCHEMA]


def test_the_schema_says_what_it_is(pg: Server) -> None:
    """As-of date and time of publishing stand in the schema's comment."""
    pg.publish(pg.source)
    ((comment,),) = pg.rows(f"select obj_description('{SCHEMA}'::regnamespace, 'pg_namespace')")
    assert comment.startswith("Marts of customer_success, as of 2026-09-30, published 20")
    date.fromisoformat(comment.split("published ")[1][:10])


def test_what_is_not_ours_stays(pg: Server) -> None:
    """Neither somebody's schema nor somebody's view is replaced or dropped."""
    pg.rows("create schema theirs")
    pg.rows("create table theirs.notes as select 'mine' as note")
    sentence = pg.refused(pg.source, "--postgres-schema", "theirs")
    assert sentence == (
        "The schema theirs was not made by publishing and was left alone: choose another name "
        "with --postgres-schema."
    )
    assert pg.rows("select note from theirs.notes") == [("mine",)]
    pg.rows(f"create view theirs.churns as select count(*) as n from {SCHEMA}.fct_churns")
    assert "theirs.churns is not a published mart but depends on the schema" in pg.refused(
        pg.source
    )
    pg.rows("drop view theirs.churns")
    pg.rows(f"create table {SCHEMA}.notes as select 'mine' as note")
    assert f"{SCHEMA}.notes is not a published mart" in pg.refused(pg.source)
    pg.rows(f"drop table {SCHEMA}.notes")
    pg.publish(pg.source)


def test_mistakes_are_told_in_a_sentence(pg: Server) -> None:
    """A role, a right or a server that is not there is one sentence; the password is not in it."""
    sentence = pg.refused(pg.source, "--reader-role", "nobody_here")
    assert (
        sentence == 'The reader role nobody_here does not exist: create role "nobody_here" login;'
    )
    sentence = pg.refused(pg.source, "--postgres", pg.uri(READER))
    assert sentence == (
        f'The role {READER} may not create schemas: grant create on database "{server.DATABASE}" '
        f'to "{READER}";'
    )
    sentence = pg.refused(pg.source, "--postgres-schema", "a" * 60)
    assert "up to 32 characters" in sentence


@pytest.mark.parametrize(
    "uri",
    [
        "postgresql://me:hunter2@127.0.0.1:1/nowhere",
        "postgresql://me:hunter2@127.0.0.1:port/nowhere",
        "postgresql://me:hunter2/x@127.0.0.1/nowhere",
        "postgresql://me@127.0.0.1:1/nowhere?password=hunter2",
        "host=127.0.0.1 port=1 password=hunter2",
        "host=127.0.0.1 port=1 password='hunter2 and 3'",
        "host=127.0.0.1 password=hunter2 nonsense",
        "postgresql://me:x@hunter2@127.0.0.1/nowhere",
        "postgres:/me:hunter2@127.0.0.1/nowhere",
    ],
)
def test_passwords_are_not_told(pg: Server, uri: str) -> None:
    """Whatever is wrong with a connection, its password is not in the message."""
    sentence = pg.refused(pg.source, "--postgres", uri)
    assert sentence.startswith("PostgreSQL cannot be reached (")
    assert "hunter2" not in sentence


def test_a_wrong_host_is_told(pg: Server) -> None:
    """What is no secret is said: it is what the user has to mend."""
    sentence = pg.refused(pg.source, "--postgres", "postgresql://me@nowhere.invalid/db")
    assert 'could not translate host name "nowhere.invalid"' in sentence
    sentence = pg.refused(pg.source, "--postgres", pg.uri("nobody_here"))
    assert 'role "nobody_here" does not exist' in sentence
