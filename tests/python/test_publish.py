"""Publishing: readers see whole versions, the values of the warehouse, and nothing but marts."""

from __future__ import annotations

import hashlib
import io
import json
import operator
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from warehouse import ROOT, Build

from tools.project import is_mart
from tools.publish import parquet
from tools.publish.declared import declared
from tools.publish.problem import Progress
from tools.publish.snapshot import take_snapshot

MARTS = sorted(path.stem for path in (ROOT / "models").rglob("*.sql") if is_mart(path.stem))
FILE = "customer_success.duckdb"
EARLIER = "2026-08-31"
PUBLISHES = 10
QUERY_MARTS = "select table_name from duckdb_tables() order by 1"

# Reads whatever is published, again and again, and writes down what it saw: by mart the number of
# rows, and the as-of date. It opens things as any reader would, without knowing of a publisher.
READER = """
import hashlib, json, os, sys, time
from pathlib import Path
import duckdb

out, stop, seen = Path(sys.argv[1]), Path(sys.argv[2]), open(sys.argv[3], "w")

def counted(connection, relations):
    rows = {}
    for name, relation in relations.items():
        rows[name] = connection.execute(f"select count(*) from {relation}").fetchone()[0]
    day = connection.execute(
        f"select policy_value from {relations['rpt_policies']} where policy_name = 'as_of_date'"
    ).fetchone()[0]
    return {"rows": rows, "as_of": day}

def from_file():
    with duckdb.connect(str(out / "customer_success.duckdb"), read_only=True) as connection:
        names = connection.execute("select table_name from duckdb_tables()").fetchall()
        return counted(connection, {name: name for (name,) in names})

def from_parquet():
    folder = (out / "parquet" / "current").resolve()
    manifest = json.loads((folder / "manifest.json").read_text())
    for mart in manifest["marts"]:
        digest = hashlib.sha256((folder / mart["file"]).read_bytes()).hexdigest()
        assert digest == mart["sha256"], mart["name"]
    with duckdb.connect() as connection:
        relations = {mart["name"]: f"'{folder / mart['file']}'" for mart in manifest["marts"]}
        found = counted(connection, relations)
    assert found["rows"] == {mart["name"]: mart["rows"] for mart in manifest["marts"]}
    assert found["as_of"] == manifest["as_of"]
    return found

while not stop.exists():
    time.sleep(0.02)
    for form, read in (("duckdb", from_file), ("parquet", from_parquet)):
        try:
            line = {"form": form, **read()}
        except Exception as error:
            line = {"form": form, "error": f"{type(error).__name__}: {error}"}
        print(json.dumps(line), file=seen, flush=True)
"""

# Holds a warehouse as a build does, until its input ends.
BUILDER = """
import sys
import duckdb

connection = duckdb.connect(sys.argv[1])
print("holds", flush=True)
sys.stdin.read()
"""


@dataclass(frozen=True)
class Source:
    """A warehouse, dbt's artifacts of its build, and what readers are to see of it."""

    database: Path
    target: Path
    seen: Mapping[str, Any]


def contents(database: Path) -> dict[str, Any]:
    """What READER writes down of a warehouse."""
    with duckdb.connect(str(database), read_only=True) as connection:
        rows = {}
        for mart in MARTS:
            (rows[mart],) = connection.execute(f"select count(*) from {mart}").fetchone() or (0,)
        (as_of,) = connection.execute(
            "select policy_value from rpt_policies where policy_name = 'as_of_date'"
        ).fetchone() or ("",)
    return {"rows": rows, "as_of": as_of}


def earlier(source: Source, folder: Path) -> Source:
    """A warehouse that differs in every mart that has rows: one of them is gone, and the as-of."""
    folder.mkdir()
    database = folder / source.database.name
    shutil.copy(source.database, database)
    with duckdb.connect(str(database)) as connection:
        views = connection.execute(
            "select view_name from duckdb_views() where schema_name = 'main' and not internal"
        ).fetchall()
        for (view,) in views:
            connection.execute(f"create table rows_of_view as from {view}; drop view {view}")
            connection.execute(f"alter table rows_of_view rename to {view}")
        for mart in MARTS:
            if mart != "rpt_policies":
                connection.execute(
                    f"delete from {mart} where rowid = (select min(rowid) from {mart})"
                )
        connection.execute(
            f"update rpt_policies set policy_value = '{EARLIER}' where policy_name = 'as_of_date'"
        )
    return Source(database, source.target, contents(database))


