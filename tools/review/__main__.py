"""`make review BASE=git-ref`: what changed in the figures since a commit, as Markdown.

The base is built once from its own files and kept; the current state starts from a copy of that
warehouse and builds what dbt finds modified, and everything that depends on it. Both are built on
the sample company, or with --raw-dir (RAW_DIR) on own files.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tools.marts import Place
from tools.project import ROOT, add_build_arguments, artifact, dbt_command, dbt_vars, run_dbt
from tools.review.compare import compare_marts
from tools.review.report import NODES, Change, markdown, names

FOLDER = ROOT / "build" / "review"
# Only what makes figures: tests and unit tests are run by `make test`.
BUILD = ("build", "--exclude-resource-type", "test", "unit_test")


@dataclass(frozen=True)
class State:
    """One state of the project.

    Attributes:
        project: Its files.
        folder: Its warehouse and dbt's artifacts.
        variables: dbt vars beside those of its dbt_project.yml.
    """

    project: Path
    folder: Path
    variables: Mapping[str, Any]

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
            variables=self.variables,
            project=self.project,
            target_path=self.folder / "target",
            log_path=self.folder / "logs",
        )
        finished = run_dbt(called, {"DUCKDB_PATH": str(self.database)}, is_captured=True)
        if finished.returncode:
            sys.exit(f"dbt failed in {self.project}:\n{finished.stdout}{finished.stderr}")
        return finished.stdout

    def build(self, what: str, *options: str) -> None:
        """Build the state, or a part of it, and print how long it took.

        Args:
            what: What is built, for the message.
            options: Further options of dbt build.
        """
        print(f"Building {what} ...", end="", file=sys.stderr, flush=True)
        started = time.monotonic()
        self.dbt(*BUILD, *options)
        print(f" {time.monotonic() - started:.0f} s", file=sys.stderr)


def git(*command: str) -> bytes:
    """What a git command prints.

    Raises:
        SystemExit: git failed; the message is what it printed.
    """
    finished = subprocess.run(["git", *command], cwd=ROOT, capture_output=True, check=False)
    if finished.returncode:
        sys.exit(f"git {command[0]}: {finished.stderr.decode().strip()}")
    return finished.stdout


def fingerprint(variables: Mapping[str, Any]) -> str:
    """Identifies vars and the raw files that they name; another set of either has another one."""
    files = sorted(Path(variables["raw_dir"]).iterdir()) if "raw_dir" in variables else []
    stamps = [(file.name, file.stat().st_size, file.stat().st_mtime_ns) for file in files]
    text = json.dumps([dict(variables), stamps], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def build_base(ref: str, variables: Mapping[str, Any]) -> tuple[str, State]:
    """The state of a commit, built unless it has been before with the same vars and files.

    Args:
        ref: Anything that git takes for a commit.
        variables: dbt vars of the build.

    Returns:
        The commit's full name, and its state.
    """
    commit = git("rev-parse", "--verify", f"{ref}^{{commit}}").decode().strip()
    folder = FOLDER / f"{commit[:12]}-{fingerprint(variables)}"
    state = State(folder / "project", folder, variables)
    done = state.folder / "done"
    if not done.exists():
        shutil.rmtree(state.folder, ignore_errors=True)
        state.project.mkdir(parents=True)
        with tarfile.open(fileobj=io.BytesIO(git("archive", commit))) as archive:
            archive.extractall(state.project, filter="data")
        state.build(f"the base, {ref} ({commit[:10]})")
        done.touch()
    return commit, state


def policies(project: Path) -> Any:
    """The vars of a state's dbt_project.yml, which dbt does not compare."""
    return yaml.safe_load((project / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]


def changed_seeds(commit: str) -> list[str]:
    """Names of seeds whose files changed: dbt does not look into large ones."""
    files = git("diff", "--name-only", commit, "--", "seeds").decode().split()
    return [Path(file).stem for file in files if file.endswith(".csv") and (ROOT / file).exists()]


def build_head(commit: str, base: State) -> tuple[State, list[str]]:
    """The current state, built on a copy of the base.

    Args:
        commit: Name of the base.
        base: Its state.

    Returns:
        The current state, and the names of its models and seeds that changed themselves.
    """
    head = State(ROOT, FOLDER / "head", base.variables)
    shutil.rmtree(head.folder, ignore_errors=True)
    head.folder.mkdir(parents=True)
    shutil.copyfile(base.database, head.database)
    state = ("--state", str(base.folder / "target"))
    if policies(ROOT) != policies(base.project):
        listed = ["*"]
    else:
        listed = ["state:modified", *changed_seeds(commit)]
    kinds = [word for kind in NODES for word in ("--resource-type", kind)]
    found = head.dbt("--quiet", "ls", *kinds, "--output", "name", "--select", *listed, *state)
    modified = found.split()
    if modified:
        selected = [name if name == "*" else f"{name}+" for name in listed]
        what = f"the current state: {len(modified)} changed models and seeds, and what reads them"
        head.build(what, "--full-refresh", "--select", *selected, *state)
    else:
        head.dbt("parse")
    return head, modified


def described(options: argparse.Namespace) -> str:
    """On which data both states are built, as the report names it."""
    data = f"the files in {options.raw_dir}" if options.raw_dir else "the sample company"
    return f"{data} as of {options.as_of}" if options.as_of else data


def main() -> None:
    """Build both states, compare them and write the report."""
    parser = argparse.ArgumentParser(prog="python -m tools.review", description=__doc__)
    parser.add_argument("base", help="commit to compare with, such as HEAD~1 or main")
    add_build_arguments(parser)
    parser.add_argument("--out", type=Path, default=FOLDER / "review.md", help="file to write")
    options = parser.parse_args()
    variables = dbt_vars(options.raw_dir, options.as_of, options.vars)
    if "raw_dir" in variables:
        variables["raw_dir"] = str(Path(variables["raw_dir"]).resolve())
        if not Path(variables["raw_dir"]).is_dir():
            sys.exit(f"There is no folder {variables['raw_dir']}; name one with --raw-dir.")

    commit, base = build_base(options.base, variables)
    head, modified = build_head(commit, base)
    marts = compare_marts(Place(base.database), base.manifest, Place(head.database), head.manifest)
    change = Change(
        since=f"{options.base} ({commit[:10]})",
        data=described(options),
        modified=modified,
        removed=sorted(names(base.manifest) - names(head.manifest)),
        manifest=head.manifest,
    )
    report = markdown(change, marts)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(report, encoding="utf-8")
    print(report)
    print(f"Written to {options.out}", file=sys.stderr)


if __name__ == "__main__":
    main()
