"""What nature does: readings, earthquakes, storms, and how the provinces' warnings and responses fit."""

from pipelines.facts.known import Known
from pipelines.facts.questions import ask
from pipelines.nature import alignment, earthquakes, readings, storm
from pipelines.nature.warning_questions import questions
from yrd.situation.v1.situation_pb2 import SituationSummary


def add_to(summary: SituationSummary, known: Known, as_of_us: int) -> None:
    """Adds it to a summary that has its coverage: who is silent matters to what nobody warns of."""
    for question in questions(known):
        ask(known, question)
    silent = frozenset(line.participant for line in summary.coverage if line.stale)
    summary.readings.extend(readings.evaluate(known, as_of_us))
    summary.earthquakes.extend(earthquakes.evaluate(known, as_of_us))
    summary.storms.extend(storm.evaluate(known, as_of_us))
    summary.alignments.extend(alignment.evaluate(known, as_of_us, silent))
