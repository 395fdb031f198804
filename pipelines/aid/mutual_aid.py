"""Mutual aid in a summary: needs against what there is, whole lives of help, and what is promised twice."""

from pipelines.aid import lives, need_lines, promises
from pipelines.aid.planning import planned
from pipelines.facts.known import Known
from yrd.situation.v1.situation_pb2 import SituationSummary


def add_mutual_aid(summary: SituationSummary, known: Known) -> None:
    """Adds the views of mutual aid that rest on the plan and on whole lives of help."""
    summary.aid_lives.extend(lives.evaluate(known))
    summary.double_promises.extend(promises.double(known))
    summary.need_lines.extend(need_lines.evaluate(planned(known, known.as_of_us)))
