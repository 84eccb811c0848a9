"""Files of the raw tables, written chunk by chunk."""

import csv
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow.parquet as pq  # type: ignore[import-untyped]


class Files:
    """One growing file per table in a folder; a context manager.

    CSV files have a header and LF line ends; nulls are empty. Parquet files are typed.
    """

    def __init__(self, folder: Path, form: str, prefix: str = "") -> None:
        """Prepare to write `<prefix><table>.<form>` files.

        Args:
            folder: made if it does not exist.
            form: `csv` (text tables) or `parquet` (typed tables).
            prefix: what the file names begin with.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._form, self._prefix = folder, form, prefix
        self._stack = ExitStack()
        self._open: dict[str, Any] = {}

    def __enter__(self) -> Self:
        """Return the writer itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close all files."""
        self._stack.close()

    def append(self, name: str, table: Any) -> None:
        """Append the rows of an Arrow table to the file of the raw table `name`."""
        path = self._folder / f"{self._prefix}{name}.{self._form}"
        if self._form == "parquet":
            if name not in self._open:
                self._open[name] = self._stack.enter_context(pq.ParquetWriter(path, table.schema))
            self._open[name].write_table(table)
            return
        if name not in self._open:
            file = self._stack.enter_context(path.open("w", encoding="utf-8", newline=""))
            self._open[name] = csv.writer(file, lineterminator="\n")
            self._open[name].writerow(table.schema.names)
        columns = (column.to_pylist() for column in table.columns)
        self._open[name].writerows(zip(*columns, strict=True))
