"""The tools run on Windows too: nothing in them needs what only Linux and macOS have."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from warehouse import ROOT

MODULES = {"crypt", "fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty"}
# Of `os` and `signal`, of paths (by method), and how text and processes differ.
CALLS = re.compile(
    r"os\.(fork\w*|kill\w*|[gs]et(e|re)?[ug]id|getpgid|setsid|l?chown|mkfifo|rename|symlink"
    r"|uname|wait\w*|WNOHANG)"
    r"|signal\.(SIGKILL|SIGALRM|SIGHUP|SIGUSR\d|alarm|pause)"
    r"|.*\.(symlink_to|hardlink_to)"
)
PLACES = re.compile(r"(^|[\s'\"=])/(tmp|usr|var|dev|etc)/|\.venv/bin|/bin/(sh|bash)")
# The one place of a Linux distribution that is looked at where a program is not on the path.
KNOWN_PLACES = {"/usr/lib/postgresql"}
DATES = re.compile(r"%-[dmyHIMSj]")
FILES = sorted((ROOT / "tools").rglob("*.py"))


def unguarded(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a tree that stand in no branch on the platform."""
    if isinstance(node, ast.If | ast.IfExp) and "sys.platform" in ast.unparse(node.test):
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from unguarded(child)


def faults(source: str) -> list[str]:
    """What in a source needs Linux or macOS, as line and words."""
    found = []
    tree = ast.parse(source)
    for node in unguarded(tree):
        words = ""
        if isinstance(node, ast.Import):
            words = " ".join(name.name for name in node.names if name.name in MODULES)
        elif isinstance(node, ast.ImportFrom) and node.module in MODULES:
            words = node.module or ""
        elif isinstance(node, ast.Attribute) and CALLS.fullmatch(ast.unparse(node)):
            words = ast.unparse(node)
        elif isinstance(node, ast.keyword) and node.arg == "shell":
            words = "shell"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
            if (PLACES.search(text) or DATES.search(text)) and text not in KNOWN_PLACES:
                words = text
        if words:
            found.append(f"{getattr(node, 'lineno', 0)}: {words}")
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_tools_need_no_posix(path: Path) -> None:
    """No module, call, path or option that Windows lacks, but in a branch on sys.platform."""
    assert faults(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "import fcntl",
        "from pwd import getpwnam",
        "os.fork()",
        "os.rename(one, other)",
        "os.geteuid()",
        "link.symlink_to(place)",
        "process.send_signal(signal.SIGKILL)",
        "subprocess.run(words, shell=True)",
        "Path('/tmp/x')",
        "run('.venv/bin/python')",
        "f'{day:%-d}'",
    ],
)
def test_the_scan_finds_them(source: str) -> None:
    """Each kind of fault is found, and is none in a branch for another platform."""
    assert faults(source)
    assert faults(f"if sys.platform != 'win32':\n    {source}") == []
