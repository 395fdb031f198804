"""A store as a SQLite file, for programs that read one whole: audits, accounts, reports."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gateway.store.opening import FILE, is_file, require_driver


@contextmanager
def as_file(store: str, data_dir: Path) -> Iterator[Path]:
    """Where the file is; there is none if the store has never been in use. The gateway may run.

    What is in a database is copied as of one instant into a temporary file. Raises StoreError.
    """
    if is_file(store):
        yield data_dir / FILE
        return
    require_driver()
    from gateway.store.postgres_copy import copy  # noqa: PLC0415  # not everyone has its driver

    with tempfile.TemporaryDirectory(prefix="yrd-store-") as folder:
        path = Path(folder) / FILE
        copy(store, path)
        yield path
