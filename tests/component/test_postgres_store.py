"""PostgreSQL keeps the laws of the store, and those of its lease."""

from collections.abc import Iterator

import pytest

from gateway.store.port import StoreError
from gateway.store.postgres import PostgresStore
from tests.component.test_store import Reopen, StoreContract


class TestPostgresStore(StoreContract):
    """The same laws as SQLite's."""

    @pytest.fixture
    def reopen(self, database: str) -> Iterator[Reopen]:
        opened: list[PostgresStore] = []

        def again() -> PostgresStore:
            while opened:
                opened.pop().close()
            opened.append(PostgresStore(database, "310000"))
            return opened[-1]

        yield again
        for store in opened:
            store.close()

    def test_the_store_of_another_participant_is_refused(self, database: str) -> None:
        PostgresStore(database, "310000").close()
        with pytest.raises(StoreError, match=r"'310000', this gateway is '320000'; check `store`"):
            PostgresStore(database, "320000")
