"""The rules of dbt's project evaluator, checked on the project's own manifest."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from warehouse import ROOT, run_dbt

from tools.generate.kpis import catalog
from tools.structure import House, report

PREFIXES = {
    "staging": ("stg_", "base_"),
    "intermediate": ("int_",),
    "facts": ("dim_", "fct_"),
    "kpis": ("kpi_", "rpt_"),
}
SUBJECTS = (
    *("core", "revenue", "renewal", "growth", "orders", "ltv", "onboarding", "usage"),
    *("campaigns", "voice", "support", "health", "validation", "scorecard", "quality"),
)
MARTS = ("dim_", "fct_", "kpi_", "rpt_")
MOST_MODELS = 158
LONGEST_CHAIN = 13  # from a base_ model to a kpi_ mart, both included; the scorecard has one more
# Models without a key of their own, and why; base_ models hold landed rows as they are.
WITHOUT_KEY = {
    "int_mrr_movements": "the rows of fct_mrr_movements, where the key is tested",
    "int_usage_events": "events as they happened, before they are added up",
    "int_health_signals": "spans as they are, several of one kind on a day among them",
}


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
    """Every model and the room it is in."""
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


def test_the_house_is_as_it_should_be(
    manifest: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    """What `python -m tools.structure` prints: no faults, few models, short chains."""
    house = House(manifest)
    assert house.faults() == []
    assert len(house.models) <= MOST_MODELS
    assert len(house.longest_chain("kpi_", without=["kpi_scorecard"])) <= LONGEST_CHAIN
    assert len(house.longest_chain("kpi_scorecard")) <= LONGEST_CHAIN + 1
    with capsys.disabled():
        print(f"\n{report(house)}\n")


def reading(manifest: dict[str, Any], reader: str, read: str) -> dict[str, Any]:
    """A manifest in which one model reads another one besides."""
    key, parent = (f"model.customer_success.{name}" for name in (reader, read))
    parents = manifest["parent_map"]
    return manifest | {"parent_map": parents | {key: [*parents[key], parent]}}


@pytest.mark.parametrize(
    ("reader", "read", "fault"),
    [
        ("fct_trials", "kpi_onboarding", "fct_trials (facts) reads kpi_onboarding (kpis)"),
        ("int_churns", "base_orders", "int_churns (intermediate) reads base_orders (base)"),
        ("kpi_nps", "stg_orders", "kpi_nps (kpis) reads stg_orders (staging)"),
        ("int_churns", "fct_customer_health", "in a circle: "),
    ],
)
def test_an_arrow_that_may_not_be_is_found(
    manifest: dict[str, Any], reader: str, read: str, fault: str
) -> None:
    """Against the rooms, or around in a circle of subjects."""
    assert any(fault in found for found in House(reading(manifest, reader, read)).faults())


def test_names_say_the_room(manifest: dict[str, Any]) -> None:
    """A prefix belongs to one room."""
    for node, room in models(manifest):
        assert node["name"].startswith(PREFIXES[room]), node["original_file_path"]


def test_folders_are_subjects(manifest: dict[str, Any]) -> None:
    """models/<room>/<subject>/, one level; groups, semantic files and categories likewise."""
    for node, room in models(manifest):
        if room != "staging":
            folders = Path(node["original_file_path"]).parts
            assert len(folders) == 4, node["original_file_path"]
            assert folders[2] in SUBJECTS, node["original_file_path"]
            assert node["group"] in (None, folders[2]), node["name"]
    groups = {group["name"] for group in manifest["groups"].values()}
    assert groups == set(SUBJECTS)
    metrics = {path.stem for path in (ROOT / "macros" / "metrics").glob("*.sql")}
    semantic = {path.stem for path in (ROOT / "models" / "semantic").glob("*.yml")}
    pages = {path.stem for path in (ROOT / "docs" / "definitions").glob("*.md")}
    assert metrics <= set(SUBJECTS)
    assert semantic - {"saved_queries"} <= set(SUBJECTS)
    assert pages - {"README"} == set(SUBJECTS)
    assert {kpi["category"] for kpi in catalog()} <= set(SUBJECTS)


def test_base_models_read_one_raw_table(manifest: dict[str, Any]) -> None:
    """A row is used only if what it names is used, so a base model also reads others."""
    for node, _ in models(manifest):
        read = parents(manifest, node)
        if node["name"].startswith("base_"):
            assert sum(name.startswith("raw_") for name in read) == 1, node["name"]
        if node["name"].startswith("stg_"):
            assert read == [node["name"].replace("stg_", "base_")]


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
    """What is no mart is read by another model."""
    for node, room in models(manifest):
        if room in ("staging", "intermediate"):
            children = manifest["child_map"][node["unique_id"]]
            assert any(child.startswith("model.") for child in children), node["name"]


def test_access_and_owners(manifest: dict[str, Any]) -> None:
    """Marts are public, with a contract and a group that has an owner; nothing else is public."""
    for node, room in models(manifest):
        assert (node["access"] == "public") == (room in ("facts", "kpis")), node["name"]
        if room in ("facts", "kpis"):
            assert node["config"]["contract"]["enforced"], node["name"]
            assert manifest["groups"][f"group.customer_success.{node['group']}"]["owner"]["name"]
            assert node["config"]["persist_docs"] == {"relation": True, "columns": True}


def test_exposures_read_marts_only(manifest: dict[str, Any]) -> None:
    """What stands outside of dbt stands on the contract."""
    assert len(manifest["exposures"]) >= 3
    for exposure in manifest["exposures"].values():
        for name in exposure["depends_on"]["nodes"]:
            assert manifest["nodes"][name]["access"] == "public", name


def sql_files(*folders: str) -> Iterator[tuple[str, str]]:
    """Name and text of every SQL and YAML file below some folders."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".sql", ".yml", ".md"):
                yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


