"""What several test modules share: the sample company, built once, and a dbt that stays warm."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from engines import Engine, reached, started
from resuming import Resumed, left_out
from warehouse import ROOT, SERVER, Build, plain_dbt

from tools.engines import postgres, spark

# Files that take long begin first, so that no process waits for the other at the end; before them
# one that builds the sample company, so that none waits for that.
LONGEST = (
    *("test_parity", "test_build", "test_independent", "test_review", "test_raw_modes"),
    *("test_configuration", "test_site", "test_semantic_layer", "test_recipes", "test_publish"),
    *("test_docs", "test_as_of", "test_site_browser", "test_publish_postgres", "test_usage_loads"),
    *("test_project", "test_validation"),
)
STARTED = pytest.StashKey[tuple[subprocess.Popen[bytes], Path]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option with which a long run goes on."""
    parser.addoption(
        "--resume", action="store_true", help="leave out what passed before with the same files"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Start the server of dbt; the processes of pytest-xdist find it by its variable."""
    if SERVER in os.environ:
        return
    folder = Path(tempfile.mkdtemp(prefix="dbt_"))
    os.environ[SERVER] = str(folder / "server")
    server = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("dbt_server.py")), os.environ[SERVER]],
        cwd=ROOT,
        stdin=subprocess.PIPE,
    )
    while not Path(os.environ[SERVER]).exists() and server.poll() is None:
        time.sleep(0.01)
    config.stash[STARTED] = (server, folder)
    if config.getoption("--resume"):
        resumed = Resumed()
        (folder / "passed").write_text("\n".join(resumed.before), encoding="utf-8")
        config.pluginmanager.register(resumed)


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the server that this process started."""
    if started := config.stash.get(STARTED, None):
        server, folder = started
        server.communicate()
        shutil.rmtree(folder)
        del os.environ[SERVER]


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say how often dbt ran and where its time went."""
    if not (started := config.stash.get(STARTED, None)):
        return
    log = started[1] / "log.jsonl"
    if not log.exists():
        return
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    found = defaultdict(list)
    for line in lines:
        found[line["what"]].append(line)
    terminalreporter.section("dbt")
    for what, meaning in {
        "import": "imports of dbt, shared by all runs",
        "parse": "manifests, shared by runs",
        "run": "runs from a manifest",
        "command": "plain commands",
    }.items():
        seconds = sum(line["seconds"] for line in found[what])
        cpu = sum(line.get("cpu", 0) for line in found[what])
        terminalreporter.write_line(
            f"{len(found[what]):4} {meaning}: {seconds:.0f} s, {cpu:.0f} s of CPU"
        )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Order test files by how long they take; within a file tests stay as they are."""
    if config.getoption("--resume"):
        left_out(config, items, Path(os.environ[SERVER]).with_name("passed"))
    items.sort(
        key=lambda item: (
            LONGEST.index(item.path.stem) if item.path.stem in LONGEST else len(LONGEST)
        )
    )


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """The sample company as plain `dbt build` makes it, with unit tests and data tests.

    Whoever changes it makes a copy. Of the processes that pytest-xdist starts, the first builds it
    and the others copy what it built.
    """
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    built, ended = folder / "sample", folder / "sample.json"
    with (folder / "sample.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ended.exists():
            run = plain_dbt(built)
            ended.write_text(json.dumps([run.output, run.returncode]), encoding="utf-8")
    output, returncode = json.loads(ended.read_text(encoding="utf-8"))
    assert returncode == 0, output
    own = tmp_path_factory.mktemp("sample") / "sample"
    shutil.copytree(built, own)
    return Build(own / "warehouse.duckdb", output, returncode)


@pytest.fixture(scope="module")
def on_postgres() -> Iterator[Engine]:
    """A private PostgreSQL cluster."""
    # not in pytest's own folder, where the user postgres, as whom the server runs, may not look
    folder = Path(tempfile.mkdtemp(prefix="postgres_"))
    environment = started(postgres, folder)
    import psycopg2  # noqa: PLC0415

    connection = psycopg2.connect(reached(environment, "postgres"))
    connection.autocommit = True
    yield Engine("postgres", environment, connection)
    connection.close()
    postgres.stop(folder)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def on_spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A Spark Thrift server."""
    folder = tmp_path_factory.mktemp("spark")
    environment = started(spark, folder)
    from pyhive import hive  # noqa: PLC0415

    connection = hive.connect(
        host=environment["SPARK_HOST"], port=int(environment["SPARK_PORT"]), username="dbt"
    )
    yield Engine("spark", environment, connection)
    connection.close()
    spark.stop(folder)
