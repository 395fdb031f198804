"""What a job is told comes back from its arguments as it was."""

from pipelines.flink.settings import Settings, arguments, in_environment, properties_in, settings_of

PLAIN = Settings(brokers="kafka:9092")
ALL = Settings(
    name="joint",
    brokers="a:1,b:2",
    feed="f",
    results="r",
    rejected="x",
    most_bytes=1000,
    parallelism=4,
    checkpoint_seconds=0.5,
    transaction_seconds=60,
    soon_seconds=0.1,
    tick_seconds=1.5,
    regular_seconds=30.0,
    stale_seconds=5.0,
    replay=True,
)


def test_they_come_back() -> None:
    assert settings_of(arguments(PLAIN)) == PLAIN
    assert settings_of(arguments(ALL)) == ALL


def test_how_kafka_is_reached_comes_back_and_is_no_argument() -> None:
    told = {"sasl.jaas.config": 'a b="c";', "ssl.keystore.key": "one\ntwo"}
    assert properties_in(in_environment(told)) == told
    assert properties_in({}) == {}


def test_in_a_replay_nothing_waits() -> None:
    assert (PLAIN.regular_us, ALL.regular_us) == (60_000_000, 0)
    assert ALL.staleness.actual.total_seconds() == 5
