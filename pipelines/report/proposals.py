"""Proposals as text, Chinese first, then English."""

from collections.abc import Iterator

from pipelines.amounts import amount
from pipelines.words import EN, ZH, Words
from yrd.situation.v1.situation_pb2 import AidProposal, Allocation, ProposalLine, Reason


def proposal_text(proposal: AidProposal) -> str:
    """A proposal in Chinese and in English."""
    return "\n".join(_proposal(proposal, words) for words in (ZH, EN))


def _proposal(proposal: AidProposal, words: Words) -> str:
    name = words.name(proposal.beneficiary)
    lines = [
        words.say(
            f"【互助建议】受援方：{name}（仅供决策，不构成请求）",
            f"[Mutual-aid proposal] for {name} (people decide; nothing has been requested)",
        )
    ]
    if proposal.withdrawn:
        lines.append(
            words.say("  · 已撤回", "  · withdrawn: no longer needed, or no longer possible")
        )
    for line in proposal.lines:
        lines.append(f"  · {_need(line, words)}")
        lines += [f"      {said}" for said in _details(line, words)]
    return "\n".join(lines)


def _need(line: ProposalLine, words: Words) -> str:
    need, unit = line.need, line.need.quantity.unit
    ability = words.ability(need.capability)
    mark = words.say("（推断，无人提出）", " (inferred, nobody stated it)") if line.inferred else ""
    late = ""
    if line.late:
        late = words.say(f"，其中晚到{amount(line.late)}", f", {amount(line.late)} of it late")
    return words.say(
        f"{ability}{mark}：需要{amount(need.quantity.value)}{unit}，"
        f"已落实{amount(line.already_covered)}，缺口余{amount(line.unmet)}{late}",
        f"{ability}{mark}: {amount(need.quantity.value)} {unit} needed, "
        f"{amount(line.already_covered)} found, {amount(line.unmet)} still unmet{late}",
    )


def _details(line: ProposalLine, words: Words) -> Iterator[str]:
    for given in line.allocations:
        yield _allocation(given, words)
        if given.HasField("second_best"):
            yield _second_best(given, words)
    yield from (_text(reason, words) for reason in line.left_out)
    yield from (_text(reason, words) for reason in line.obstacles)
    for relaxation in line.relaxations:
        enough = words.say("（足够）", " (enough)") if relaxation.enough else ""
        yield f"{_text(relaxation.reason, words)}{enough}"


def _text(reason: Reason, words: Words) -> str:
    return words.say(reason.text_zh, reason.text_en)


def _allocation(given: Allocation, words: Words) -> str:
    why = "；" if words is ZH else "; "
    reasons = why.join(_text(reason, words) for reason in given.reasons)
    who, how_much = words.name(given.participant), amount(given.quantity.value)
    unit = given.quantity.unit
    if not given.HasField("arrival_minutes"):
        reasons = words.say("到达时间不详", "time of arrival unknown") + why + reasons
    return words.say(
        f"{who} {given.resource_name} {how_much}{unit}：{reasons}",
        f"{who} {given.resource_name} {how_much} {unit}: {reasons}",
    )


def _second_best(given: Allocation, words: Words) -> str:
    other = given.second_best
    who, why = words.name(other.participant), _text(other.reason, words)
    return words.say(
        f"  次优：{who} {other.resource_name}，{why}",
        f"  second best: {who} {other.resource_name}, {why}",
    )
