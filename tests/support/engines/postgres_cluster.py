"""A primary of PostgreSQL and a standby that follows it, for failovers of the database itself."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from integration.engines.postgres import ROLE, Server
from integration.engines.postgres import server as a_server
from tests.support.waiting import until

OWNER = "yrd_owner"
SYNCHRONOUS = "synchronous_standby_names"


@dataclass(slots=True)
class Cluster:
    """Two servers over one history. The store's role has no rights over the servers."""

    primary: Server
    standby: Server
    schema: str

    def dsn(self, *servers: Server) -> str:
        """Where the store is: at both, or at those named."""
        hosts = ",".join(f"127.0.0.1:{one.port}" for one in servers or (self.primary, self.standby))
        options = f"target_session_attrs=read-write&search_path={self.schema}"
        return f"postgresql://{OWNER}@{hosts}/postgres?{options}"

    def promote(self) -> None:
        """The standby is the primary on return."""
        self.standby.run("SELECT pg_promote()")
        until(lambda: self.standby.run("SELECT pg_is_in_recovery()") == "f", "it is promoted", 60)

    def end_sessions(self) -> None:
        """Whoever is connected to the promoted one has to connect anew."""
        self.standby.run(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{OWNER}'"
        )


@contextmanager
def cluster(*, synchronous: bool = True) -> Iterator[Cluster]:
    """Both running. A commit waits for the standby, unless it is not `synchronous`."""
    with a_server() as primary:
        primary.run(f"CREATE ROLE {OWNER} LOGIN")
        primary.run(f"CREATE SCHEMA store AUTHORIZATION {OWNER}")
        with a_server(primary=primary) as standby:
            if synchronous:
                primary.set(SYNCHRONOUS, "*")
                state = "SELECT sync_state FROM pg_stat_replication"
                until(lambda: primary.run(state) == "sync", f"it replicates as {ROLE}", 60)
            yield Cluster(primary, standby, "store")
            for one in (primary, standby):  # each would be waited for in turn
                if one.group.runs("postgres"):
                    one.group.signal_all("postgres", signal.SIGQUIT)
