"""What several test modules share: the sample company, built once and only read."""

from __future__ import annotations

import pytest
from warehouse import Build, build


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """The sample company as `dbt build` makes it; whoever changes it makes a copy."""
    return build(tmp_path_factory.mktemp("sample"))
