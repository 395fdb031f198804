"""Before a bridge works: its topics made, its brokers, login and topics looked at."""

from collections.abc import Sequence
from functools import partial

from integration.kafka.config import BridgeConfig
from integration.kafka.connecting import Admin, Settings, client_settings, length, patiently
from integration.kafka.errors import Halted
from integration.kafka.metrics import Direction
from integration.kafka.naming import Naming
from integration.kafka.place import Place
from integration.kafka.reading_place import last_place
from integration.kafka.records import Record
from integration.kafka.topics import Fault, Topic, create, faults, wanted
from integration.kafka.transactions import Transactions
from integration.kafka.versions import require_new

USES = {
    "out": frozenset({"out", "dead letters", "place"}),
    "in": frozenset({"outbox", "dead letters"}),
}


def set_up(config: BridgeConfig, after: int | None) -> list[str]:
    """Makes missing topics, and a first place, behind that offset, if there is none.

    Raises Away, or Halted where a place was there and is lost, so that everything would come again.
    """
    settings, seconds = client_settings(config), config.deadline_seconds
    admin = Admin(settings, seconds)
    require_new(admin.brokers(), settings, seconds)
    made = create(admin, wanted(config), config.topics.replication, seconds)
    place = patiently(lambda: last_place(settings, config.place_topic, seconds), seconds)
    if place is None:
        if after is None:
            _require_empty(config, settings)
        name = f"yrd.bridge.{config.id}.out"
        transactions = patiently(lambda: Transactions(settings, name, seconds), seconds)
        first = Place(after or 0).to_bytes()
        transactions.commit([Record(config.place_topic, config.id.encode(), first, [])])
    return made


def look(config: BridgeConfig) -> list[Fault]:
    """What is wrong with the topics. Raises Away or Halted where the bridge can't work at all."""
    return _faults(config, wanted(config))


def require_good(config: BridgeConfig, direction: Direction) -> None:
    """Raises Halted if a topic of this direction is missing or would lose something, or Away."""
    found = _faults(config, [topic for topic in wanted(config) if topic.use in USES[direction]])
    if found:
        raise Halted("\n".join(f"topic {f.topic} {f.problem}: {f.remedy}" for f in found))


def _faults(config: BridgeConfig, topics: Sequence[Topic]) -> list[Fault]:
    settings, seconds = client_settings(config), config.deadline_seconds
    admin = Admin(settings, seconds)
    # whether anyone answers and knows us, and is new enough
    require_new(admin.brokers(), settings, seconds)
    # whether we have the right to transactions
    Transactions(settings, f"yrd.bridge.{config.id}.check", seconds).drop()
    return faults(admin, topics, seconds)


def _require_empty(config: BridgeConfig, settings: Settings) -> None:
    seconds = config.deadline_seconds
    feed = config.out.feed
    for name in [*Naming(config.out.topics).topics, *([feed.topic] if feed else ())]:
        if patiently(partial(length, settings, name, seconds), seconds):
            raise Halted(
                f"topic {name} has records already, and topic {config.place_topic} does not say how "
                "far a bridge came: find ce_id of the newest there, look its offset up with `yrd get`, "
                "and run `yrd bridge kafka init --after OFFSET`; 0 delivers everything, again"
            )
