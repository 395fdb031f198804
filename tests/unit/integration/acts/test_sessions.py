"""Sessions end, and only who has the secret is in one."""

from integration.acts import sessions
from integration.acts.sessions import Sessions
from integration.acts.showing import of_issuer

SHOWS = of_issuer("https://id", "u1")


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_session_ends_when_nothing_is_done_and_at_the_end_of_the_shift() -> None:
    clock = Clock()
    kept = Sessions(100, 30, clock)
    secret, session = kept.begin(SHOWS)
    assert kept.end_of(session) == 1030
    for _ in range(4):
        clock.now += 24
        assert kept.of(secret) is not None
    clock.now += 5
    assert kept.of(secret) is None, "the shift is over"
    assert kept.reading(secret) is None
    secret, _ = kept.begin(SHOWS)
    clock.now += 30
    assert kept.of(secret) is None, "idle"
    assert kept.of(secret) is None
    assert kept.reading(secret) is not None, "a wall goes on"
    clock.now += 70
    assert kept.reading(secret) is None


def test_secrets_and_tokens_are_of_each_session_alone() -> None:
    kept = Sessions(100, 30, Clock())
    (first, one), (second, two) = kept.begin(SHOWS), kept.begin(SHOWS)
    assert len({first, second, one.csrf, two.csrf}) == 4
    assert kept.carries(one, one.csrf)
    assert not kept.carries(one, two.csrf)
    assert not kept.carries(one, "字")
    kept.end(first)
    assert kept.of(first) is None
    assert kept.of(second) is not None
    assert kept.of("") is None


def test_there_are_only_so_many() -> None:
    kept = Sessions(100, 30, Clock())
    first, _ = kept.begin(SHOWS)
    others = [kept.begin(SHOWS)[0] for _ in range(sessions.MOST)]
    assert kept.of(first) is None
    assert kept.of(others[-1]) is not None
