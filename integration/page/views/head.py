"""What stands at the top: which mode, as of when, who is silent, and the sums."""

from collections.abc import Iterator

from integration.page.desk import Shown
from integration.page.views.values import Json, milliseconds, ms
from pipelines.facts.scope import ACTUAL
from pipelines.words import FIGURES, Words
from schemas.codes.tables import PROVINCES
from yrd.situation.v1.situation_pb2 import CasualtyTotals, ParticipantCoverage, SituationSummary


def head(shown: Shown, words: Words) -> Json:
    """Which picture it is."""
    header, stamp = shown.message.header, shown.message.stamp
    return {
        "scope": shown.scope,
        "exercise": None if shown.scope == ACTUAL else shown.scope.removeprefix("exercise/"),
        "as_of_ms": milliseconds(shown.summary.as_of_time),
        "sealed_ms": ms(stamp, "sealed_time"),
        "revision": header.revision,
        "message_id": header.message_id,
        "known_at_ms": None if shown.at_us is None else shown.at_us // 1000,
    }


def coverage(shown: Shown, words: Words) -> list[Json]:
    """Who told how much until when, and who is silent."""
    as_of = milliseconds(shown.summary.as_of_time)
    return [_covered(line, as_of, words) for line in _provinces(shown.summary)]


def _provinces(summary: SituationSummary) -> list[ParticipantCoverage]:
    """Not the joint duty room, which tells nothing of its own: the picture is its word."""
    return [line for line in summary.coverage if line.participant in PROVINCES]


def _covered(line: ParticipantCoverage, as_of_ms: int, words: Words) -> Json:
    last = ms(line, "last_told_time")
    return {
        "participant": line.participant,
        "name": words.name(line.participant),
        "messages": line.message_count,
        "last_ms": last,
        "silent": line.stale,
        "never": not line.message_count,
        "minutes": None if last is None else max(0, (as_of_ms - last) // 60_000),
    }


def glance(shown: Shown, words: Words) -> Json:
    """The sums, what is missing, and what is not known."""
    summary = shown.summary
    totals = summary.totals
    return {
        "open": totals.open_incidents,
        "incidents": totals.incidents,
        "left_out": totals.incidents_left_out,
        "figures": [_sum(totals, key, label[words.index]) for key, label in FIGURES.items()],
        "missing": [*_missing(summary, words)],
        "needs": len(summary.need_lines),
        "overdue": sum(life.overdue_steps for life in summary.aid_lives),
        "attention": len(summary.escalations) + totals.escalations_left_out,
        "differ": sum(bool(i.disagreements) for i in summary.incidents if not i.closed),
        "silent": [words.name(c.participant) for c in _provinces(summary) if c.stale],
        "questions": sum(count.count for count in summary.question_counts),
        "answered": _answered(summary, words),
    }


def _sum(totals: CasualtyTotals, key: str, label: str) -> Json:
    """Over open and closed incidents; what is unknown is counted, never taken as zero."""
    known, most, unknown = totals.known, totals.at_most, totals.incidents_unknown
    value = getattr(known, key) if known.HasField(key) else None
    at_most = getattr(most, key) if most.HasField(key) else None
    return {
        "key": key,
        "label": label,
        "value": value,
        "at_most": at_most if at_most != value else None,
        "unknown": getattr(unknown, key) if unknown.HasField(key) else 0,
    }


def _answered(summary: SituationSummary, words: Words) -> list[Json]:
    """Each province's highest response in force; no level where none is known."""
    levels: dict[str, int] = {}
    for response in summary.responses:
        known = levels.get(response.participant, response.level)
        levels[response.participant] = min(known, response.level)
    silent = {line.participant for line in summary.coverage if line.stale}
    return [
        {
            "name": words.name(province),
            "level": words.level(levels[province]) if province in levels else "",
            "silent": province in silent,
        }
        for province in PROVINCES
    ]


def _missing(summary: SituationSummary, words: Words) -> Iterator[Json]:
    """What nobody has promised yet, by capability and unit; `short` is what can't be had at all."""
    found: dict[tuple[str, str], Json] = {}
    for line in summary.need_lines:
        key = words.ability(line.capability), line.wanted.unit
        sums = found.setdefault(key, {"what": key[0], "unit": key[1], "open": 0.0, "short": 0.0})
        sums["open"] += max(0.0, line.wanted.value - line.covered)
        sums["short"] += line.shortage
    yield from (sums for sums in found.values() if sums["open"] or sums["short"])