@pytest.fixture(scope="module")
def source(sample: Build) -> Source:
    """The sample company."""
    target = sample.database.parent / "target"
    return Source(sample.database, target, contents(sample.database))


@pytest.fixture(scope="module")
def former(source: Source, tmp_path_factory: pytest.TempPathFactory) -> Source:
    """The sample company with another as-of date and other rows."""
    return earlier(source, tmp_path_factory.mktemp("earlier") / "warehouse")


@pytest.fixture(scope="module")
def out(source: Source, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is published of the sample company."""
    folder = tmp_path_factory.mktemp("published") / "out"
    published(source, folder)
    return folder


def command(source: Source, out: Path, *further: str) -> list[str]:
    """The words that publish a warehouse to a folder."""
    words = [sys.executable, "-m", "tools.publish", "--database", str(source.database)]
    return [*words, "--target-path", str(source.target), "--out", str(out), *further]


def environment() -> dict[str, str]:
    """The environment of this run without what would publish elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PUBLISH_")}


def attempt(source: Source, out: Path, *further: str) -> subprocess.CompletedProcess[str]:
    """Publish in a process of its own, however it ends."""
    return subprocess.run(
        command(source, out, *further),
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )


def published(source: Source, out: Path, *further: str) -> str:
    """Publish, insist that it succeeds, and return what it printed."""
    finished = attempt(source, out, *further)
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def refused(source: Source, out: Path, *further: str) -> str:
    """Publish, insist that it ends with one sentence, and return that."""
    finished = attempt(source, out, *further)
    assert finished.returncode == 1
    assert "Traceback" not in finished.stderr
    return finished.stderr.strip().splitlines()[-1]


def observed(source: Source, out: Path, form: str) -> dict[str, Any]:
    """What a reader sees in one form of what is published."""
    if form == "duckdb":
        return contents(out / FILE)
    folder = out / "parquet" / "current"
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for mart in manifest["marts"]:
        digest = hashlib.sha256((folder / mart["file"]).read_bytes()).hexdigest()
        assert digest == mart["sha256"], mart["name"]
    rows = {mart["name"]: mart["rows"] for mart in manifest["marts"]}
    return {"rows": rows, "as_of": manifest["as_of"]}


def leftovers(out: Path) -> list[Path]:
    """What is unfinished in a folder, and versions beyond the two that stay."""
    return [*out.rglob(".next-*"), *sorted((out / "parquet/versions").iterdir())[:-2]]


def fingerprint(connection: duckdb.DuckDBPyConnection, relation: str) -> tuple[Any, ...]:
    """Number of rows and a hash of all their columns, whatever their order."""
    row = connection.execute(
        f"select count(*), sum(hash(t)::hugeint), bit_xor(hash(t)) from {relation} as t"
    ).fetchone()
    return row or ()


@pytest.mark.parametrize("mart", MARTS)
def test_published_values_are_the_warehouses(source: Source, out: Path, mart: str) -> None:
    """Every row and column of a mart is in the DuckDB file and in Parquet as in the warehouse."""
    with duckdb.connect(str(source.database), read_only=True) as connection:
        expected = fingerprint(connection, mart)
        names = connection.execute(f"describe {mart}").fetchall()
    with duckdb.connect(str(out / FILE), read_only=True) as connection:
        assert fingerprint(connection, mart) == expected
        assert connection.execute(f"describe {mart}").fetchall() == names
        parquet = f"'{out}/parquet/current/{mart}/{mart}.parquet'"
        assert fingerprint(connection, parquet) == expected
        assert connection.execute(f"describe from {parquet}").fetchall() == names


def test_nothing_but_marts_is_published(out: Path) -> None:
    """No raw, staging, intermediate or config table, no view into one, and no file of one."""
    with duckdb.connect(str(out / FILE), read_only=True) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables()"
        ).fetchall()
        views = connection.execute("from duckdb_views() where not internal").fetchall()
        schemas = connection.execute("from duckdb_schemas() where not internal").fetchall()
    assert sorted(tables) == [("main", mart) for mart in MARTS]
    assert not views
    assert len(schemas) <= 1
    version = (out / "parquet/current").resolve()
    files = sorted(str(path.relative_to(version)) for path in version.rglob("*") if path.is_file())
    metrics = {"semantic_layer/semantic_manifest.json", "semantic_layer/osi_document.json"}
    marts = [f"{mart}/{mart}.parquet" for mart in MARTS]
    assert sorted({*files} - metrics) == sorted(["manifest.json", *marts])
    assert metrics <= {*files}
    assert sorted(path.name for path in out.iterdir()) == [".lock", FILE, "parquet"]


