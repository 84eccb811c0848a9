"""The rules of dbt's project evaluator, checked on the project's own manifest."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from warehouse import ROOT, run_dbt

LAYERS = {"staging": ("stg_", "base_"), "intermediate": ("int_",)}
MARTS = ("dim_", "fct_", "kpi_", "rpt_")
# Models without a key of their own, and why; base_ models hold landed rows as they are.
WITHOUT_KEY = {
    "int_mrr_movements": "the rows of fct_mrr_movements, where the key is tested",
    "int_usage_events": "events as they happened, before they are added up",
    "int_health_signals": "spans as they are, several of one kind on a day among them",
    "int_onboarding_dated": "a deadline and a sign-up per customer, to be counted",
}
WITHOUT_READERS = {"stg_campaigns": "names of campaigns, for those who ask; no KPI needs them"}


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The manifest of the project as it reads the sample."""
    folder = tmp_path_factory.mktemp("structure")
    run = run_dbt(folder, command=("parse",))
    assert run.returncode == 0, run.output
    parsed: dict[str, Any] = json.loads(
        (folder / "target" / "manifest.json").read_text(encoding="utf-8")
    )
    return parsed


def models(manifest: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Every model and the layer it is in."""
    for node in manifest["nodes"].values():
        if node["resource_type"] == "model":
            yield node, Path(node["original_file_path"]).parts[1]


def parents(manifest: dict[str, Any], node: dict[str, Any]) -> list[str]:
    """Names of what a model reads: models, raw tables and, as config.<seed>, config seeds."""
    read = []
    for parent in manifest["parent_map"][node["unique_id"]]:
        name = parent.rsplit(".", 1)[-1]
        is_config = parent.startswith("seed.") and not name.startswith("raw_")
        read.append(f"config.{name}" if is_config else name)
    return read


def test_names_say_the_layer(manifest: dict[str, Any]) -> None:
    """stg_ and base_ in staging, int_ in intermediate, dim_, fct_, kpi_ and rpt_ in marts."""
    for node, layer in models(manifest):
        assert node["name"].startswith(LAYERS.get(layer, MARTS)), node["original_file_path"]


def test_folders_are_flat_by_subject(manifest: dict[str, Any]) -> None:
    """models/intermediate/<subject>/ and models/marts/<department>/, one level."""
    for node, layer in models(manifest):
        if layer != "staging":
            assert len(Path(node["original_file_path"]).parts) == 4, node["original_file_path"]


def test_nothing_flows_back(manifest: dict[str, Any]) -> None:
    """Staging reads raw, intermediate reads staging and config, marts read those, never raw."""
    for node, layer in models(manifest):
        read = parents(manifest, node)
        is_raw = [name.startswith("raw_") for name in read]
        if node["name"].startswith("base_"):
            # A row is used only if what it names is used, so a base model looks at others.
            assert sum(is_raw) == 1, node["name"]
            assert all(
                raw or name.startswith("base_") for raw, name in zip(is_raw, read, strict=True)
            )
            continue
        assert not any(is_raw), node["name"]
        if layer == "staging":
            assert not [name for name in read if name.startswith("stg_")], node["name"]
            assert len([name for name in read if name.startswith("base_")]) == 1, node["name"]
        if layer == "intermediate":
            assert not [name for name in read if name.startswith(MARTS)], node["name"]


def test_analyses_read_marts(manifest: dict[str, Any]) -> None:
    """Queries to start from show what a reader has: marts, and nothing below them."""
    for node in manifest["nodes"].values():
        if node["resource_type"] == "analysis":
            assert parents(manifest, node), node["name"]
            assert all(name.startswith(MARTS) for name in parents(manifest, node)), node["name"]


def test_each_raw_table_has_one_base_and_one_staging_model(manifest: dict[str, Any]) -> None:
    """Nobody reads a raw table twice."""
    raw = [name for name in manifest["nodes"] if ".raw_" in name]
    assert raw
    for name in raw:
        children = [child for child in manifest["child_map"][name] if child.startswith("model.")]
        assert children == [f"model.customer_success.base_{name.rsplit('.raw_')[-1]}"]


def test_relations_are_not_hard_coded(manifest: dict[str, Any]) -> None:
    """After from and join stands a ref, a macro or a CTE of the same file."""
    for node, _ in models(manifest):
        sql = re.sub(r"--.*", "", node["raw_code"])
        for name in re.findall(r"\b(?:from|join)\s+([a-z_]+\.[a-z_]+)\b", sql):
            pytest.fail(f"{node['name']} reads {name}")


def test_keys_are_tested(manifest: dict[str, Any]) -> None:
    """Every model has a unique key, but for those with a reason."""
    tested = {
        node["attached_node"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test"
        and node.get("test_metadata", {}).get("name") == "unique_key"
    }
    without = {
        node["name"]
        for node, _ in models(manifest)
        if node["unique_id"] not in tested and not node["name"].startswith("base_")
    }
    assert without == set(WITHOUT_KEY)


def test_every_model_is_used(manifest: dict[str, Any]) -> None:
    """What is no mart is read by another model, but for those with a reason."""
    for node, layer in models(manifest):
        if layer != "marts":
            children = manifest["child_map"][node["unique_id"]]
            is_read = any(child.startswith("model.") for child in children)
            assert is_read != (node["name"] in WITHOUT_READERS), node["name"]


def test_access_and_owners(manifest: dict[str, Any]) -> None:
    """Marts are public, with a contract and a group that has an owner; nothing else is public."""
    for node, layer in models(manifest):
        assert (node["access"] == "public") == (layer == "marts"), node["name"]
        if layer == "marts":
            assert node["config"]["contract"]["enforced"], node["name"]
            assert manifest["groups"][f"group.customer_success.{node['group']}"]["owner"]["name"]
            assert node["config"]["persist_docs"] == {"relation": True, "columns": True}


def test_exposures_read_marts_only(manifest: dict[str, Any]) -> None:
    """What stands outside of dbt stands on the contract."""
    assert len(manifest["exposures"]) >= 3
    for exposure in manifest["exposures"].values():
        for name in exposure["depends_on"]["nodes"]:
            assert manifest["nodes"][name]["access"] == "public", name


def test_macros_are_described() -> None:
    """Every macro begins with a comment that says what it is, but for dispatched variants."""
    missing = []
    for path in (ROOT / "macros").rglob("*.sql"):
        text = path.read_text(encoding="utf-8")
        for name, start in re.findall(r"{% macro (\w+)\(.*?%}\s*({[#%{]|\S)", text, re.DOTALL):
            if start != "{#" and not re.match(r"(default|duckdb|postgres|spark)__", name):
                missing.append(name)
    assert missing == []
