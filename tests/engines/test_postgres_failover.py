"""The database itself fails over: its primary is killed, hangs, or comes back, and its standby goes on."""

import signal
from pathlib import Path

from client import ExchangeError
from gateway.recovery.recover import recover
from tests.support.builders import draft
from tests.support.engines.postgres_cluster import cluster
from tests.support.materials import Materials
from tests.support.pair import OWN, Member, Pair, pair
from tests.support.waiting import until

LOAD = 100


def quiet(log: str, done: int, size: int) -> None:
    """Tells nobody how far it is."""


def test_a_standby_that_is_promoted_has_all_that_was_acknowledged(
    materials: Materials, tmp_path: Path
) -> None:
    with cluster() as servers, pair(materials, tmp_path / "pair", [servers.dsn()]) as made:
        publishing = made.load()
        made.wait_more(LOAD)
        servers.primary.kill()
        servers.promote()
        made.wait_more(LOAD)
        print(f"\n{publishing.longest_seconds:.1f} s without an acknowledgement")
        made.assert_whole(made.members[0])


def test_who_reaches_the_old_primary_alone_acknowledges_nothing(
    materials: Materials, tmp_path: Path
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


def test_a_primary_that_hangs_is_left_for_the_one_that_is_promoted_and_not_gone_back_to(
    materials: Materials, tmp_path: Path
) -> None:
    with cluster() as servers, pair(materials, tmp_path / "pair", [servers.dsn()]) as made:
        publishing = made.load()
        servers.primary.stop()
        servers.promote()
        made.wait_more(LOAD)
        servers.primary.go_on()  # with all the sessions that it had, and takes new ones
        servers.end_sessions()
        made.wait_more(LOAD)
        print(f"\n{publishing.longest_seconds:.1f} s without an acknowledgement")
        made.assert_whole(made.members[0])


def test_what_an_asynchronous_standby_lacked_is_missed_at_once_and_comes_back_from_the_peers(
    materials: Materials, tmp_path: Path
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
        recover(member.config, (), quiet)
        assert made.held(made.peer).size == size
        member.start()
        made.wait_accepting(member)
        (more,) = made.client(member).publish([draft(entity=f"{OWN}/more")])
        assert more.accepted.sequence == size
        made.assert_whole(member)
