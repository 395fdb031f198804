"""What must hold after a drill, each with a name and what was found."""

from collections.abc import Callable, Iterator

from integration.drill.expectation import ExpectedPicture
from integration.drill.facts import Check, Facts, check, is_view, picture_of
from integration.drill.holdings import groups_present
from integration.drill.observe import Picture
from integration.drill.question_check import questions_are_those_planned
from integration.drill.scenario import PARTICIPANTS
from schemas.catalog import body_of
from yrd.exchange.v1.message_pb2 import Message, Mode


def run_checks(facts: Facts) -> list[Check]:
    """All checks in order."""
    checks: list[Callable[[Facts], Check]] = [
        acknowledged,
        holds_what_is_agreed,
        personal_groups_absent,
        roots_agree,
        cosigned_by_all,
        summary_is_right,
        proposals_are_right,
        questions_are_those_planned,
        exercise_stays_apart,
        audit_holds,
    ]
    return [one(facts) for one in checks]


def acknowledged(facts: Facts) -> Check:
    """Every message published was acknowledged."""
    missing = sorted(facts.published - facts.acknowledged)
    problems = [*facts.refusals, *(f"{m} was not acknowledged" for m in missing)]
    return check("every message acknowledged", problems, f"{len(facts.published)} messages")


def holds_what_is_agreed(facts: Facts) -> Check:
    """Each participant holds exactly what the agreements give it, once, no more."""
    problems: list[str] = []
    for participant in PARTICIPANTS:
        problems += _holding_problems(facts, participant)
    total = sum(len(facts.observed.messages[p]) for p in PARTICIPANTS)
    return check("each holds exactly what is agreed", problems, f"{total} messages held in all")


def _holding_problems(facts: Facts, participant: str) -> Iterator[str]:
    messages = facts.observed.messages[participant]
    held = [m.header.message_id for m in messages if not _is_activation(m)]
    yield from _activation_problems(facts, participant)
    own_views = {m.header.message_id for m in facts.observed.messages["joint"] if is_view(m)}
    due = {h.message_id for h in facts.holdings[participant].values() if not h.withheld} | own_views
    for message_id in sorted(due - set(held)):
        yield f"{participant} lacks {message_id}"
    for message_id in sorted(set(held) - due):
        yield f"{participant} holds {message_id}, which no agreement gives it"
    if len(held) != len(set(held)):
        yield f"{participant} holds some message twice"
    for log in facts.observed.status[participant].logs:
        origin = log.log_origin.removeprefix("yrd/")
        withheld = sum(
            h.withheld and h.origin == origin for h in facts.holdings[participant].values()
        ) + sum(
            not seen and applied[0] == origin
            for applied, seen in facts.activations[participant].items()
        )
        if log.counts.withheld != withheld or log.counts.quarantined:
            yield f"{participant}: {log.log_origin} has {log.counts.withheld} withheld, due {withheld}"


def _activation_problems(facts: Facts, participant: str) -> Iterator[str]:
    """Parties of an agreement, and nobody else, see that it is in force, once for each log."""
    found = sorted(
        (m.stamp.origin, m.agreement_activation.agreement_id)
        for m in facts.observed.messages[participant]
        if _is_activation(m)
    )
    due = sorted(applied for applied, seen in facts.activations[participant].items() if seen)
    if found != due:
        yield f"{participant} sees activations {found}, due {due}"


def _is_activation(message: Message) -> bool:
    return message.HasField("agreement_activation")


def personal_groups_absent(facts: Facts) -> Check:
    """Groups that no agreement gives are not there; those that one gives are."""
    problems, redacted = [], 0
    for participant in PARTICIPANTS:
        for message in facts.observed.messages[participant]:
            holding = facts.holdings[participant].get(message.header.message_id)
            body = body_of(message)
            if holding is None or body is None:
                continue
            leaked = frozenset(groups_present(body)) & holding.absent_groups
            absent = frozenset(message.receipt.absent_groups)
            redacted += bool(absent)
            if leaked or absent != holding.absent_groups:
                problems.append(
                    f"{participant}: {message.header.message_id} lacks {sorted(absent)}, "
                    f"due {sorted(holding.absent_groups)}, leaked {sorted(leaked)}"
                )
    return check("personal groups absent where not agreed", problems, f"{redacted} redacted")


def roots_agree(facts: Facts) -> Check:
    """Each log has the same size and root everywhere."""
    found: dict[str, set[tuple[int, bytes]]] = {}
    for participant in PARTICIPANTS:
        for log in facts.observed.status[participant].logs:
            found.setdefault(log.log_origin, set()).add((log.size, log.root_hash))
    problems = [
        f"{log} has {len(roots)} different roots" for log, roots in found.items() if len(roots) > 1
    ]
    sizes = {log: next(iter(roots))[0] for log, roots in sorted(found.items())}
    return check("each log's root is the same everywhere", problems, str(sizes))


