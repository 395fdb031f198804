"""What someone above or beside should know of now. Noticed, never decided."""

from operator import itemgetter

from pipelines.facts.known import Known
from pipelines.facts.remembered import Rests, remembered
from pipelines.incidents.higher_grades import of_grade
from pipelines.incidents.incidents import Case, cases
from pipelines.incidents.lagging_responses import of_responses
from pipelines.incidents.overdue_reports import of_reports
from pipelines.incidents.untold_neighbours import of_border
from yrd.situation.v1.incidents_pb2 import Escalation


def evaluate(known: Known) -> list[Escalation]:
    """Of open incidents and of responses in force, by kind and incident."""
    open_ones = [case for case in cases(known) if not case.incident.closed]
    lasting = remembered(known, "escalations of cases", open_ones, _itself, _of_case)
    found = [
        *of_responses(known, cases(known)),
        *(escalation for some in lasting for escalation in some),
        *of_reports(known, open_ones),
    ]
    placed = remembered(known, "order of escalations", found, _itself, lambda e: (_order(e), e))
    return [escalation for _, escalation in sorted(placed, key=itemgetter(0))]


def _itself(item: Case | Escalation) -> Rests:
    return Rests((item,))


def _of_case(case: Case) -> list[Escalation]:
    return [*of_grade(case), *of_border(case)]


def _order(escalation: Escalation) -> tuple[int, list[str], list[str], str]:
    return (
        int(escalation.kind),
        list(escalation.joint_ids),
        list(escalation.participants),
        escalation.text_en,
    )
