"""A schema of PostgreSQL for readers: loaded beside, then swapped in by name."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from tools.project import MART_PREFIXES
from tools.publish.problem import Progress, PublishError, first_line
from tools.publish.snapshot import Mart, Version, engine
from tools.publish.sql import literal, quoted
from tools.publish.waiting import attempts

SCHEMA = "customer_success_marts"
# Part of the schema's comment. A schema without it was made by others and is left alone.
MARK = "Marts of customer_success"
FORMER = "__former_"
NEXT = "__next"
LONGEST_SCHEMA = 32  # of the 63 bytes of a name, the rest is for what is put behind it
ROWS_PER_BATCH = 65_536
LOCK_TIMEOUT = "5s"
# How often to look for a moment without readers, and seconds between two looks.
QUIET_LOOKS = 250
QUIET_STEP = 0.02
TYPES = {
    "BOOLEAN": "boolean",
    "TINYINT": "smallint",
    "SMALLINT": "smallint",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "FLOAT": "real",
    "DOUBLE": "double precision",
    "VARCHAR": "text",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
}
DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")


@dataclass(frozen=True)
class Destination:
    """Where to publish in PostgreSQL, and for whom.

    Attributes:
        uri: How libpq reaches the database: a URI or key=value pairs; may hold a password.
        schema: Name under which readers find the marts.
        readers: Roles that may read them; none for those that could read the former version.
    """

    uri: str
    schema: str = SCHEMA
    readers: Sequence[str] = ()


def postgres_type(kind: str) -> str:
    """The type in PostgreSQL that holds a DuckDB type without loss.

    Args:
        kind: DuckDB's name of it, such as DECIMAL(18,4).

    Raises:
        PublishError: There is none that a mart's contract should need.
    """
    decimal = DECIMAL.fullmatch(kind)
    if decimal:
        return f"numeric({decimal[1]},{decimal[2]})"
    if kind not in TYPES:
        raise PublishError(
            f"A mart has a column of type {kind}, which PostgreSQL does not have: cast it in the "
            "model, or publish with --only duckdb,parquet."
        )
    return TYPES[kind]


def reason(error: Exception) -> str:
    """The message of a driver's error, without numbers, names of functions and the query."""
    message = re.sub(r"^[A-Z_]+: (\[libpq\] )?(Failed to connect: )?", "", first_line(error))
    return re.sub(r"^.*'\s*: ?ERROR: +", "", message)


def connection_reason(error: Exception) -> str:
    """Why a connection failed, without its secrets.

    When libpq splits a connection in another way than was meant, say because of an @ in the
    password, its messages quote the pieces: as the name of a host, as a port. So only messages
    that cannot hold such a piece are passed on.

    Args:
        error: What the driver raised when it was to connect.
    """
    message = reason(error)
    host = re.match(r'could not translate host name "([^"@]*)" ', message)
    if host or message.startswith("connection to server "):
        return message
    return (
        "expected postgresql://user:password@host:port/database, with % codes for characters such "
        "as @ and /"
    )


def _driver() -> Any:
    try:
        importlib.import_module("pyarrow")
        return importlib.import_module("adbc_driver_postgresql.dbapi")
    except ModuleNotFoundError as error:
        raise PublishError(
            f"Publishing to PostgreSQL needs the package {error.name}: install "
            "adbc-driver-postgresql and pyarrow, or publish with --only duckdb,parquet."
        ) from None


