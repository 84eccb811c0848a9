"""A process that imports dbt and parses the project once, and forks itself for every run of dbt.

Importing takes dbt about 2 seconds and parsing 9, a run of few models much less. What a manifest
depends on (see `tools.dbt`) decides which runs can share one; each run starts from the
untouched manifest, because it has a copy of the process of its own.

conftest.py starts it as `python dbt_server.py <socket>`; it ends when its standard input does. A
client sends one line of JSON and gets one back. To the first process: what to parse, answered with
the socket of the process that has parsed it. To that one: what to run, answered with how it ended.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

# Parsing with dbt's static parser starts threads, and a process with threads must not be forked.
PARSE = ("--quiet", "parse", "--no-partial-parse", "--no-static-parser", "--no-write-json")


def listen(path: str) -> socket.socket:
    """A socket at a path, to which clients can connect from now on."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()
    return listener


def requests(listener: socket.socket) -> Iterator[tuple[Any, socket.socket]]:
    """What clients ask, each with the connection for the answer, until standard input ends."""
    while True:
        if sys.stdin in select.select([listener, sys.stdin], [], [])[0]:
            return
        connection, _ = listener.accept()
        with connection, connection.makefile() as lines:
            yield json.loads(lines.readline()), connection


def answer(connection: socket.socket, said: Any) -> None:
    """Send a client what it waits for."""
    connection.sendall(json.dumps(said).encode() + b"\n")


def note(log: Path, **line: Any) -> None:
    """Add a line to the log of where time goes; of several processes at a time each is whole."""
    with log.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def parsed(arguments: list[str], environment: dict[str, str], folder: str) -> Manifest | None:
    """The manifest that dbt makes of the project, None where it cannot.

    Args:
        arguments: Options of dbt that say which project, and the vars that matter.
        environment: Environment variables beside those of this process.
        folder: Where dbt may write.
    """
    from dbt.cli.main import dbtRunner  # noqa: PLC0415
    from dbt.contracts.graph.manifest import Manifest  # noqa: PLC0415

    os.environ.update(environment)
    written = ("--target-path", folder, "--log-path", folder)
    manifest = dbtRunner().invoke([*PARSE, *arguments, *written]).result
    return manifest if isinstance(manifest, Manifest) else None


def run(request: Any, manifest: Manifest | None) -> NoReturn:
    """Be the command dbt: print into files and exit as it does."""
    from dbt.cli.main import cli  # noqa: PLC0415
    from dbt.contracts.graph.nodes import SeedNode  # noqa: PLC0415

    os.environ.clear()
    os.environ.update(request["environment"])
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for descriptor, path in ((1, request["stdout"]), (2, request["stderr"])):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), descriptor)
    for node in manifest.nodes.values() if manifest else ():
        if isinstance(node, SeedNode):  # of which only the contents may differ
            node.root_path = request["project"]
    sys.argv = ["dbt", *request["arguments"]]
    cli.main(request["arguments"], prog_name="dbt", obj={"manifest": manifest, "callbacks": []})
    sys.exit()


def serve_runs(listener: socket.socket, manifest: Manifest | None) -> None:
    """Run dbt for whoever asks, several at a time if need be."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that answer
    gc.collect()
    gc.freeze()
    atexit.register(gc.unfreeze)  # what is left at the end is to be collected, as it always is
    for request, connection in requests(listener):
        if os.fork():
            continue
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        listener.close()
        began = time.monotonic()
        if not (child := os.fork()):
            connection.close()
            run(request, manifest)
        _, status, used = os.wait4(child, 0)
        code = os.waitstatus_to_exitcode(status)
        took = {"seconds": time.monotonic() - began, "cpu": used.ru_utime + used.ru_stime}
        answer(connection, {"returncode": code, **took})
        os._exit(0)


def main(path: str) -> None:
    """Start a process for everything that has to be parsed, when it is first asked for."""
    log = Path(path).with_name("log.jsonl")
    parsers: dict[str, str] = {}
    listener = listen(path)
    for request, connection in requests(listener):
        if not parsers:
            began, used = time.monotonic(), time.process_time()
            import dbt.cli.main  # noqa: F401, PLC0415

            took = {"seconds": time.monotonic() - began, "cpu": time.process_time() - used}
            note(log, what="import", **took)
        key = json.dumps(request, sort_keys=True)
        if key not in parsers:
            parsers[key] = f"{path}_{len(parsers)}"
            inner = listen(parsers[key])
            if not os.fork():
                listener.close()
                connection.close()
                began, used = time.monotonic(), time.process_time()
                manifest = parsed(**request, folder=f"{parsers[key]}_target")
                took = {"seconds": time.monotonic() - began, "cpu": time.process_time() - used}
                note(log, what="parse", **took)
                serve_runs(inner, manifest)
                return
            inner.close()
        answer(connection, parsers[key])


if __name__ == "__main__":
    main(sys.argv[1])
