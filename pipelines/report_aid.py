"""Needs and mutual aid in a summary's text."""

from collections.abc import Iterable

from pipelines.amounts import amount
from pipelines.report_words import AID_STATES, Words
from yrd.situation.v1.aid_pb2 import NeedLine
from yrd.situation.v1.situation_pb2 import AidLine, SituationSummary


def aid_lines(summary: SituationSummary, words: Words) -> Iterable[str]:
    """Needs, then what was asked for and how far it is."""
    yield from (_need(line, words) for line in summary.need_lines)
    yield from (_asked(line, words) for line in summary.aid)


def _need(line: NeedLine, words: Words) -> str:
    name, ability = words.name(line.beneficiary), words.ability(line.capability)
    unit, wanted = line.wanted.unit, amount(line.wanted.value)
    mark = words.say("（推断）", " (inferred)") if line.inferred else ""
    lives = words.say("，涉及生命", ", lives depend on it") if line.life_saving else ""
    return words.say(
        f"{name} 需要{ability}{wanted}{unit}{mark}{lives}：已落实{amount(line.covered)}，本省可用"
        f"{amount(line.own_spare)}，各方可调出{amount(line.neighbor_spare)}，缺口{amount(line.shortage)}",
        f"{name} needs {wanted} {unit} {ability}{mark}{lives}: {amount(line.covered)} covered, "
        f"{amount(line.own_spare)} of its own, {amount(line.neighbor_spare)} to spare elsewhere, "
        f"{amount(line.shortage)} short",
    )


def _asked(line: AidLine, words: Words) -> str:
    name, ability = words.name(line.requester), words.ability(line.capability)
    state = AID_STATES[line.state][words.index]
    unit, wanted = line.requested.unit, amount(line.requested.value)
    given = amount(line.offered)
    return words.say(
        f"{name} 请求{ability}{wanted}{unit}：{state}，已承诺{given}{unit}",
        f"{name} asks for {wanted} {unit} {ability}: {state}, {given} offered",
    )
