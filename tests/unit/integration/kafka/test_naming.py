"""Types go to topics by the first pattern that fits."""

import pytest

from integration.kafka.naming import Naming, NamingError, checked_template
from schemas.catalog import BODY_FIELDS
from yrd.exchange.v1.message_pb2 import MODE_ACTUAL, MODE_EXERCISE

INCIDENT = "yrd.incident.v1.IncidentReport"
WAYBILL = "yrd.hazmat.v1.Waybill"


def test_the_first_pattern_that_fits_has_the_type() -> None:
    naming = Naming({"yrd.hazmat.*": "goods", "*": "all"})
    assert naming.topic(WAYBILL, MODE_ACTUAL) == "goods"
    assert naming.topic(INCIDENT, MODE_ACTUAL) == "all"


def test_a_type_that_fits_none_stays_out() -> None:
    naming = Naming({"yrd.hazmat.*": "goods"})
    assert naming.topic(INCIDENT, MODE_ACTUAL) is None
    assert INCIDENT not in naming.types


def test_exercises_can_have_topics_of_their_own() -> None:
    naming = Naming({"*": "{mode}.{family}"})
    assert naming.topic(INCIDENT, MODE_ACTUAL) == "actual.incident"
    assert naming.topic(INCIDENT, MODE_EXERCISE) == "exercise.incident"


def test_by_default_each_type_has_a_topic() -> None:
    naming = Naming({"*": "{type}"})
    assert naming.topics == sorted(BODY_FIELDS)


@pytest.mark.parametrize("template", ["", ".", "a b", "{kind}", "{", "{0}", "报警", "x" * 250])
def test_a_template_that_makes_no_topic_is_refused(template: str) -> None:
    with pytest.raises(NamingError, match="use letters, digits"):
        checked_template(template)