def cosigned_by_all(facts: Facts) -> Check:
    """The newest checkpoint of each log is cosigned by every peer. An empty log has none."""
    problems, cosigned = [], 0
    for participant in PARTICIPANTS:
        log = facts.observed.status[participant].logs[0]
        cosigned += bool(log.size)
        for peer in PARTICIPANTS if log.size else ():
            if peer != participant and f"\u2014 yrd/{peer}/witness " not in log.checkpoint:
                problems.append(f"{participant}'s newest checkpoint lacks {peer}'s cosignature")
    good = f"{cosigned} checkpoints, {cosigned * (len(PARTICIPANTS) - 1)} cosignatures"
    return check("newest checkpoints cosigned by every peer", problems, good)


def summary_is_right(facts: Facts) -> Check:
    """Incidents, figures, warnings and coverage of the last summaries are those of the scenario."""
    problems: list[str] = []
    for mode, due in ((Mode.MODE_EXERCISE, facts.exercise), (Mode.MODE_ACTUAL, facts.actual)):
        picture = picture_of(facts, mode)
        if picture is not None:
            problems += _summary_problems(picture, due, mode == Mode.MODE_EXERCISE)
        elif due.counts:
            problems.append(f"no summary for {Mode.Name(mode)}")
    good = f"{len(facts.exercise.incidents)} incidents, {len(facts.exercise.warnings)} warnings in force"
    return check("the last summary is right", problems, good)


def _summary_problems(picture: Picture, due: ExpectedPicture, exercise: bool) -> Iterator[str]:
    summary = picture.summary
    if exercise and summary.as_of_time.seconds != int(due.as_of.timestamp()):
        yield f"as of {summary.as_of_time.ToJsonString()}, due {due.as_of.isoformat()}"
    found = {
        frozenset(m.entity_id for m in incident.members): {
            f.name: value for f, value in incident.casualties.ListFields() if f.message_type is None
        }
        for incident in summary.incidents
    }
    if found != due.incidents:
        yield f"incidents {found}, due {due.incidents}"
    warnings = {w.entity_id for w in summary.warnings}
    if warnings != due.warnings:
        yield f"warnings {sorted(warnings)}, due {sorted(due.warnings)}"
    counts = {c.participant: c.message_count for c in summary.coverage if c.message_count}
    if counts != due.counts or len(summary.coverage) != len(PARTICIPANTS):
        yield f"coverage {counts}, due {due.counts}"


def proposals_are_right(facts: Facts) -> Check:
    """The expected proposals are there, with the expected lenders, and name real messages.

    What the pipeline infers and nobody stated is marked so; the scenario says nothing of it.
    """
    picture = picture_of(facts, Mode.MODE_EXERCISE)
    proposals = picture.proposals if picture else ()
    problems, found = [], {}
    known = {m.header.message_id for m in facts.observed.messages["joint"]}
    for proposal in proposals:
        strange = set(proposal.message_ids) - known
        problems += [f"proposal names {message_id}, which nobody sent" for message_id in strange]
        for line in (line for line in proposal.lines if not line.inferred):
            incident = line.source_id
            if incident not in proposal.incident_ids:
                incident = _incident_of(facts, line.source_id)
            found[incident, line.need.line_id] = [
                (a.participant, a.quantity.value) for a in line.allocations
            ]
    if found != facts.exercise.lenders:
        problems.append(f"lenders {found}, due {facts.exercise.lenders}")
    return check(
        "the expected proposals exist",
        problems,
        f"{len(found)} lines in {len(proposals)} proposals",
    )


def _incident_of(facts: Facts, request_id: str) -> str:
    for message in facts.observed.messages["joint"]:
        if message.header.entity_id == request_id:
            return message.aid_request.incident_id
    return request_id


def exercise_stays_apart(facts: Facts) -> Check:
    """No actual summary rests on a message of the exercise."""
    views = [m for m in facts.observed.messages["joint"] if is_view(m)]
    actual = [m for m in views if m.header.mode == Mode.MODE_ACTUAL]
    exercise = {
        m.header.message_id
        for m in facts.observed.messages["joint"]
        if m.header.mode == Mode.MODE_EXERCISE
    }
    problems = []
    for view in actual:
        text = view.SerializeToString()
        problems += [
            f"actual view {view.header.message_id} names {message_id} of the exercise"
            for message_id in exercise
            if message_id.encode() in text
        ]
    if facts.actual.counts and not actual:
        problems.append("there was no actual summary to look at")
    return check(
        "exercise traffic is in no actual summary", problems, f"{len(actual)} actual views"
    )


def audit_holds(facts: Facts) -> Check:
    """Every store verifies."""
    good = f"{facts.audited_entries} entries in {len(PARTICIPANTS)} stores"
    return check("audit of every store", list(facts.audit_problems), good)
