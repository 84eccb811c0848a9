"""`make review BASE=git-ref`: what changed in the figures since a commit, as Markdown.

The base is built once from its own files and kept. The current state starts from a copy of that
warehouse and builds what dbt finds modified, and all that stands on it; the rest is the same.
"""

from __future__ import annotations

import argparse
import io
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tools.project import ROOT, artifact, dbt_command, run_dbt

from .compare import Comparison, compare_marts
from .report import Change, markdown

FOLDER = ROOT / "build" / "review"
# Only what makes figures: tests and unit tests are run by `make test`.
BUILD = ("build", "--exclude-resource-type", "test", "unit_test")


@dataclass(frozen=True)
class State:
    """One state of the project: its files, its warehouse and dbt's artifacts."""

    project: Path
    folder: Path

    @property
    def database(self) -> Path:
        """The warehouse; both have one name, so that dbt sees no other database."""
        return self.folder / "review.duckdb"

    @property
    def manifest(self) -> dict[str, Any]:
        """Dbt's description of the state."""
        return artifact(self.folder / "target")

    def dbt(self, *command: str) -> str:
        """Run dbt on the state.

        Args:
            command: dbt command with its options.

        Returns:
            What dbt printed.

        Raises:
            SystemExit: dbt failed; the message is what it printed.
        """
        called = dbt_command(
            "--no-use-colors",
            *command,
            project=self.project,
            target_path=self.folder / "target",
            log_path=self.folder / "logs",
        )
        finished = run_dbt(called, {"DUCKDB_PATH": str(self.database)}, is_captured=True)
        if finished.returncode:
            sys.exit(f"dbt failed in {self.project}:\n{finished.stdout}{finished.stderr}")
        return finished.stdout


def git(*command: str) -> bytes:
    """What a git command prints.

    Raises:
        SystemExit: git failed; the message is what it printed.
    """
    finished = subprocess.run(["git", *command], cwd=ROOT, capture_output=True, check=False)
    if finished.returncode:
        sys.exit(f"git {command[0]}: {finished.stderr.decode().strip()}")
    return finished.stdout


def build_base(ref: str) -> tuple[str, State]:
    """The state of a commit, built unless it has been before.

    Args:
        ref: Anything that git takes for a commit.

    Returns:
        The commit's full name, and its state.
    """
    commit = git("rev-parse", "--verify", f"{ref}^{{commit}}").decode().strip()
    state = State(FOLDER / commit / "project", FOLDER / commit)
    done = state.folder / "done"
    if not done.exists():
        shutil.rmtree(state.folder, ignore_errors=True)
        state.project.mkdir(parents=True)
        with tarfile.open(fileobj=io.BytesIO(git("archive", commit))) as archive:
            archive.extractall(state.project, filter="data")
        print(f"Building {ref} ({commit[:10]}) ...", flush=True)
        state.dbt(*BUILD)
        done.touch()
    return commit, state


def policies(project: Path) -> Any:
    """The vars of a state's dbt_project.yml, which dbt does not compare."""
    return yaml.safe_load((project / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]


def changed_seeds(commit: str) -> list[str]:
    """Selectors of seeds whose files changed: dbt does not look into large ones."""
    files = git("diff", "--name-only", commit, "--", "seeds").decode().split()
    return [
        f"{Path(file).stem}+" for file in files if file.endswith(".csv") and (ROOT / file).exists()
    ]


def build_head(commit: str, base: State) -> tuple[State, list[str]]:
    """The current state, built on a copy of the base.

    Args:
        commit: Name of the base.
        base: Its state.

    Returns:
        The current state, and the names of its models and seeds that changed themselves.
    """
    head = State(ROOT, FOLDER / "head")
    shutil.rmtree(head.folder, ignore_errors=True)
    head.folder.mkdir(parents=True)
    shutil.copyfile(base.database, head.database)
    state = ("--state", str(base.folder / "target"))
    if policies(ROOT) != policies(base.project):
        selected, listed = ["*"], ["*"]
    else:
        seeds = changed_seeds(commit)
        selected = ["state:modified+", *seeds]
        listed = ["state:modified", *(seed.rstrip("+") for seed in seeds)]
    kinds = ("--resource-type", "model", "--resource-type", "seed", "--output", "name", "--quiet")
    modified = head.dbt("ls", *kinds, "--select", *listed, *state).split()
    if modified:
        print(f"Building what {len(modified)} changed models and seeds lead to ...", flush=True)
        head.dbt(*BUILD, "--full-refresh", "--select", *selected, *state)
    else:
        head.dbt("parse")
    return head, modified


def compare(base: State, head: State) -> Sequence[Comparison]:
    """Every mart of the two states, compared."""
    return compare_marts(base.database, base.manifest, head.database, head.manifest)


def main() -> None:
    """Build both states, compare them and write the report."""
    parser = argparse.ArgumentParser(prog="python -m tools.review", description=__doc__)
    parser.add_argument("base", help="commit to compare with, such as HEAD~1 or main")
    parser.add_argument("--out", type=Path, default=FOLDER / "review.md", help="file to write")
    options = parser.parse_args()

    commit, base = build_base(options.base)
    head, modified = build_head(commit, base)
    change = Change(options.base, commit, modified, head.manifest)
    report = markdown(change, compare(base, head))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(report, encoding="utf-8")
    print(report)
    print(f"Written to {options.out}")


if __name__ == "__main__":
    main()
