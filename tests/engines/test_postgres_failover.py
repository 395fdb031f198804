"""The database itself fails over: its primary is killed, hangs, or comes back, and its standby goes on."""

import signal
from pathlib import Path

import pytest

from client import ExchangeError
from gateway.recovery.recover import recover
from tests.engines.recording import Recovery
from tests.support.builders import draft
from tests.support.engines.postgres_cluster import cluster
from tests.support.materials import Materials
from tests.support.pair import OWN, Member, Pair, pair
from tests.support.waiting import until

LOAD = 100


def quiet(log: str, done: int, size: int) -> None:
    """Tells nobody how far it is."""


@pytest.mark.fault("PostgreSQL", "primary killed, synchronous standby promoted")
def test_a_standby_that_is_promoted_has_all_that_was_acknowledged(
    materials: Materials, tmp_path: Path, recovery: Recovery
) -> None:
    with cluster() as servers, pair(materials, tmp_path / "pair", [servers.dsn()]) as made:
        publishing = made.load()
        made.wait_more(LOAD)
        servers.primary.kill()
        servers.promote()
        with recovery.measured():
            made.wait_more(LOAD)
        print(f"\n{publishing.longest_seconds:.1f} s without an acknowledgement")
        made.assert_whole(made.members[0])


@pytest.mark.fault(
    "PostgreSQL",
    "the old primary comes back as one (split brain), with a gateway that reaches no other",
)
def test_who_reaches_the_old_primary_alone_acknowledges_nothing(
    materials: Materials, tmp_path: Path, recovery: Recovery
) -> None:
    """Split brain: its commits wait for a standby that does not follow it any more."""
    with cluster() as servers:
        stores = [servers.dsn(servers.primary), servers.dsn()]
        with pair(materials, tmp_path / "pair", stores) as made:
            first, second = made.members
            second.start()
            made.wait_logged(second, "standby of")
            publishing = made.load()
            made.wait_more(LOAD)
            servers.primary.kill()
            servers.promote()
            with recovery.measured():
                servers.primary.start()
                made.wait_logged(second, "log_opened")
                made.wait_more(LOAD)
            _assert_refused(made, first)
            print(f"\n{publishing.longest_seconds:.1f} s without an acknowledgement")
            made.assert_whole(second)


def _assert_refused(made: Pair, member: Member) -> None:
    """It gives no acknowledgement, however long one waits."""
    try:
        (result,) = made.client(member).publish([draft(entity=f"{OWN}/refused")])
    except ExchangeError:
        return
    assert not result.HasField("accepted")


@pytest.mark.fault(
    "PostgreSQL", "primary stopped (SIGSTOP), standby promoted, the old primary goes on"
)
def test_a_primary_that_hangs_is_left_for_the_one_that_is_promoted_and_not_gone_back_to(
    materials: Materials, tmp_path: Path, recovery: Recovery
) -> None:
    with cluster() as servers, pair(materials, tmp_path / "pair", [servers.dsn()]) as made:
        publishing = made.load()
        servers.primary.stop()
        servers.promote()
        with recovery.measured():
            made.wait_more(LOAD)
        servers.primary.go_on()  # with all the sessions that it had, and takes new ones
        servers.end_sessions()
        made.wait_more(LOAD)
        print(f"\n{publishing.longest_seconds:.1f} s without an acknowledgement")
        made.assert_whole(made.members[0])


@pytest.mark.fault(
    "PostgreSQL",
    "asynchronous standby promoted that lacks entries: noticed, brought back by `yrd gateway recover`",
)
def test_what_an_asynchronous_standby_lacked_is_missed_at_once_and_comes_back_from_the_peers(
    materials: Materials, tmp_path: Path, recovery: Recovery
) -> None:
    with (
        cluster(synchronous=False) as servers,
        pair(materials, tmp_path / "pair", [servers.dsn()]) as made,
    ):
        (member,) = made.members
        assert any("synchronous_standby_names" in w for w in made.client(member).status().warnings)
        servers.standby.kill()
        made.load()
        made.wait_more(LOAD)
        made.stop_load()
        size = made.held(member.config).size
        until(lambda: made.held(made.peer).size == size, "the peer holds the same", 60)
        servers.primary.kill()
        servers.standby.start()
        servers.promote()
        _assert_refused(made, member)
        until(lambda: not made.client(member).status().accepting, "it stops accepting", 60)
        assert "yrd gateway recover" in made.client(member).status().problem
        member.end(signal.SIGTERM)
        with recovery.measured():
            recover(member.config, (), quiet)
            member.start()
            made.wait_accepting(member)
        assert made.held(made.peer).size == size
        (more,) = made.client(member).publish([draft(entity=f"{OWN}/more")])
        assert more.accepted.sequence == size
        made.assert_whole(member)
