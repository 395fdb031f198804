"""What could not go on, with the reason, where a person or a program can see it.

The value is what came, byte for byte, unless it is too large for the topic; headers say the rest.
"""

from dataclasses import dataclass

from client import FieldProblem
from integration.kafka.records import Headers, Record, headers_size

MOST_TEXT = 2000
MOST_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why: `reason` is a name to count by, `problems` are fields with rule and remedy."""

    reason: str
    text: str
    problems: tuple[FieldProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class Original:
    """What came, and where it can be found again (a topic's position, or a log's)."""

    position: str
    key: bytes | None
    value: bytes | None
    headers: Headers


def dead_letter(topic: str, original: Original, why: Refusal, max_bytes: int) -> Record:
    """The record for a dead-letter topic; never larger than `max_bytes` but for its key.

    The original's headers are kept, each with `original.` before its name.
    """
    headers: Headers = [
        ("yrd-reason", why.reason),
        ("yrd-text", why.text[:MOST_TEXT]),
        ("yrd-position", original.position),
    ]
    for number, problem in enumerate(why.problems[:MOST_PROBLEMS]):
        headers += [
            (f"yrd-field-{number}", problem.field[:MOST_TEXT]),
            (f"yrd-rule-{number}", problem.rule[:MOST_TEXT]),
            (f"yrd-remedy-{number}", problem.remedy[:MOST_TEXT]),
        ]
    value, kept = original.value, [(f"original.{n}", v) for n, v in original.headers]
    room = max_bytes - headers_size(headers) - len(original.key or b"")
    if len(value or b"") > room:
        headers.append(("yrd-left-out", f"{len(value or b'')} bytes: read them at yrd-position"))
        value = None
    elif headers_size(kept) <= room - len(value or b""):
        headers += kept
    return Record(topic, original.key, value, headers)
