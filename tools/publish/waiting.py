"""Waiting for another process, for a bounded time."""

from __future__ import annotations

import time
from collections.abc import Iterator

from tools.publish.problem import Progress, PublishError

PAUSE = 0.5


def attempts(seconds: float, message: str, give_up: str) -> Iterator[None]:
    """Turns to try something, with pauses between them; break out of the loop on success.

    Args:
        seconds: How long to go on trying.
        message: What stderr says when the first attempt failed.
        give_up: The sentence of the error.

    Yields:
        Once for each attempt.

    Raises:
        PublishError: The time is over.
    """
    deadline = time.monotonic() + seconds
    yield
    if time.monotonic() < deadline:
        Progress().note(message)
    while time.monotonic() < deadline:
        time.sleep(PAUSE)
        yield
    raise PublishError(give_up)
