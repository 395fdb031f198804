"""Mutual aid in a summary: needs against what there is."""

from pipelines import need_lines
from pipelines.known import Known
from pipelines.planning import planned
from yrd.situation.v1.situation_pb2 import SituationSummary


def add_mutual_aid(summary: SituationSummary, known: Known) -> None:
    """Adds the views of mutual aid that rest on the plan and on whole lives of help."""
    summary.need_lines.extend(need_lines.evaluate(planned(known, known.as_of_us)))
