"""What a job is told comes back from its arguments as it was."""

from pipelines.flink.settings import Settings, arguments, settings_of

PLAIN = Settings(brokers="kafka:9092")
ALL = Settings(
    name="joint",
    brokers="a:1,b:2",
    feed="f",
    results="r",
    rejected="x",
    kafka=("security.protocol=SSL", 'sasl.jaas.config=a b="c";'),
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


def test_of_a_client_s_setting_the_first_sign_parts_name_and_value() -> None:
    assert ALL.properties["sasl.jaas.config"] == 'a b="c";'


def test_in_a_replay_nothing_waits() -> None:
    assert (PLAIN.regular_us, ALL.regular_us) == (60_000_000, 0)
    assert ALL.staleness.actual.total_seconds() == 5
