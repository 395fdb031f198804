"""Findings as lines and as JSON."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any, Literal

from integration.doctor.finding import Finding, Level, Words, worst

Language = Literal["both", "zh", "en"]
SIGNS = {
    Level.GOOD: Words("正常", "good"),
    Level.SKIPPED: Words("未查", "skipped"),
    Level.ATTENTION: Words("注意", "ATTENTION"),
    Level.TROUBLE: Words("故障", "TROUBLE"),
}
"""Each level has its word: no colour is the only sign."""
_WHY, _NEXT = Words("影响", "why"), Words("处理", "next")


def said(words: Words, language: Language) -> str:
    """In one language, or in both, Chinese first; what is the same in both stands once."""
    if language != "both":
        return words.zh if language == "zh" else words.en
    return words.zh if words.zh == words.en else f"{words.zh} · {words.en}"


def lines(finding: Finding, language: Language) -> Iterator[str]:
    """One finding: what, and where it is not good, why it matters and the next step."""
    sign = said(SIGNS[finding.level], language).replace(" · ", " ")
    yield f"{sign}  [{finding.check}] {said(finding.what, language)}"
    for label, words in ((_WHY, finding.why), (_NEXT, finding.next)):
        if words.zh:
            yield f"      {said(label, language).replace(' · ', ' ')}: {said(words, language)}"


def summary(findings: Sequence[Finding], language: Language) -> str:
    """The last line."""
    troubles = sum(one.level is Level.TROUBLE for one in findings)
    attentions = sum(one.level is Level.ATTENTION for one in findings)
    words = Words(
        f"诊断结果：{SIGNS[worst(findings)].zh}（{troubles} 项故障，{attentions} 项注意）",
        f"doctor: {SIGNS[worst(findings)].en} ({troubles} in trouble, {attentions} to see to)",
    )
    return said(words, language)


def as_json(findings: Sequence[Finding]) -> dict[str, Any]:
    """Everything, in both languages."""
    rows = []
    for one in findings:
        row = asdict(one)
        for part in ("what", "why", "next"):
            row[part] = getattr(one, part)._asdict()
        rows.append(row)
    return {"verdict": worst(findings), "findings": rows}
