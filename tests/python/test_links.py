"""The written documents: every relative link leads to a file, and to an anchor in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from test_project import committed_files
from warehouse import ROOT

DOCUMENTS = [path for path in committed_files() if path.suffix == ".md"]


@cache
def prose(path: Path) -> str:
    """The text of a document without its blocks of code."""
    return re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.M)


@cache
def anchors(path: Path) -> frozenset[str]:
    """Where links into a document may lead: its headings, as GitHub names them, and its `a id`s."""
    headings: Counter[str] = Counter()
    found = set(re.findall(r'<a id="([^"]+)">', prose(path)))
    for heading in re.findall(r"^#+ (.+)$", prose(path), flags=re.M):
        name = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        found.add(f"{name}-{headings[name]}" if headings[name] else name)
        headings[name] += 1
    return frozenset(found)


def broken_links(path: Path) -> Iterator[str]:
    """The relative links of a document that lead nowhere."""
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(path)):
        if re.match(r"[a-z]+:", link):
            continue
        file, _, anchor = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        if not target.exists() or (anchor and anchor not in anchors(target)):
            yield link


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    """Files exist, and so do the headings and anchors that links name."""
    assert list(broken_links(path)) == []


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    """A missing file and a missing heading are named, good links and code are not."""
    page = tmp_path / "page.md"
    page.write_text(
        """# One thing

[good](#one-thing) [outside](https://example.org/x) [file](other.md) [row](other.md#nps)
[gone](gone.md) [no heading](other.md#two) [no heading here](#two)

```
[code](code.md)
```
""",
        encoding="utf-8",
    )
    (tmp_path / "other.md").write_text('| <a id="nps"></a>`nps` |\n', encoding="utf-8")
    assert list(broken_links(page)) == ["gone.md", "other.md#two", "#two"]
