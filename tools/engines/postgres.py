"""A private PostgreSQL cluster in a folder: made on first start, reached on loopback only."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools.engines import require_posix

DISTRIBUTION = Path("/usr/lib/postgresql")
PORT = 54329
DATABASE = "customer_success"


class PostgresMissingError(RuntimeError):
    """PostgreSQL's server is not installed."""


def binaries() -> Path:
    """Folder with initdb and pg_ctl: on the path, or where Debian's package puts them.

    Raises:
        PostgresMissingError: There is none.
    """
    on_path = shutil.which("pg_ctl")
    if on_path:
        return Path(on_path).parent
    versions = sorted(DISTRIBUTION.glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[-3]))
    if not versions:
        raise PostgresMissingError("PostgreSQL is not installed (Debian: apt install postgresql).")
    return versions[-1].parent


def _run(folder: Path, program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs, as the user postgres where root may not run it."""
    command = [str(binaries() / program), *arguments]
    if sys.platform != "win32" and os.geteuid() == 0:
        import pwd  # noqa: PLC0415  (Windows has no such module)

        account = pwd.getpwnam("postgres")
        os.chown(folder, account.pw_uid, account.pw_gid)
        command = ["runuser", "-u", "postgres", "--", *command]
    finished = subprocess.run(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode:
        raise RuntimeError(f"{program} failed: {finished.stderr or finished.stdout}")


def start(folder: Path, port: int = PORT) -> dict[str, str]:
    """Start the cluster in a folder, making it first when it is not there.

    The cluster sorts text as English does, not by bytes, so that what depends on the language of a
    database shows. It accepts local connections without a password and is not durable: for trial
    and test only.

    Args:
        folder: Where cluster, socket and log are; made when absent.
        port: Port on 127.0.0.1.

    Returns:
        The environment variables that point the profile's target postgres here.

    Raises:
        PostgresMissingError: PostgreSQL is not installed.
        RuntimeError: This is Windows, or one of its programs failed; the message says which.
    """
    require_posix()
    if importlib.util.find_spec("psycopg2") is None:
        raise PostgresMissingError("PostgreSQL's client is not installed: run `make engines`.")
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    data = folder / "data"
    if not data.exists():
        locale = ("--locale-provider=icu", "--icu-locale=en-US", "--locale=C.UTF-8")
        _run(
            folder,
            "initdb",
            "-D",
            str(data),
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            *locale,
        )
    settings = (
        f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off "
        "-c max_wal_size=4GB -c shared_buffers=512MB -c work_mem=64MB -c maintenance_work_mem=256MB"
    )
    _run(
        folder, "pg_ctl", "-D", str(data), "-w", "-o", settings, "-l", str(folder / "log"), "start"
    )
    environment = {
        "POSTGRES_HOST": "127.0.0.1",
        "POSTGRES_PORT": str(port),
        "POSTGRES_USER": "postgres",
        "POSTGRES_DATABASE": DATABASE,
    }
    _create_database(port)
    return environment


def _create_database(port: int) -> None:
    import psycopg2  # noqa: PLC0415  (only where PostgreSQL is used is its client installed)

    connection = psycopg2.connect(host="127.0.0.1", port=port, user="postgres", dbname="postgres")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("select 1 from pg_database where datname = %s", (DATABASE,))
        if cursor.fetchone() is None:
            cursor.execute(f"create database {DATABASE}")
    connection.close()


def stop(folder: Path) -> None:
    """Stop the cluster in a folder."""
    require_posix()
    _run(folder.resolve(), "pg_ctl", "-D", str(folder.resolve() / "data"), "-m", "fast", "stop")
