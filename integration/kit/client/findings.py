"""What a sender did wrong: from what was seen to findings. Pure."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from integration.kit.client.events import Events
from integration.kit.client.rules import connecting, content, retrying
from integration.kit.client.rules.sighting import Sighting
from integration.kit.client.rules.words import RULES
from integration.kit.client.script import Script

EXAMPLES = 5


class Severity(StrEnum):
    """How bad. Only errors fail the test."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a sender did, once or `count` times; at most EXAMPLES examples."""

    rule: str
    severity: Severity
    title_zh: str
    title_en: str
    seen: str
    count: int
    examples: tuple[str, ...]
    why: str
    remedy: str


Rule = Callable[[Events, Script], Iterator[Sighting]]
_RULES: tuple[Rule, ...] = (*connecting.RULES, *content.RULES, *retrying.RULES)


def findings(events: Events, script: Script) -> list[Finding]:
    """All findings, errors first; the same thing seen again is counted, not repeated."""
    sightings = (sighting for rule in _RULES for sighting in rule(events, script))
    found = [_finding(key, group) for key, group in _grouped(sightings).items()]
    return sorted(found, key=lambda finding: list(Severity).index(finding.severity))


def _grouped(sightings: Iterable[Sighting]) -> dict[tuple[str, str], list[Sighting]]:
    groups: dict[tuple[str, str], list[Sighting]] = {}
    for sighting in sightings:
        groups.setdefault((sighting.rule, sighting.seen), []).append(sighting)
    return groups


def _finding(key: tuple[str, str], group: list[Sighting]) -> Finding:
    rule, seen = key
    words = RULES[rule]
    examples = tuple(s.example for s in group if s.example)[:EXAMPLES]
    return Finding(
        rule,
        Severity(words.severity),
        words.title_zh,
        words.title_en,
        seen,
        len(group),
        examples,
        words.why,
        group[0].remedy or words.remedy,
    )
