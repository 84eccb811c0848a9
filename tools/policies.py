"""What is wrong with the policies of a run, told before dbt starts.

The rules are those of the project's macros, which dbt runs again; here they are rendered alone,
because dbt needs several seconds to start.
"""

from __future__ import annotations

import datetime
import difflib
import functools
import re
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import pytz  # type: ignore[import-untyped]  # as dbt hands it to macros; two calls
import yaml
from dbt_common.clients.jinja import BaseMacroGenerator, get_environment
from dbt_common.exceptions import MacroReturn

from tools.contract import raw_tables
from tools.project import PACKAGE, ROOT

MACROS: Final = "macros/*/*.sql"
CONFIG_SEEDS: Final = "seeds/config/*.csv"
PROFILES: Final = "profiles/profiles.yml"


class _Macro(BaseMacroGenerator):
    """A macro of this project that can be called in Python."""

    def __init__(self, name: str, path: Path, context: dict[str, Any]) -> None:
        """A macro that is compiled when it is called.

        Args:
            name: Its name.
            path: The file that holds it.
            context: What it may read, the other macros by name among it.
        """
        super().__init__(context)
        self._name = name
        self._path = path

    def get_name(self) -> str:
        """Its name."""
        return self._name

    def get_template(self) -> Any:
        """Its file, compiled."""
        return _template(self._path)

    def __call__(self, *words: Any, **named: Any) -> Any:
        """What it returns."""
        return self.call_macro(*words, **named)


def defaults() -> dict[str, Any]:
    """The project's vars with their default values."""
    text = (ROOT / "dbt_project.yml").read_text(encoding="utf-8")
    switches = re.findall(r"var\('(\w+)'", text)  # with a default of their own
    return dict.fromkeys(switches) | dict(yaml.safe_load(text)["vars"])


def engines() -> dict[str, str]:
    """The engine of each target of profiles.yml."""
    profiles = yaml.safe_load((ROOT / PROFILES).read_text(encoding="utf-8"))
    return {name: output["type"] for name, output in profiles[PACKAGE]["outputs"].items()}


def policy_problems(variables: Mapping[str, Any], target: str = "duckdb") -> list[str]:
    """Sentences about vars and a target that the project does not know or cannot use.

    Args:
        variables: The vars of a run, beside the defaults.
        target: dbt target, which chooses the engine.
    """
    known = defaults()
    unknown = [_unknown(name, known) for name in variables if name not in known]
    if target not in engines():
        unknown.append(f"{PROFILES} has no target {target}; use one of: {', '.join(engines())}.")
    if unknown:
        return unknown
    return list(_macros(known | dict(variables), target)["policy_problems"]())


def _unknown(name: str, known: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}?" if near else "dbt_project.yml lists those there are."
    return f"var {name} is not one of this project's; {hint}"


def _macros(variables: Mapping[str, Any], target: str) -> dict[str, Any]:
    """The project's macros by name, in a context that has what needs no warehouse."""
    seeds = {
        path.stem: {
            "resource_type": "seed",
            "name": path.stem,
            "package_name": PACKAGE,
            "fqn": [PACKAGE, "config", path.stem],
            "config": {"materialized": "seed"},
        }
        for path in ROOT.glob(CONFIG_SEEDS)
    }
    context: dict[str, Any] = {
        "execute": True,
        "project_name": PACKAGE,
        "var": variables.__getitem__,
        "target": SimpleNamespace(name=target, type=engines()[target]),
        "graph": SimpleNamespace(nodes=seeds, sources=_sources()),
        "modules": SimpleNamespace(re=re, pytz=pytz, datetime=datetime),
        "run_started_at": datetime.datetime.now(datetime.UTC),
        "return": _return,
    }
    for path in ROOT.glob(MACROS):
        for name in re.findall(r"{%-? macro (\w+)\(", path.read_text(encoding="utf-8")):
            context[name] = _Macro(name, path, context)
    return context


def _sources() -> dict[str, Any]:
    """The raw contract as dbt's graph has it, as far as macros read it without a warehouse."""
    return {
        f"source.{PACKAGE}.raw.{table.name}": {
            "name": table.name,
            "source_name": "raw",
            "package_name": PACKAGE,
            "config": {"meta": {"key": list(table.key)}},
            "columns": {
                column.name: {
                    "name": column.name,
                    "data_type": column.type,
                    "config": {"meta": column.meta},
                }
                for column in table.columns
            },
        }
        for table in raw_tables()
    }


@functools.cache
def _template(path: Path) -> Any:
    return get_environment().from_string(path.read_text(encoding="utf-8"))


def _return(value: Any = None) -> None:
    raise MacroReturn(value)