def test_tables_and_columns_are_described(source: Source, out: Path) -> None:
    """Every table and column has the words of the project, in the DuckDB file and the manifest."""
    with duckdb.connect(str(out / FILE), read_only=True) as connection:
        tables = dict(
            connection.execute("select table_name, comment from duckdb_tables()").fetchall()
        )
        columns = {
            (table, column): comment
            for table, column, comment in connection.execute(
                "select table_name, column_name, comment from duckdb_columns() where not internal"
            ).fetchall()
        }
    assert all(tables.values())
    assert [name for name, comment in columns.items() if not comment] == []
    (yml,) = (ROOT / "models").rglob("rpt_policies.yml")
    (model,) = yaml.safe_load(yml.read_text(encoding="utf-8"))["models"]
    assert tables["rpt_policies"] == model["description"]
    assert "解約率" in columns["kpi_revenue_retention", "customer_churn_rate"]
    manifest = json.loads((out / "parquet/current/manifest.json").read_text(encoding="utf-8"))
    assert {mart["name"]: mart["description"] for mart in manifest["marts"]} == tables
    assert {
        (mart["name"], column["name"]): column["description"]
        for mart in manifest["marts"]
        for column in mart["columns"]
    } == columns


def test_older_readers_open_the_file(out: Path) -> None:
    """The file has the storage format of DuckDB 1.4, is read-only, and has no log beside it."""
    with duckdb.connect(str(out / FILE), read_only=True) as connection:
        tags = connection.execute(
            "select tags from duckdb_databases() where not internal"
        ).fetchall()
    assert tags == [({"storage_version": "v1.4.0+"},)]
    assert (out / FILE).stat().st_mode & 0o222 == 0
    assert not (out / f"{FILE}.wal").exists()


def test_what_somebody_wrote_is_not_taken_up(source: Source, tmp_path: Path) -> None:
    """A write-ahead log beside the former file does not become part of the new one."""
    published(source, tmp_path, "--only", "duckdb")
    (tmp_path / FILE).chmod(0o644)
    code = "import sys, os, duckdb; c = duckdb.connect(sys.argv[1]); "
    code += "c.execute('delete from fct_churns'); os._exit(0)"
    subprocess.run([sys.executable, "-c", code, str(tmp_path / FILE)], check=True)
    assert (tmp_path / f"{FILE}.wal").exists()
    published(source, tmp_path, "--only", "duckdb")
    assert contents(tmp_path / FILE) == source.seen


@contextmanager
def reading(out: Path, folder: Path) -> Iterator[Path]:
    """A process that reads what is published all the time; yields the file it writes to."""
    stop, seen = folder / "stop", folder / "seen"
    arguments = [sys.executable, "-c", READER, str(out), str(stop), str(seen)]
    process = subprocess.Popen(arguments)
    try:
        yield seen
    finally:
        stop.touch()
        process.wait(60)


def test_readers_see_whole_versions_only(source: Source, former: Source, tmp_path: Path) -> None:
    """During ten publishes of two warehouses in turn nobody sees a mix, a gap or a broken file."""
    out = tmp_path / "out"
    published(former, out)
    with reading(out, tmp_path) as seen:
        for number in range(PUBLISHES):
            published(former if number % 2 else source, out)
    lines = [json.loads(line) for line in seen.read_text(encoding="utf-8").splitlines()]
    assert [line["error"] for line in lines if "error" in line] == []
    for form in ("duckdb", "parquet"):
        of_form = [{"rows": x["rows"], "as_of": x["as_of"]} for x in lines if x["form"] == form]
        assert [line for line in of_form if line not in (source.seen, former.seen)] == []
        assert source.seen in of_form, form
        assert former.seen in of_form, form
    assert leftovers(out) == []


def test_the_current_version_is_never_absent(tmp_path: Path) -> None:
    """Whenever a reader looks, `current` is there: switched in one step, not in two.

    Only the link is looked at: with hundreds of versions a second a busy reader may well be slower
    than two of them.
    """
    versions = tmp_path / "versions"
    problems: list[str] = []
    done = threading.Event()

    def switch_to(number: int) -> None:
        (versions / f"{number:04}").mkdir(parents=True)
        (versions / f"{number:04}" / "manifest.json").write_text("{}", encoding="utf-8")
        parquet.switch(versions / f"{number:04}")

    def read() -> None:
        while not done.is_set():
            if not (tmp_path / "current").is_symlink():
                problems.append("absent")

    switch_to(0)
    reader = threading.Thread(target=read)
    reader.start()
    for number in range(1, 300):
        switch_to(number)
    done.set()
    reader.join()
    assert problems == []


