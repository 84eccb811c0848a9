"""`python -m tools.intake FOLDER OUT`: makes files as people have them into files that dbt reads.

Prints what was found and guessed, and on stderr what must be mended; then it ends with 1 and
leaves OUT as it was.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tools.intake import intake
from tools.intake.report import Report, Source, labelled
from tools.intake.words import LANGUAGES, Language, line


def arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    """Command line of the intake.

    Args:
        words: Its words; those of this process by default.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.intake", description=__doc__)
    parser.add_argument("folder", type=Path, help="folder with the sources")
    parser.add_argument("out", type=Path, help="folder to write")
    parser.add_argument("--mapping", type=Path, help="a mapping.yml elsewhere than in the folder")
    parser.add_argument("--language", choices=LANGUAGES, default="en")
    return parser.parse_args(words)


def summary(report: Report, language: Language = "en") -> Iterator[str]:
    """The lines about what was found: sources, then files and columns that nobody knows.

    Args:
        report: What `intake` returned.
        language: The language.
    """
    for source in report.sources.values():
        yield _summary(source, language)
    for unknown in report.unknown:
        yield unknown.text(language)
    for name in report.not_read:
        yield line("not_read", language, name=name)
    for source in report.sources.values():
        for header, near in source.unknown.items():
            place = labelled(source.path, source.sheet)
            yield line("unknown_column", language, source=place, header=header, near=near)


def _summary(source: Source, language: Language) -> str:
    """The line about a source."""
    guessed = "; ".join(note.text(language) for note in source.notes)
    return line(
        "source",
        language,
        table=source.table,
        source=labelled(source.path, source.sheet),
        n=source.records,
    ) + (f"; {guessed}" if guessed else "")


def main() -> None:
    """Run the intake and print its report."""
    options = arguments()
    report = intake(options.folder, options.out, options.mapping)
    for text in summary(report, options.language):
        print(text)
    for problem in report.problems:
        print(problem.message(options.language), file=sys.stderr)
    if report.mapping_lines.count("\n") > 2:
        print(f"mapping.yml:\n{report.mapping_lines}", file=sys.stderr)
    if report.problems:
        sys.exit(1)


if __name__ == "__main__":
    main()
