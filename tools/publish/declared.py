"""Which marts the project declares, and whether the last run of dbt made all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.project import PACKAGE, artifact, declared_marts
from tools.publish.problem import PublishError

FAILED = ("error", "fail", "skipped", "runtime error")


@dataclass(frozen=True)
class Declared:
    """A mart as the project declares it.

    Attributes:
        schema: Schema of the warehouse that holds it.
        name: Its name.
        description: What it is.
        columns: Description by column name.
    """

    schema: str
    name: str
    description: str
    columns: Mapping[str, str]


def _artifact(target: Path, name: str) -> dict[str, Any]:
    try:
        return artifact(target, name)
    except FileNotFoundError:
        raise PublishError(
            f"{target / name} is missing: run `make build` first, or name dbt's folder with "
            "--target-path."
        ) from None
    except ValueError:
        raise PublishError(f"{target / name} cannot be read: run `make build` again.") from None


def declared(target: Path) -> list[Declared]:
    """The marts of the last dbt run.

    Args:
        target: dbt's folder of artifacts.

    Returns:
        Every model that is enabled and a mart, sorted by name.

    Raises:
        PublishError: There is no manifest, or it is of a run on another engine.
    """
    manifest = _artifact(target, "manifest.json")
    engine = manifest["metadata"]["adapter_type"]
    if engine != "duckdb":
        raise PublishError(
            f"The last run of dbt was on {engine}, where readers connect themselves: "
            "run `make build` on DuckDB to publish from there."
        )
    marts = [
        Declared(
            schema=node["schema"],
            name=node["alias"],
            description=node["description"],
            columns={name: column["description"] for name, column in node["columns"].items()},
        )
        for node in declared_marts(manifest).values()
    ]
    return sorted(marts, key=lambda mart: mart.name)


def check_last_run(target: Path) -> None:
    """Refuse marts that a failed run left behind: some would be new and some not.

    In another dbt project only what this package has there counts.

    Args:
        target: dbt's folder of artifacts; without results of a run nothing is checked.

    Raises:
        PublishError: A node of the last run failed or was skipped.
    """
    if not (target / "run_results.json").exists():
        return
    results = _artifact(target, "run_results.json")["results"]
    failed = [
        result["unique_id"]
        for result in results
        if result["status"] in FAILED and result["unique_id"].split(".")[1] == PACKAGE
    ]
    if failed:
        raise PublishError(
            f"The last run of dbt did not succeed ({len(failed)} of {len(results)} nodes, first "
            f"{failed[0]}): fix that and run `make build` again before you publish."
        )