def test_a_reader_keeps_the_former_version(source: Source, former: Source, tmp_path: Path) -> None:
    """Who has the file open, or reads files of the former version, goes on reading that."""
    published(former, tmp_path)
    version = (tmp_path / "parquet/current").resolve()
    with duckdb.connect(str(tmp_path / FILE), read_only=True) as connection:
        published(source, tmp_path)
        rows = connection.execute("select count(*) from fct_churns").fetchone()
    assert rows == (former.seen["rows"]["fct_churns"],)
    assert (version / "fct_churns/fct_churns.parquet").exists()
    assert contents(tmp_path / FILE) == source.seen
    published(source, tmp_path)
    assert not version.exists()


def unfinished(out: Path) -> list[Path]:
    """Folders of Parquet versions that are being written."""
    return list((out / "parquet/versions").glob(".next-2*"))


def kill_when(source: Source, out: Path, happened: Callable[[float], bool]) -> tuple[bool, float]:
    """Publish and kill the process with SIGKILL at a moment.

    Args:
        source: What to publish.
        out: The folder.
        happened: Whether the moment has come, of the seconds since the start.

    Returns:
        Whether it was killed before it ended, and the seconds it ran.
    """
    process = subprocess.Popen(command(source, out), cwd=ROOT, env=environment())
    started = time.monotonic()
    while process.poll() is None:
        if happened(time.monotonic() - started):
            process.send_signal(signal.SIGKILL)
            process.wait()
            return process.returncode == -signal.SIGKILL, time.monotonic() - started
        time.sleep(0.0005)
    return False, time.monotonic() - started


