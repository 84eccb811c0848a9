"""`python -m tools.structure`: the house as dbt sees it, and whether every arrow in it is allowed.

Prints how many models there are, the longest chain from a base_ model to a kpi_ mart, which rooms
and subjects read which, and the exceptions with their reasons. Ends with an error when a model
reads what it may not. Reads dbt's manifest: run `dbt parse` first.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tools.project import ROOT

# What each room may read. base_ models are the checked raw contract, so only staging reads them.
ALLOWED: Mapping[str, frozenset[str]] = {
    "base": frozenset({"raw", "base"}),
    "staging": frozenset({"base"}),
    "intermediate": frozenset({"staging", "intermediate", "facts", "config"}),
    "facts": frozenset({"staging", "intermediate", "facts", "config"}),
    "kpis": frozenset({"intermediate", "facts", "kpis", "config"}),
}
# Models that read what their room may not.
ROOM_EXCEPTIONS: Mapping[tuple[str, str], str] = {
    ("fct_rejected_rows", "base"): "the account of raw rows is of the rows that staging leaves out",
    ("fct_flagged_rows", "base"): "staging has no flags",
    ("rpt_raw_reconciliation", "base"): "it counts raw rows by their status",
    ("rpt_raw_reconciliation", "staging"): "items that are open twice are told by their products",
    (
        "int_subscription_spans",
        "base",
    ): "items date the end of deleted customers, and staging would "
    "make the longest way to a KPI longer",
}
# Arrows between subjects that would close a circle. The list may only shrink.
CIRCLE_EXCEPTIONS: Mapping[tuple[str, str], str] = {
    ("dim_customers", "revenue"): "whether a customer is active, and its MRR, come from revenue, "
    "which starts at int_customers",
    ("int_reporting_start", "revenue"): "what is reported starts with the earliest item in force",
    (
        "fct_churns",
        "onboarding",
    ): "whether the customer was onboarded, for readers; models that count churns read int_churns",
    ("fct_churns", "voice"): "the last NPS answer, for readers; models that count churns read "
    "int_churns",
}


@dataclass(frozen=True)
class Node:
    """A model, seed or raw table: its name, room and subject (empty where it has none)."""

    name: str
    room: str
    subject: str


class House:
    """The models of a manifest and who reads whom."""

    def __init__(self, manifest: Mapping[str, Any]) -> None:
        """Read models, seeds and sources of the project.

        Args:
            manifest: The contents of dbt's manifest.json.
        """
        described = {**manifest["nodes"], **manifest["sources"]}
        self.nodes = {
            key: _node(node)
            for key, node in described.items()
            if node["resource_type"] in ("model", "seed", "source")
        }
        self.reads: dict[str, list[str]] = {
            key: [parent for parent in manifest["parent_map"][key] if parent in self.nodes]
            for key, node in self.nodes.items()
            if described[key]["resource_type"] == "model"
        }

    @cached_property
    def models(self) -> list[Node]:
        """All models, by name."""
        return sorted((self.nodes[key] for key in self.reads), key=lambda node: node.name)

    def arrows(self) -> list[tuple[Node, Node]]:
        """Every pair of a model and what it reads."""
        return [
            (self.nodes[reader], self.nodes[read])
            for reader, parents in self.reads.items()
            for read in parents
        ]

    def longest_chain(self, prefix: str, without: Sequence[str] = ()) -> list[str]:
        """Names of the models on the longest way to a model of a prefix, from a base_ model on.

        Args:
            prefix: What the name of the last model starts with.
            without: Names that the last model does not have.
        """
        chains: dict[str, list[str]] = {}

        def chain(key: str) -> list[str]:
            if key not in chains:
                before = [chain(parent) for parent in self.reads[key] if parent in self.reads]
                chains[key] = [*max(before, key=len, default=[]), self.nodes[key].name]
            return chains[key]

        ends = [
            key
            for key in self.reads
            if self.nodes[key].name.startswith(prefix) and self.nodes[key].name not in without
        ]
        return max((chain(key) for key in sorted(ends)), key=len)

    def room_arrows(self) -> Counter[tuple[str, str]]:
        """How many arrows lead from each room to each."""
        return Counter((reader.room, read.room) for reader, read in self.arrows())

    def subject_arrows(self) -> dict[tuple[str, str], list[str]]:
        """By reading and read subject, the names of the models that read across."""
        across: dict[tuple[str, str], list[str]] = defaultdict(list)
        for reader, read in self.arrows():
            if reader.subject and read.subject and reader.subject != read.subject:
                across[reader.subject, read.subject].append(reader.name)
        return dict(across)

    def faults(self) -> list[str]:
        """A sentence about every arrow that leads where none may, and every idle exception."""
        found = []
        idle = {**ROOM_EXCEPTIONS, **CIRCLE_EXCEPTIONS}
        for reader, read in self.arrows():
            if read.room in ALLOWED[reader.room]:
                continue
            if (reader.name, read.room) in ROOM_EXCEPTIONS:
                idle.pop((reader.name, read.room), None)
            else:
                found.append(
                    f"{reader.name} ({reader.room}) reads {read.name} ({read.room}); "
                    f"{reader.room} may read: {', '.join(sorted(ALLOWED[reader.room]))}."
                )
        allowed: dict[str, set[str]] = defaultdict(set)
        for (reader_subject, read_subject), names in self.subject_arrows().items():
            for name in names:
                if (name, read_subject) in CIRCLE_EXCEPTIONS:
                    idle.pop((name, read_subject), None)
                else:
                    allowed[reader_subject].add(read_subject)
        circle = _circle(allowed)
        if circle:
            found.append(f"The subjects read each other in a circle: {' → '.join(circle)}.")
        found.extend(
            f"The exception of {name} to read {read} is not needed; remove it from "
            "tools/structure.py."
            for name, read in idle
        )
        return found


def _node(node: Mapping[str, Any]) -> Node:
    folders = Path(node["original_file_path"]).parts[1:-1]
    name: str = node["name"]
    if node["resource_type"] == "source" or name.startswith("raw_"):
        return Node(name, "raw", "")
    if node["resource_type"] == "seed":
        return Node(name, "config", "")
    if name.startswith("base_"):
        return Node(name, "base", "")
    return Node(name, folders[0], folders[1] if len(folders) > 1 else "")


def _circle(reads: Mapping[str, set[str]]) -> list[str]:
    """A way that leads back to where it starts; empty without one."""
    done: set[str] = set()

    def walk(subject: str, way: list[str]) -> list[str]:
        if subject in way:
            return [*way[way.index(subject) :], subject]
        if subject not in done:
            for read in sorted(reads.get(subject, ())):
                circle = walk(read, [*way, subject])
                if circle:
                    return circle
            done.add(subject)
        return []

    for subject in sorted(reads):
        circle = walk(subject, [])
        if circle:
            return circle
    return []


def report(house: House) -> str:
    """What the command prints, but for faults."""
    chain = house.longest_chain("kpi_", without=["kpi_scorecard"])
    scorecard = house.longest_chain("kpi_scorecard")
    back = [reader.name for reader, read in house.arrows() if read.room == "kpis" != reader.room]
    lines = [
        f"Models: {len(house.models)}",
        f"Longest chain from base_ to a kpi_ mart: {len(chain)}",
        f"  {' → '.join(chain)}",
        f"Longest chain to the scorecard, which reads the others: {len(scorecard)}",
        f"Models outside kpis/ that read kpis/: {len(back)} {' '.join(back)}".rstrip(),
        "",
        "Rooms, and how often they read which:",
    ]
    for room in ALLOWED:
        others = [
            f"{other} {count}"
            for (reader, other), count in sorted(house.room_arrows().items())
            if reader == room
        ]
        lines.append(f"  {room:<13} ← {', '.join(others)}")
    lines += ["", "Subjects, and how often they read which:"]
    across = house.subject_arrows()
    for subject in sorted({reader for reader, _ in across}):
        others = [
            f"{other} {len(names)}"
            for (reader, other), names in sorted(across.items())
            if reader == subject
        ]
        lines.append(f"  {subject:<13} ← {', '.join(others)}")
    lines += ["", "Exceptions, which may only become fewer:"]
    for (name, read), reason in {**ROOM_EXCEPTIONS, **CIRCLE_EXCEPTIONS}.items():
        lines.append(f"  {name} reads {read}: {reason}.")
    return "\n".join(lines)


def main() -> None:
    """Print the report and the faults."""
    parser = argparse.ArgumentParser(prog="python -m tools.structure", description=__doc__)
    parser.add_argument(
        "--target-path", type=Path, default=ROOT / "target", help="where dbt's manifest.json is"
    )
    path = parser.parse_args().target_path / "manifest.json"
    if not path.exists():
        sys.exit(f"{path} does not exist; run `dbt parse` first.")
    house = House(json.loads(path.read_text(encoding="utf-8")))
    print(report(house))
    faults = house.faults()
    if faults:
        sys.exit("\n".join(["", "Faults:", *(f"- {fault}" for fault in faults)]))


if __name__ == "__main__":
    main()
