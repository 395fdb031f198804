"""What is wrong with a topic is named with what to do."""

import pytest

from integration.kafka.topics import Topic, differences

KEPT = Topic("t", "out", 3, {"cleanup.policy": "delete", "max.message.bytes": "2000"})
PLACE = Topic("p", "place", 1, {"cleanup.policy": "compact"}, exactly=True)


def test_a_topic_as_it_must_be_has_no_fault() -> None:
    settings = {"cleanup.policy": "delete", "max.message.bytes": "3000"}
    assert differences(KEPT, 12, settings) == []
    assert differences(PLACE, 1, {"cleanup.policy": "compact"}) == []


@pytest.mark.parametrize(
    ("topic", "partitions", "settings", "problem", "remedy"),
    [
        (KEPT, 3, {"cleanup.policy": "compact"}, "replace each other", "cleanup.policy=delete"),
        (KEPT, 3, {"cleanup.policy": "compact,delete"}, "replace each other", "=delete"),
        (PLACE, 1, {"cleanup.policy": "delete"}, "would be forgotten", "cleanup.policy=compact"),
        (PLACE, 2, {"cleanup.policy": "compact"}, "has 2 partitions", "--after OFFSET"),
        (
            KEPT,
            3,
            {"cleanup.policy": "delete", "max.message.bytes": "1999"},
            "takes 1999 bytes",
            "max.message.bytes=2000",
        ),
    ],
)
def test_a_fault_is_named_with_its_remedy(
    topic: Topic, partitions: int, settings: dict[str, str], problem: str, remedy: str
) -> None:
    [fault] = differences(topic, partitions, settings)
    assert problem in fault.problem
    assert remedy in fault.remedy
