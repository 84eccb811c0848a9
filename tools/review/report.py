"""The report of a review: Markdown that a pull request shows as it is, lineage in Mermaid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tools.review.compare import Comparison

NODES = ("model", "seed")
# More nodes make a drawing that nobody can read, and a list that is folded up.
MOST_NODES = 60


@dataclass(frozen=True)
class Change:
    """What is compared: the base, and what changed since.

    Attributes:
        since: The base, as the title names it.
        data: The data that both states are built on.
        modified: Names of models and seeds that are new or changed themselves.
        removed: Names of models and seeds that are gone.
        manifest: dbt's manifest of the current state.
    """

    since: str
    data: str
    modified: Sequence[str]
    removed: Sequence[str]
    manifest: Mapping[str, Any]


def names(manifest: Mapping[str, Any]) -> set[str]:
    """Names of the models and seeds of a state."""
    return {node["name"] for node in manifest["nodes"].values() if node["resource_type"] in NODES}


def escaped(text: str) -> str:
    """Text for a cell of a table."""
    return text.replace("|", "\\|").replace("\n", " ")


def count(rows: int | None) -> str:
    """A number of rows; a dash where there is no such mart."""
    return "–" if rows is None else f"{rows:,}"


def downstream(change: Change) -> dict[str, set[str]]:
    """Models that stand on what changed: by name of a model or seed, the models that read it."""
    nodes = change.manifest["nodes"]
    names = {
        name: node["name"]
        for name, node in nodes.items()
        if node["resource_type"] in ("model", "seed")
    }
    edges: dict[str, set[str]] = {}
    waiting = [name for name, short in names.items() if short in change.modified]
    while waiting:
        name = waiting.pop()
        if names[name] in edges:
            continue
        children = [child for child in change.manifest["child_map"].get(name, []) if child in names]
        edges[names[name]] = {names[child] for child in children}
        waiting += children
    return edges


def lineage(change: Change, different: set[str]) -> list[str]:
    """The models downstream of the change, drawn if there are not too many."""
    edges = downstream(change)
    if not edges:
        return []
    lines = ["", "## Downstream of the change", ""]
    if len(edges) <= MOST_NODES:
        lines += ["```mermaid", "flowchart LR"]
        lines += [f"    {name}" for name in sorted(edges)]
        lines += [
            f"    {parent} --> {child}"
            for parent, children in sorted(edges.items())
            for child in sorted(children)
        ]
        lines += [
            "    classDef modified fill:#f6d9c6,stroke:#b3541e",
            "    classDef different fill:#d7e8ef,stroke:#0b5a7a,stroke-width:3px",
        ]
        lines += [f"    class {name} modified" for name in sorted(edges) if name in change.modified]
        lines += [f"    class {name} different" for name in sorted(edges) if name in different]
        lines += ["```", "", "Orange: changed itself. Blue: a mart whose figures differ."]
    else:
        lines += listed("models and seeds, too many to draw", sorted(edges))
    return lines


def listed(what: str, names: Sequence[str]) -> list[str]:
    """Names as a list, folded up where they are many."""
    text = ", ".join(f"`{name}`" for name in names)
    if len(names) <= MOST_NODES:
        return [text]
    return [f"<details><summary>{len(names)} {what}</summary>", "", text, "", "</details>"]


def columns_of(mart: Comparison) -> str:
    """How the columns of a mart changed, in a few words."""
    counts = (("new", mart.new_columns), ("removed", mart.lost_columns), ("type", mart.types))
    return ", ".join(f"{len(names)} {word}" for word, names in counts if names)


def details(mart: Comparison) -> list[str]:
    """What changed in one mart, column by column."""
    lines = ["", f"### {mart.mart}", ""]
    if mart.rows_before is None or mart.rows_after is None:
        return [*lines, "New mart." if mart.rows_before is None else "Removed mart."]
    for word, names in (("New", mart.new_columns), ("Removed", mart.lost_columns)):
        if names:
            lines += [f"{word} columns: " + ", ".join(f"`{name}`" for name in names) + ".", ""]
    if mart.columns or mart.types:
        lines += [
            "| column | rows changed | for example | before | after |",
            "|---|---:|---|---|---|",
        ]
        for name, (before, after) in sorted(mart.types.items()):
            lines.append(f"| `{name}` | type | | {before} | {after} |")
        for name, rows in sorted(mart.columns.items(), key=lambda item: -item[1]):
            for place, example in enumerate(mart.examples[name]):
                head = f"| `{name}` | {rows:,} " if place == 0 else "| | "
                cells = (example.key, example.before, example.after)
                lines.append(head + "".join(f"| {escaped(cell)} " for cell in cells) + "|")
    return lines if lines[-1] else lines[:-1]


def markdown(change: Change, marts: Sequence[Comparison]) -> str:
    """The whole report.

    Args:
        change: What is compared.
        marts: The comparison of every mart.

    Returns:
        Markdown.
    """
    different = [mart for mart in marts if not mart.is_same]
    lines = [
        f"# Figures since {change.since}",
        "",
        f"{len(different)} of {len(marts)} marts differ, built on {change.data}. "
        f"Models and seeds: {len(change.modified)} new or changed, {len(change.removed)} removed.",
    ]
    if different:
        lines += [
            "",
            "| mart | rows before | rows now | added | removed | changed | columns |",
            "|---|---:|---:|---:|---:|---:|---|",
        ]
        lines += [
            f"| `{mart.mart}` | {count(mart.rows_before)} | {count(mart.rows_after)} "
            f"| {mart.added:,} | {mart.removed:,} | {mart.changed:,} | {columns_of(mart)} |"
            for mart in different
        ]
        for mart in different:
            lines += details(mart)
    for title, names in (("New or changed", change.modified), ("Removed", change.removed)):
        if names:
            lines += ["", f"## {title} models and seeds", ""]
            lines += listed("names", sorted(names))
    lines += lineage(change, {mart.mart for mart in different})
    return "\n".join(lines) + "\n"
