"""Ids of the logs and types of a store, and their names."""

from gateway.store.sql import Queries


class Names:
    """Names of logs and types by their ids."""

    def __init__(self, logs: dict[str, int], types: dict[str, int]) -> None:
        self.log = {number: name for name, number in logs.items()}
        self.type = {number: name for name, number in types.items()} | {0: ""}


class Ids:
    """Ids of logs and types by their names. The writer adds to them, readers look them up meanwhile."""

    def __init__(self, connection: Queries) -> None:
        self.reload(connection)

    def reload(self, connection: Queries) -> None:
        """What is stored, and nothing that a rolled-back transaction had made.

        Readers see the old names or the new ones, never some of them.
        """
        self.logs: dict[str, int] = dict(connection.execute("SELECT origin, id FROM log"))
        self.types: dict[str, int] = dict(connection.execute("SELECT name, id FROM type"))
        self.names = Names(self.logs, self.types)

    def kept(self) -> tuple[dict[str, int], dict[str, int]]:
        """What `restore` takes."""
        return dict(self.logs), dict(self.types)

    def restore(self, kept: tuple[dict[str, int], dict[str, int]]) -> None:
        """As it was when `kept` was called."""
        self.logs, self.types = kept
        self.names = Names(self.logs, self.types)

    def log(self, origin: str) -> int:
        """The id of a log; -1 for one that is not here."""
        return self.logs.get(origin, -1)

    def add_log(self, origin: str, number: int) -> None:
        """A log that was stored just now."""
        self.logs[origin] = number
        self.names = Names(self.logs, self.types)

    def add_type(self, name: str, number: int) -> None:
        """A type that was stored just now."""
        self.types[name] = number
        self.names = Names(self.logs, self.types)
