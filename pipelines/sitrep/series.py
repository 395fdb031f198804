"""What the next report of a series must know of the one before, as a file of JSON."""

import json

from pipelines.sitrep.report import Report
from schemas.json_form import JsonFormError, from_json, to_json
from yrd.situation.v1.situation_pb2 import SituationSummary


class SeriesError(Exception):
    """A file that no report was saved in, or not one that this report may follow."""


def saved(scope: str, report: Report) -> str:
    """The report as it is saved."""
    told = {"scope": scope, "number": report.number, "summary": json.loads(to_json(report.summary))}
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def follow(text: str, source: str, scope: str, summary: SituationSummary) -> Report:
    """The report that follows the one that was saved. `source` is named in errors. Raises SeriesError."""
    try:
        told = json.loads(text)
        number, before = int(told["number"]), json.dumps(told["summary"])
        previous = from_json(SituationSummary, before, f"{source}: summary")
    except (ValueError, TypeError, KeyError, RecursionError, JsonFormError) as error:
        raise SeriesError(
            f"{source}: no saved report ({error}): give a file that --save wrote"
        ) from None
    if told.get("scope") != scope:
        raise SeriesError(
            f"{source}: scope is {told.get('scope')!r}, not {scope!r}: a series has one scope"
        )
    if previous.as_of_time.ToNanoseconds() > summary.as_of_time.ToNanoseconds():
        raise SeriesError(
            f"{source}: it is as of a later instant than this report: give the report before"
        )
    if number < 1:
        raise SeriesError(f"{source}: number is {number}: the first report has the number 1")
    return Report(number + 1, summary, previous)
