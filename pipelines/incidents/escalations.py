"""What someone above or beside should know of now. Noticed, never decided."""

from pipelines.facts.known import Known
from pipelines.incidents.higher_grades import of_grade
from pipelines.incidents.incidents import cases
from pipelines.incidents.lagging_responses import of_responses
from pipelines.incidents.overdue_reports import of_reports
from pipelines.incidents.untold_neighbours import of_border
from yrd.situation.v1.incidents_pb2 import Escalation


def evaluate(known: Known) -> list[Escalation]:
    """Of open incidents and of responses in force, by kind and incident."""
    found = list(of_responses(known, cases(known)))
    for case in cases(known):
        if not case.incident.closed:
            found += [*of_grade(case), *of_border(case), *of_reports(known, case)]
    return sorted(found, key=_order)


def _order(escalation: Escalation) -> tuple[int, list[str], list[str], str]:
    return (
        int(escalation.kind),
        list(escalation.joint_ids),
        list(escalation.participants),
        escalation.text_en,
    )