def test_refs_name_the_project() -> None:
    """A model of the same name in somebody's own project is never taken for ours."""
    bare = [
        f"{name}: {found}"
        for name, text in sql_files("models", "macros", "tests/generic", "tests/reconciliation")
        for found in re.findall(r"\bref\([^)]*\)", text)
        if not found.startswith("ref('customer_success', ")
        # models of the root project, which vars name with their package
        and found not in ("ref()", "ref(model[0], model[1])")
        and name != "macros/policy/refs.sql"
    ]
    assert bare == []


def test_models_do_not_ask_for_the_engine() -> None:
    """What differs between engines is in macros/cross_db/, but for the name of the type double."""
    double = "{{ 'double precision' if target.type in ('postgres', 'redshift') else 'double' }}"
    for name, text in sql_files("models"):
        assert "target.type" not in text.replace(double, ""), name


def test_windows_have_no_names() -> None:
    """Not every engine knows `window w as (…)`."""
    for name, text in sql_files("models", "macros", "tests/generic", "tests/reconciliation"):
        if name.endswith(".sql"):
            sql = re.sub(r"(?s:{#.*?#})|--.*", "", text)
            assert not re.search(r"\bwindow\s+\w+\s+as\b|\)\s+over\s+\w", sql), name


def macros(*folders: str) -> Iterator[tuple[str, list[str], str]]:
    """Name, arguments and body of every macro below some folders of macros/."""
    for folder in folders:
        for path in (ROOT / "macros" / folder).rglob("*.sql"):
            text = re.sub(r"{#.*?#}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
            for name, arguments, body in re.findall(
                r"{% macro (\w+)\((.*?)\) -?%}(.*?){%-? endmacro", text, re.DOTALL
            ):
                yield name, re.findall(r"(\w+)(?:=[^,]*)?", arguments), body


def test_macros_read_what_they_are_given() -> None:
    """After from and join stands an argument, a subquery or a CTE of the macro; nothing is hidden.

    macros/raw/ reads raw tables by the contract, and a base model's edges follow from it.
    """
    for name, arguments, body in macros("kpis", "metrics", "partitions", "periods", "segments"):
        assert "ref(" not in body.replace("', ref('customer_success', '", ""), name
        assert "source(" not in body, name
        own = {
            *re.findall(r"(\w+) as \(", body),
            *re.findall(r"{%-? for (\w+) in", body),
            *re.findall(r"{%-? set (\w+) -?%}", body),
            "this",
        }
        for read in re.findall(r"\b(?:from|join)\s+({{ \w+ }}|\w+)", body):
            assert read.strip("{ }") in {*arguments, *own}, f"{name}: {read}"
    for name, _, body in macros("policy"):
        assert name in ("ref", "tested", "config_seed") or "ref(" not in body, name


def test_macros_are_found_by_their_project() -> None:
    """A dispatched macro names the project, so that others can add an engine."""
    for name, text in sql_files("macros"):
        for found in re.findall(r"adapter\.dispatch\(.*?\)", text):
            assert found.endswith("', 'customer_success')"), f"{name}: {found}"
        # these ask whether the root project is another one, and which
        asks = ("schemas.sql", "policies.sql", "origins.sql")
        assert "project_name" not in text or name.endswith(asks), name


def test_nothing_of_dbt_is_overridden() -> None:
    """A macro with the name of one of dbt's own would be ignored in a package.

    But for the names of schemas: there dbt asks the package about its own nodes.
    """
    own = {name for name, _, _ in macros("")}
    of_dbt = set()
    for package in ("dbt.include.global_project", "dbt.include.duckdb", "dbt.include.postgres"):
        spec = importlib.util.find_spec(package)
        if spec is None or spec.submodule_search_locations is None:
            continue
        for folder in spec.submodule_search_locations:
            for path in Path(folder).rglob("*.sql"):
                of_dbt |= set(re.findall(r"{%-? macro (\w+)\(", path.read_text(encoding="utf-8")))
    assert len(of_dbt) > 100
    assert own & of_dbt == {"generate_schema_name"}


def test_macros_are_described() -> None:
    """Every macro begins with a comment that says what it is, but for dispatched variants."""
    missing = []
    for path in (ROOT / "macros").rglob("*.sql"):
        text = path.read_text(encoding="utf-8")
        for name, start in re.findall(r"{% macro (\w+)\(.*?%}\s*({[#%{]|\S)", text, re.DOTALL):
            if start != "{#" and not re.match(r"(default|duckdb|postgres|spark)__", name):
                missing.append(name)
    assert missing == []
