"""`make postgres`, `make postgres-stop`, `make spark`, `make spark-stop`: trial servers."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tools.engines import postgres, spark


def main() -> None:
    """Start or stop one engine and say what to set to reach it."""
    parser = argparse.ArgumentParser(prog="python -m tools.engines", description=__doc__)
    parser.add_argument("engine", choices=["postgres", "spark"])
    parser.add_argument("action", choices=["start", "stop"])
    parser.add_argument("--folder", type=Path, default=Path("build"))
    options = parser.parse_args()
    engine = {"postgres": postgres, "spark": spark}[options.engine]
    folder = options.folder / options.engine
    try:
        if options.action == "stop":
            engine.stop(folder)
            return
        environment = engine.start(folder)
    except RuntimeError as problem:
        sys.exit(str(problem))
    print(f"{options.engine} is running in {folder}. To build on it:\n")
    settings = " ".join(f"{name}={value}" for name, value in environment.items())
    print(f"  {settings} make build TARGET={options.engine}\n")
    print(f"Stop it with: make {options.engine}-stop")


if __name__ == "__main__":
    main()
