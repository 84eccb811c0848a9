"""A Spark Thrift server from the pyspark wheel, on loopback, with its tables in a folder."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from tools.engines import require_posix

PORT = 10077
PATIENCE = 120
SERVER = "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2"


class SparkMissingError(RuntimeError):
    """pyspark or Java is not installed."""


def home() -> Path:
    """Folder of the pyspark package, which is a whole Spark.

    Raises:
        SparkMissingError: pyspark or Java is not there.
    """
    found = importlib.util.find_spec("pyspark")
    if found is None or found.origin is None:
        raise SparkMissingError("pyspark is not installed: run `make engines`.")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        raise SparkMissingError("Java is not installed (Debian: apt install default-jre-headless).")
    return Path(found.origin).parent


def start(folder: Path, port: int = PORT, memory: str = "3g") -> dict[str, str]:
    """Start a Thrift server with two cores and wait until it accepts connections.

    Args:
        folder: Where tables, metastore, log and the process id are; made when absent.
        port: Port on 127.0.0.1.
        memory: Heap of the server such as 3g.

    Returns:
        The environment variables that point the profile's target spark here.

    Raises:
        SparkMissingError: pyspark or Java is not installed.
        RuntimeError: This is Windows, or the server did not come up; the message names its log.
    """
    require_posix()
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    settings = {
        "spark.sql.warehouse.dir": folder / "tables",
        "spark.driver.memory": memory,
        "spark.driver.extraJavaOptions": f"-Dderby.system.home={folder} -Duser.timezone=UTC",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": 4,
        "spark.ui.enabled": "false",
    }
    command = [str(home() / "bin" / "spark-submit"), "--class", SERVER, "--master", "local[2]"]
    for name, value in settings.items():
        command += ["--conf", f"{name}={value}"]
    command += ["--hiveconf", f"hive.server2.thrift.port={port}"]
    command += ["--hiveconf", "hive.server2.thrift.bind.host=127.0.0.1", "spark-internal"]
    with (folder / "log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    (folder / "pid").write_text(str(process.pid), encoding="utf-8")
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return {"SPARK_HOST": "127.0.0.1", "SPARK_PORT": str(port)}
        time.sleep(0.5)
    stop(folder)
    raise RuntimeError(f"Spark's Thrift server did not come up; see {folder / 'log'}.")


def stop(folder: Path) -> None:
    """Stop the server that was started in a folder; nothing happens when it does not run."""
    require_posix()
    pid = folder.resolve() / "pid"
    if not pid.exists():
        return
    if sys.platform != "win32":
        with contextlib.suppress(ProcessLookupError):
            os.killpg(int(pid.read_text(encoding="utf-8")), signal.SIGTERM)
    pid.unlink()