class Publication:
    """A connection that publishes one version while no other publishes to the same schema."""

    def __init__(self, destination: Destination, wait: float) -> None:
        """Connect and check that everything is there that publishing needs.

        Args:
            destination: Where to publish.
            wait: Seconds to wait for another publisher of the same schema.

        Raises:
            PublishError: The database cannot be reached, a right or a role is missing, or the
                schema is not one that was published.
        """
        self.destination = destination
        if not 0 < len(destination.schema.encode()) <= LONGEST_SCHEMA:
            raise PublishError(
                f"The schema's name may have up to {LONGEST_SCHEMA} characters: choose another "
                "with --postgres-schema."
            )
        driver = _driver()
        self._error: type[Exception] = driver.Error
        try:
            self._connection = driver.connect(destination.uri)
        except self._error as error:
            raise PublishError(
                f"PostgreSQL cannot be reached ({connection_reason(error)}): see --postgres or "
                "PUBLISH_POSTGRES_URI."
            ) from None
        try:
            with self._refused("start publishing"):
                self._check(wait)
        except BaseException:
            self._connection.close()
            raise

    def __enter__(self) -> Self:
        """This publication."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the connection; what was not switched is gone."""
        with suppress(self._error):
            self._connection.rollback()
        self._connection.close()

    @contextmanager
    def _refused(self, doing: str) -> Iterator[None]:
        """Turn an error of the database into a PublishError."""
        try:
            yield
        except self._error as error:
            raise PublishError(
                f"PostgreSQL refused to {doing} ({reason(error)}): fix that and publish again; "
                "readers have the former version."
            ) from None

    def _rows(self, statement: str) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall())

    def _do(self, statement: str) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(statement)

    def _check(self, wait: float) -> None:
        schema, name = self.destination.schema, literal(self.destination.schema)
        for _ in attempts(
            wait,
            f"Another publish is writing the schema {schema}; waiting up to {wait:.0f} s.",
            f"Another publish is still writing the schema {schema}; publish again when it has "
            "finished.",
        ):
            if self._rows(f"select pg_try_advisory_lock(hashtext({name}))")[0][0]:
                break
        if not self._rows("select has_database_privilege(current_database(), 'create')")[0][0]:
            (database, role) = self._rows("select current_database(), current_user")[0]
            raise PublishError(
                f"The role {role} may not create schemas: "
                f"grant create on database {quoted(database)} to {quoted(role)};"
            )
        known = {role for (role,) in self._rows("select rolname from pg_roles")}
        for role in self.destination.readers:
            if role not in known:
                raise PublishError(
                    f"The reader role {role} does not exist: create role {quoted(role)} login;"
                )
        marked = self._rows(
            "select coalesce(obj_description(oid, 'pg_namespace'), '') from pg_namespace "
            f"where nspname = {name}"
        )
        if marked and not marked[0][0].startswith(MARK):
            raise PublishError(
                f"The schema {schema} was not made by publishing and was left alone: choose "
                "another name with --postgres-schema."
            )
        others = self._others()
        if others:
            raise PublishError(
                f"{others[0]} is not a published mart but depends on the schema {schema}, which is "
                "replaced: drop it and create it again, in a schema of its own, after publishing."
            )
        self._connection.commit()

    def _others(self) -> list[str]:
        """What is in the schema and is not a mart, and views elsewhere that read it.

        They would go with the former version, or keep showing its figures.
        """
        name = literal(self.destination.schema)
        prefixes = ", ".join(literal(f"{prefix}%") for prefix in MART_PREFIXES)
        rows = self._rows(
            f"""
            select namespace.nspname || '.' || relation.relname
            from pg_class as relation
            inner join pg_namespace as namespace on namespace.oid = relation.relnamespace
            where
                namespace.nspname = {name} and relation.relkind not in ('i', 't')
                and not (
                    relation.relkind = 'r' and relation.relname like any (array[{prefixes}])
                )
            union
            select namespace.nspname || '.' || reader.relname
            from pg_depend as dependency
            inner join pg_rewrite as rule on rule.oid = dependency.objid
            inner join pg_class as reader on reader.oid = rule.ev_class
            inner join pg_namespace as namespace on namespace.oid = reader.relnamespace
            inner join pg_class as mart on mart.oid = dependency.refobjid
            where
                dependency.classid = 'pg_rewrite'::regclass
                and dependency.refclassid = 'pg_class'::regclass
                and mart.relnamespace = (select oid from pg_namespace where nspname = {name})
            order by 1
            """
        )
        return [relation for (relation,) in rows]

    def prepare(self, version: Version, progress: Progress) -> None:
        """Load a version under another name, in a transaction that stays open.

        Nobody sees anything of it before `switch`; nothing of it is left when this process or the
        connection dies.

        Args:
            version: The marts.
            progress: Reports each mart.

        Raises:
            PublishError: PostgreSQL refused something.
        """
        schema = f"{self.destination.schema}{NEXT}"
        tables = {mart.name: f"{quoted(schema)}.{quoted(mart.name)}" for mart in version.marts}
        with self._refused("take the marts"):
            self._do(f"create schema {quoted(schema)}")
            with engine(Path(f"{version.snapshot}.spill")) as source:
                source.execute(
                    f"attach {literal(str(version.snapshot))} as publication (read_only)"
                )
                for mart in version.marts:
                    self._do(_create(mart, tables[mart.name]))
                    with progress.copying("PostgreSQL", mart.name, mart.rows):
                        self._load(source, mart, schema)
                    self._do(f"analyze {tables[mart.name]}")
            for mart in version.marts:
                for statement in mart.comments(tables[mart.name]):
                    self._do(statement)
            published = f"published {version.published_at:%Y-%m-%d %H:%M:%S} UTC"
            mark = f"{MARK}, as of {version.as_of}, {published}"
            self._do(f"comment on schema {quoted(schema)} is {literal(mark)}")
            for role in self.destination.readers or self._former_readers():
                self._do(f"grant usage on schema {quoted(schema)} to {quoted(role)}")
                self._do(f"grant select on all tables in schema {quoted(schema)} to {quoted(role)}")

    def _former_readers(self) -> list[str]:
        """Roles that may use the present schema: a publish that names none keeps them."""
        rows = self._rows(
            "select distinct role.rolname from pg_namespace as namespace "
            "cross join lateral aclexplode(namespace.nspacl) as entry "
            "inner join pg_roles as role on role.oid = entry.grantee "
            f"where namespace.nspname = {literal(self.destination.schema)} "
            "and entry.grantee <> namespace.nspowner and entry.privilege_type = 'USAGE' order by 1"
        )
        return [role for (role,) in rows]

    def _load(self, source: Any, mart: Mart, schema: str) -> None:
        # In batches from one to the other: memory does not grow with the mart.
        batches = source.sql(f"from publication.{quoted(mart.name)}").to_arrow_reader(
            ROWS_PER_BATCH
        )
        with self._connection.cursor() as cursor:
            cursor.adbc_ingest(mart.name, batches, mode="append", db_schema_name=schema)

    def switch(self, version: Version, progress: Progress) -> None:
        """Put the prepared version in the place of the former one, for all readers at once.

        The swap is two renames. A query finds its tables one after the other, so one that begins
        at that very moment could find some of them before and some after: the swap waits for a
        moment in which no query reads, and says so when none comes. The former version is dropped
        after it, in a transaction of its own: dropping waits for queries that still read it, and
        later queries would wait behind it.

        Args:
            version: What `prepare` loaded.
            progress: Reports when the former version is still being read.

        Raises:
            PublishError: PostgreSQL refused the swap.
        """
        schema = self.destination.schema
        with self._refused("swap the schemas"):
            if self._rows(f"select 1 from pg_namespace where nspname = {literal(schema)}"):
                if not self._without_readers():
                    progress.note(
                        "Queries read the former version all the time: one that begins while the "
                        "versions change may see tables of both."
                    )
                former = quoted(f"{schema}{FORMER}{version.name}")
                self._do(f"alter schema {quoted(schema)} rename to {former}")
            self._do(f"alter schema {quoted(schema + NEXT)} rename to {quoted(schema)}")
            self._connection.commit()
        self._drop_former(progress)

    def _without_readers(self) -> bool:
        """Lock the present version's tables in a moment in which nobody reads them.

        Queries that come now wait until the transaction ends, and then find the new version. The
        locks are never waited for, as queries would queue behind: they are had at once, or given
        back and tried again, `QUIET_LOOKS` times.

        Returns:
            Whether there was such a moment; without it nothing is locked.
        """
        schema = self.destination.schema
        tables = ", ".join(f"{quoted(schema)}.{quoted(table)}" for table in self._tables_of(schema))
        if not tables:
            return True
        lock = f"lock table {tables} in access exclusive mode nowait"
        # In PL/pgSQL, where a refused lock can be caught: the driver gives up the transaction.
        self._do(
            f"""
            do $publish$
            begin
                for attempt in 1..{QUIET_LOOKS} loop
                    begin
                        execute {literal(lock)};
                        perform set_config('customer_success.is_quiet', 'true', true);
                        return;
                    exception when lock_not_available then
                        perform pg_sleep({QUIET_STEP});
                    end;
                end loop;
                perform set_config('customer_success.is_quiet', 'false', true);
            end
            $publish$
            """
        )
        return bool(
            self._rows("select current_setting('customer_success.is_quiet')::boolean")[0][0]
        )

    def _tables_of(self, schema: str) -> list[str]:
        """Names of the tables of a schema."""
        rows = self._rows(
            "select relname from pg_class where relkind = 'r' and relnamespace = "
            f"(select oid from pg_namespace where nspname = {literal(schema)}) order by 1"
        )
        return [table for (table,) in rows]

    def _drop_former(self, progress: Progress) -> None:
        """Drop former versions, this one's and those that were in use when they became former."""
        pattern = f"{self.destination.schema}{FORMER}"
        formers = self._rows(
            "select nspname from pg_namespace "
            f"where starts_with(nspname, {literal(pattern)}) "
            f"and starts_with(obj_description(oid, 'pg_namespace'), {literal(MARK)})"
        )
        for (former,) in formers:
            tables = self._tables_of(former)
            try:
                self._do(f"set local lock_timeout = '{LOCK_TIMEOUT}'")
                # Without cascade: a view that was made on it meanwhile is not dropped with it.
                for table in tables:
                    self._do(f"drop table {quoted(former)}.{quoted(table)}")
                self._do(f"drop schema {quoted(former)}")
                self._connection.commit()
            except self._error as error:
                self._connection.rollback()
                progress.note(
                    f"The former version stays in the schema {former} ({reason(error)}); the "
                    "next publish removes it."
                )

    def where(self) -> str:
        """What readers connect to, without secrets."""
        (database,) = self._rows("select current_database()")[0]
        with suppress(ValueError):
            parts = urlsplit(self.destination.uri)
            if parts.hostname:
                port = f":{parts.port}" if parts.port else ""
                return f"schema {self.destination.schema}, {parts.hostname}{port}/{database}"
        return f"schema {self.destination.schema}, database {database}"


def _create(mart: Mart, table: str) -> str:
    columns = ", ".join(
        f"{quoted(column.name)} {postgres_type(column.type)}" for column in mart.columns
    )
    return f"create table {table} ({columns})"
