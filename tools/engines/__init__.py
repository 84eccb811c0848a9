"""PostgreSQL and Spark on this machine's loopback, for trying them and for the tests."""

import os


def require_posix() -> None:
    """Refuse Windows, where the programs that start and stop the trial servers do not run.

    Raises:
        RuntimeError: This is Windows; the message says what to do instead.
    """
    if os.name == "nt":
        raise RuntimeError(
            "The trial servers need Linux or macOS: run this in WSL, or use a server of your own "
            "(profiles/profiles.yml lists its settings)."
        )