def test_a_killed_publish_leaves_the_former_version(
    source: Source, former: Source, tmp_path: Path
) -> None:
    """Killed while it writes, it has changed nothing for readers; the next one clears up."""
    out = tmp_path / "out"
    published(former, out)
    before = (out / FILE).read_bytes()
    moments: list[Callable[[float], bool]] = [
        lambda _: (out / f".next-{FILE}").exists(),
        lambda _: (
            (out / f".next-{FILE}").exists() and (out / f".next-{FILE}").stat().st_size > 1_000_000
        ),
        lambda _: bool(unfinished(out)),
        lambda _: any(len(list(folder.iterdir())) > len(MARTS) // 2 for folder in unfinished(out)),
    ]
    for number, moment in enumerate(moments):
        killed, _ = kill_when(source, out, moment)
        assert killed, number
        assert leftovers(out), number
        assert (out / FILE).read_bytes() == before
        assert observed(former, out, "parquet") == former.seen
    published(source, out)
    assert leftovers(out) == []
    assert contents(out / FILE) == observed(source, out, "parquet") == source.seen


def test_a_publish_killed_at_any_time_leaves_whole_versions(
    source: Source, former: Source, tmp_path: Path
) -> None:
    """Killed at random times, also while it switches: each form is one version or the other."""
    out = tmp_path / "out"
    published(former, out)
    _, seconds = kill_when(former, out, lambda _: False)
    current = out / "parquet/current"
    was = current.resolve()
    moments: list[Callable[[float], bool]] = [lambda _: current.resolve() != was]
    chance = random.Random(7)
    # most of them late, where the switch is
    for _ in range(12):
        moments.append(partial(operator.le, seconds * (1 - 0.6 * chance.random() ** 2)))
    kills = 0
    for number, moment in enumerate(moments):
        killed, _ = kill_when(former if number % 2 else source, out, moment)
        kills += killed
        for form in ("duckdb", "parquet"):
            assert observed(source, out, form) in (source.seen, former.seen)
    assert kills
    published(source, out)
    assert leftovers(out) == []
    assert contents(out / FILE) == observed(source, out, "parquet") == source.seen


@contextmanager
def building(database: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the warehouse as a build does."""
    process = subprocess.Popen(
        [sys.executable, "-c", BUILDER, str(database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "holds\n"
    try:
        yield process
    finally:
        process.communicate()


def test_a_build_is_waited_for(source: Source, tmp_path: Path) -> None:
    """While a build holds the warehouse, publishing waits and says so; then it goes on."""
    with building(source.database) as builder:
        process = subprocess.Popen(
            command(source, tmp_path, "--wait", "60"),
            cwd=ROOT,
            env=environment(),
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stderr is not None
        message = process.stderr.readline()
        builder.communicate()
        assert process.wait(60) == 0
        process.stderr.close()
    assert message == f"A build is writing {source.database}; waiting up to 60 s.\n"
    assert contents(tmp_path / FILE) == source.seen


def test_a_build_that_goes_on_is_not_disturbed(source: Source, tmp_path: Path) -> None:
    """After a bounded wait publishing ends with a sentence that says what to do."""
    with building(source.database):
        sentence = refused(source, tmp_path, "--wait", "0.5")
    assert sentence == (
        f"A build is still writing {source.database}: publish when it has finished, or wait longer "
        "with --wait."
    )
    assert [path.name for path in tmp_path.iterdir()] == [".lock"]


def test_a_build_may_start_while_files_are_written(source: Source, tmp_path: Path) -> None:
    """The warehouse is let go of when the marts are copied, before Parquet is written of them."""
    snapshot = tmp_path / "snapshot.duckdb"
    take_snapshot(source.database, declared(source.target), snapshot, 0, Progress())
    with building(source.database):
        pass


def test_one_publish_at_a_time(source: Source, tmp_path: Path) -> None:
    """A second publish to the same folder waits for the first, and not for ever."""
    code = "import sys; from pathlib import Path; from tools.publish.folder import locked\n"
    code += "with locked(Path(sys.argv[1]), 0): print('holds', flush=True); sys.stdin.read()"
    first = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert first.stdout is not None
    assert first.stdout.readline() == "holds\n"
    sentence = refused(source, tmp_path, "--wait", "0.5")
    first.communicate()
    assert sentence == (
        f"Another publish is still writing {tmp_path}; publish again when it has finished."
    )
    published(source, tmp_path, "--only", "duckdb")
    assert not (tmp_path / "parquet").exists()


def test_mistakes_are_told_in_a_sentence(source: Source, tmp_path: Path) -> None:
    """What the user can mend is one sentence that says how."""
    nowhere = Source(tmp_path / "nowhere.duckdb", source.target, {})
    assert "run `make build` first, or name it with --database." in refused(nowhere, tmp_path)
    unbuilt = Source(source.database, tmp_path / "unbuilt", {})
    assert "is missing: run `make build` first" in refused(unbuilt, tmp_path)
    (tmp_path / "text.duckdb").write_text("no database" * 1000, encoding="utf-8")
    text = Source(tmp_path / "text.duckdb", source.target, {})
    assert "cannot be read as a DuckDB warehouse" in refused(text, tmp_path)
    assert (
        refused(source, tmp_path, "--only", "csv")
        == "--only takes duckdb, parquet, postgres; csv is none of them."
    )
    assert "needs a connection: set PUBLISH_POSTGRES_URI" in refused(
        source, tmp_path, "--only", "postgres"
    )
    occupied = tmp_path / "occupied"
    occupied.write_text("a file", encoding="utf-8")
    assert "name another folder with --out." in refused(source, occupied)


def test_half_a_build_is_not_published(source: Source, tmp_path: Path) -> None:
    """Neither what a failed build left nor a warehouse without a mart becomes a version."""
    target = tmp_path / "target"
    shutil.copytree(source.target, target)
    results = json.loads((target / "run_results.json").read_text(encoding="utf-8"))
    results["results"][3]["status"] = "error"
    (target / "run_results.json").write_text(json.dumps(results), encoding="utf-8")
    failed = Source(source.database, target, {})
    assert "The last run of dbt did not succeed" in refused(failed, tmp_path / "out")
    database = tmp_path / source.database.name
    shutil.copy(source.database, database)
    with duckdb.connect(str(database)) as connection:
        connection.execute("drop table fct_churns")
    lacking = Source(database, source.target, {})
    assert refused(lacking, tmp_path / "out") == (
        f"{database} lacks the mart fct_churns: run `make build` before you publish."
    )
    assert not (tmp_path / "out" / FILE).exists()


class Terminal(io.StringIO):
    """A terminal, as far as it says so."""

    def isatty(self) -> bool:
        """It is one."""
        return True


def test_long_copies_have_a_line() -> None:
    """Mart, rows and seconds: for what takes long, and meanwhile on a terminal."""
    quiet, slow, terminal = io.StringIO(), io.StringIO(), Terminal()
    for stream, long in ((quiet, 60.0), (slow, 0.0), (terminal, 60.0)):
        with Progress(stream, long).copying("Parquet", "fct_churns", 71):
            pass
    assert quiet.getvalue() == ""
    assert slow.getvalue() == "Parquet: fct_churns, 71 rows, 0.0 s\n"
    assert "Parquet: fct_churns, 71 rows …" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\033[K")
