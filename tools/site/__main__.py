"""Command line of the site: `python -m tools.site --database FILE --out build/site`."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import duckdb

from tools.marts import MartsError, add_place_arguments, place
from tools.site.marts import SEGMENT_TYPES, open_marts
from tools.site.pages import MARTS
from tools.site.render import write_site
from tools.site.words import FOLDER, LanguageError


def main() -> None:
    """Write the site and say where it is."""
    parser = argparse.ArgumentParser(prog="python -m tools.site", description=__doc__)
    add_place_arguments(parser)
    parser.add_argument("--out", type=Path, default=Path("build/site"), help="folder to write")
    parser.add_argument(
        "--publish-owners",
        action="store_true",
        help="show segments by csm_owner, which name employees",
    )
    parser.add_argument(
        "--languages", type=Path, default=FOLDER, help="folder with a file for each language"
    )
    options = parser.parse_args()
    started = time.monotonic()
    owners = ("csm_owner",) if options.publish_owners else ()
    try:
        with open_marts(place(options), MARTS, (*SEGMENT_TYPES, *owners)) as marts:
            files = write_site(marts, options.out, options.languages)
    except (MartsError, LanguageError) as error:
        sys.exit(str(error))
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        sys.exit(f"The marts do not fit this version of the site ({reason}); run `make build`.")
    pages = sum(file.suffix == ".html" for file in files)
    size = sum(file.stat().st_size for file in files) / 1e6
    seconds = time.monotonic() - started
    print(f"{pages} pages, {size:.1f} MB, in {seconds:.1f} s: {options.out / 'index.html'}")


if __name__ == "__main__":
    main()
