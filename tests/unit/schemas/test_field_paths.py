"""Paths to fields, as an objection names them."""

import pytest

from schemas.field_paths import FieldPathError, require_field
from tests.support.builders import draft, incident_body, need

MADE = draft(incident_body(needs=[need(), need(line_id="boats")]))


@pytest.mark.parametrize(
    "path",
    [
        "incident_report",
        "incident_report.casualties.dead",
        "incident_report.needs",
        "incident_report.needs[1].quantity.value",
        "incident_report.substances[7].un_number",  # an empty list, perhaps not given
        "incident_report.reporter.phone",
        "header.occurred_time",
        "header.incident_ids",
    ],
)
def test_a_path_that_leads_to_a_field(path: str) -> None:
    require_field(MADE, path)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (
            "casualties.dead",
            "the message has no field 'casualties': use one of header, incident_report",
        ),
        ("waybill.driver", "use one of header, incident_report"),
        ("incident_report.casualty", "incident_report has no field 'casualty': use one of kind, "),
        ("incident_report.title.text", "title has no fields in it"),
        ("incident_report.needs.quantity", "needs is a list: say which item, such as needs[0]"),
        ("incident_report.needs[2].quantity", "beyond the 2 items"),
        ("incident_report.casualties[0]", "casualties is no list: leave out [0]"),
        (
            "incidentReport.title",
            "'incidentReport' is no name of a field: write names as in the protos",
        ),
        ("incident_report..title", "'' is no name of a field"),
        ("incident_report.needs[-1]", "'needs[-1]' is no name of a field"),
    ],
)
def test_a_path_that_leads_nowhere_is_told_what_would_do(path: str, words: str) -> None:
    with pytest.raises(FieldPathError) as error:
        require_field(MADE, path)
    assert words in str(error.value)
