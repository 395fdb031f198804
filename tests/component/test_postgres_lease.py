"""Who may write into a database, and what became of a commit whose answer was lost."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from gateway.log.merkle import Frontier
from gateway.store import postgres_way, postgres_writer
from gateway.store.port import Change, DoubtfulCommit, Head, LeaseHeld, StoreError
from gateway.store.postgres import PostgresStore
from gateway.store.postgres_lease import GONE_SECONDS, LEASE_SECONDS, Fenced, Patience, Seen
from integration.engines.postgres import Server
from tests.support.entries import OURS, entry
from tests.support.handmade import grown
from tests.support.proxy import Proxy
from tests.support.waiting import until

OWN = "310000"


def seen_of(store: PostgresStore) -> Seen:
    tenure, session, holder, beat = store._writer.execute(
        "SELECT tenure, session, holder, beat FROM lease"
    ).fetchone()
    return Seen(tenure, session, holder, beat)


def test_a_database_has_one_writer(database: str) -> None:
    with closing(PostgresStore(database, OWN)) as store:
        store.commit(grown(Head(OURS), [entry(1)]))
        with pytest.raises(LeaseHeld, match="another gateway"):
            PostgresStore(database, OWN)
    PostgresStore(database, OWN).close()  # it was let go


def test_of_many_that_take_a_free_lease_at_once_one_gets_it(database: str) -> None:
    PostgresStore(database, OWN).close()
    gate = threading.Barrier(4)

    def take() -> PostgresStore | None:
        gate.wait(20)
        try:
            return PostgresStore(database, OWN)
        except LeaseHeld:
            return None

    with ThreadPoolExecutor(4) as pool:
        taken = [store for store in pool.map(lambda _: take(), range(4)) if store is not None]
    for store in taken:
        store.commit(grown(Head(OURS), [entry(1)]))
        store.close()
    assert len(taken) == 1


def taken_over(database: str, old: PostgresStore) -> PostgresStore:
    """Another process takes its holder for dead; until it sees no beat between look and take."""
    while True:
        try:
            return PostgresStore(database, OWN, seen_of(old))
        except LeaseHeld:
            continue


def test_who_was_taken_over_writes_nothing_any_more(database: str) -> None:
    with closing(PostgresStore(database, OWN)) as old:
        old.commit(grown(Head(OURS), [entry(1)]))
        told: list[str] = []
        old.on_loss(told.append)
        head = old.heads()[OURS]
        with closing(taken_over(database, old)) as new:
            with pytest.raises(Fenced) as fenced:
                old.commit(grown(head, [entry(2)], "by the old one"))
            assert fenced.value.lasting
            with pytest.raises(StoreError):
                old.set_meta({"run": "old"})
            new.commit(grown(new.heads()[OURS], [entry(2)], "by the new one"))
            assert new.heads()[OURS].checkpoint == "by the new one"
            assert new.meta("run") == ""
        assert all("taken this database over" in words for words in told)


def test_a_commit_that_hangs_is_ended_by_who_takes_over(database: str) -> None:
    with closing(PostgresStore(database, OWN)) as old:
        old.commit(grown(Head(OURS), [entry(1)]))
        head = old.heads()[OURS]
        assert old._beating is not None
        old._beating.cancel()  # it does nothing else any more
        old._leased.begin()
        old._write(grown(head, [entry(2)], "by the old one"))
        with closing(taken_over(database, old)) as new:
            with pytest.raises(StoreError):
                old._leased.commit()
            assert new.heads()[OURS] == head
            new.commit(grown(head, [entry(2)], "by the new one"))
            with pytest.raises(Fenced):
                old.made()
            assert new.heads()[OURS].checkpoint == "by the new one"


def test_a_lease_is_over_when_its_beat_has_stood_still_by_ones_own_clock() -> None:
    held, later = Seen(1, 0, "a", 5), Seen(1, 0, "a", 6)
    patience = Patience()
    assert not patience.over(held, True, 100.0)
    assert not patience.over(held, True, 100.0 + LEASE_SECONDS - 0.1)
    assert not patience.over(later, True, 100.0 + LEASE_SECONDS)  # it beats
    assert patience.over(later, True, 100.0 + 2 * LEASE_SECONDS)
    assert patience.over(later._replace(holder=""), True, 0.0)
    patience.interrupted()
    assert not patience.over(later, False, 300.0)  # it could not beat either
    assert patience.over(later, False, 300.0 + GONE_SECONDS)


@pytest.fixture
def proxy(postgres_server: Server) -> Iterator[Proxy]:
    made = Proxy(f"127.0.0.1:{postgres_server.port}")
    yield made
    made.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_way, "COMMAND_SECONDS", 1.0)
    monkeypatch.setattr(postgres_way, "CONNECT_SECONDS", 1.0)


def through(proxy: Proxy, server: Server, database: str) -> str:
    return database.replace(str(server.port), proxy.address.rpartition(":")[2])


def eventually(ask: Callable[[], bool]) -> bool:
    """The answer, once there is one: a busy machine may not connect within an impatient second."""

    def answer() -> tuple[bool] | None:
        try:
            return (ask(),)
        except StoreError:
            return None

    found = until(answer, "an answer")
    assert found is not None
    return found[0]


def at_commit(store: PostgresStore, patch: pytest.MonkeyPatch, do: Callable[[], None]) -> None:
    """Does it when everything is written but the commit."""
    original = postgres_writer.LeasedConnection.commit

    def commit(leased: postgres_writer.LeasedConnection) -> None:
        do()
        patch.setattr(postgres_writer.LeasedConnection, "commit", original)
        original(leased)

    patch.setattr(postgres_writer.LeasedConnection, "commit", commit)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("lost", ["answer", "commit", "neither, both come late"])
def test_a_commit_whose_answer_was_lost_is_asked_for(
    postgres_server: Server,
    database: str,
    proxy: Proxy,
    monkeypatch: pytest.MonkeyPatch,
    lost: str,
) -> None:
    dsn = through(proxy, postgres_server, database)
    with closing(PostgresStore(dsn, OWN)) as store:
        store.commit(grown(Head(OURS), [entry(1)]))
        change = grown(store.heads()[OURS], [entry(2)])
        at_commit(store, monkeypatch, lambda: proxy.fall_silent(forth=lost != "answer"))
        with pytest.raises(DoubtfulCommit):
            store.commit(change)
        with pytest.raises(StoreError):
            store.made()  # it can't be asked yet
        if lost != "neither, both come late":
            proxy.refuse()
        proxy.pass_on()
        made = eventually(store.made)
        assert made == (lost == "answer") or lost == "neither, both come late"
        if not made:
            store.commit(change)
        assert [found.offset for found in store.received(0, 9)] == [1, 2]
        expected = Frontier().extend([entry(1)[0].hash, entry(2)[0].hash])[0]
        assert store.heads()[OURS].frontier == expected


def test_after_a_break_between_commits_the_next_one_connects_anew(
    postgres_server: Server, database: str, proxy: Proxy
) -> None:
    with closing(PostgresStore(through(proxy, postgres_server, database), OWN)) as store:
        proxy.refuse()
        with pytest.raises(StoreError, match="can't be reached") as refused:
            store.commit(grown(Head(OURS), [entry(1)]))
        assert not refused.value.lasting
        proxy.pass_on()
        store.commit(grown(Head(OURS), [entry(1)]))
        store.commit(Change(cursors={("console", "c"): 1}))
        assert store.cursor("console", "c") == 1


@pytest.fixture
def without_replica(postgres_server: Server) -> Iterator[Callable[[], None]]:
    """Commits wait for a replica that does not come, until this is called."""

    names = "synchronous_standby_names"
    postgres_server.set(names, "nobody")
    yield lambda: postgres_server.set(names, "")
    postgres_server.set(names, "")


WAITING = (
    "FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND application_name = 'yrd writer' "
    "AND backend_type = 'client backend'"
)


@pytest.mark.usefixtures("impatient")
def test_a_commit_that_is_not_at_the_replica_is_in_doubt_whatever_the_server_answers(
    postgres_server: Server, database: str, request: pytest.FixtureRequest
) -> None:
    """An administrator ends the wait, and PostgreSQL says COMMIT, with a warning."""
    with closing(PostgresStore(database, OWN)) as store, ThreadPoolExecutor(1) as pool:
        store.commit(grown(Head(OURS), [entry(1)]))
        replicated = request.getfixturevalue("without_replica")
        committing = pool.submit(store.commit, grown(store.heads()[OURS], [entry(2)]))
        until(
            lambda: (
                committing.done()
                or postgres_server.run(f"SELECT count(pg_cancel_backend(pid)) {WAITING}") != "0"
            ),
            "the wait is ended",
        )
        with pytest.raises(DoubtfulCommit):
            committing.result(60)
        with pytest.raises(StoreError):
            store.made()  # what it would ask with can't be at the replica either
        replicated()
        assert eventually(store.made)
        assert store.heads()[OURS].size == 2


def test_a_commit_is_durable_however_the_role_is_set(
    postgres_server: Server, database: str
) -> None:
    postgres_server.run("ALTER ROLE yrd SET synchronous_commit = off")
    try:
        with closing(PostgresStore(database, OWN)) as store:
            assert store._writer.execute("SHOW synchronous_commit").fetchone()[0] == "on"
            assert store._reader.execute("SHOW synchronous_commit").fetchone()[0] == "on"
    finally:
        postgres_server.run("ALTER ROLE yrd RESET synchronous_commit")
