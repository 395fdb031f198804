"""The report of a run: for people, for programs, for CI."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from rich.console import Console
from rich.table import Table

from integration.kit.client.events import Events
from integration.kit.client.findings import Finding, Severity
from integration.kit.client.rules.words import RULES
from integration.kit.client.script import Script, Step

_ZH = {Severity.ERROR: "错误", Severity.WARNING: "警告", Severity.NOTE: "提示"}
SUITE = "yrd contracts verify --client"


@dataclass(frozen=True, slots=True)
class Report:
    """What was played, what came, what was found."""

    script: Script
    events: Events
    findings: Sequence[Finding]
    played: frozenset[Step]

    @property
    def came_about(self) -> list[str]:
        """Steps that were played."""
        return [step.name for step in self.script.steps if step in self.played]

    @property
    def not_played(self) -> list[str]:
        """Steps whose request or draft never came."""
        return [step.name for step in self.script.steps if step not in self.played]

    @property
    def errors(self) -> int:
        """How many findings are errors."""
        return sum(finding.severity is Severity.ERROR for finding in self.findings)

    @property
    def nothing_came(self) -> bool:
        """There is nothing to judge: not one request, whatever was found beside."""
        return not self.events.requests

    @property
    def passed(self) -> bool:
        """No errors, and something was sent."""
        return not self.errors and not self.nothing_came


def show(report: Report, console: Console) -> None:
    """A table, Chinese first, with the details of each finding below it."""
    events = report.events
    console.print(
        f"脚本 {report.script.title} · script {report.script.name} · "
        f"请求 requests {len(events.requests)} · 报文 messages {len(events.attempts)} · "
        f"已确认 confirmed {events.confirmed}",
        highlight=False,
        soft_wrap=True,
    )
    if report.findings:
        console.print(_table(report.findings))
    for finding in report.findings:
        _show_details(finding, console)
    _show_steps("已触发的步骤 steps played", report.came_about, console)
    _show_steps("未触发的步骤 steps that never came", report.not_played, console)
    console.print(_verdict(report), highlight=False, soft_wrap=True)


def _show_steps(title: str, steps: Sequence[str], console: Console) -> None:
    if steps:
        console.print(f"{title}: {', '.join(steps)}", highlight=False, soft_wrap=True)


def _verdict(report: Report) -> str:
    if report.nothing_came:
        return "未通过 FAILED: 没有收到任何请求 no request came; check address and certificates"
    if report.errors:
        return f"未通过 FAILED: {report.errors} 类错误 kinds of errors"
    return "通过 PASSED"


def _table(findings: Sequence[Finding]) -> Table:
    table = Table("级别 severity", "发现 finding", "rule", "次数 times", "所见 seen")
    for finding in findings:
        table.add_row(
            f"{_ZH[finding.severity]} {finding.severity}",
            f"{finding.title_zh}\n{finding.title_en}",
            finding.rule,
            str(finding.count),
            _plain(finding.seen),
        )
    return table


def _show_details(finding: Finding, console: Console) -> None:
    def say(text: str) -> None:
        console.print(text, markup=False, highlight=False, soft_wrap=True)

    say(f"\n{finding.title_zh} {finding.rule}: {finding.seen}")
    for example in finding.examples:
        say(f"  - {example}")
    if finding.count > len(finding.examples) > 0:
        say(f"  … {finding.count - len(finding.examples)} more")
    say(f"  why: {finding.why}")
    say(f"  remedy: {finding.remedy}")


def _plain(text: str) -> str:
    """Without the meaning that brackets have for rich."""
    return text.replace("[", r"\[")


def to_json(report: Report) -> str:
    """The whole report as one object."""
    events = report.events
    return json.dumps(
        {
            "script": report.script.name,
            "participant": events.participant,
            "passed": report.passed,
            "started": events.started,
            "ended": events.ended,
            "requests": len(events.requests),
            "messages": len(events.attempts),
            "confirmed": events.confirmed,
            "expected": events.expected,
            "played": report.came_about,
            "not_played": report.not_played,
            "findings": [asdict(finding) for finding in report.findings],
        },
        ensure_ascii=False,
        indent=1,
    )


def write_junit(report: Report, path: Path) -> None:
    """JUnit XML with one case for each rule; a rule that was broken fails it. Raises OSError.

    Written whole or not at all.
    """
    suite = ET.Element("testsuite", name=SUITE)
    failed = {f.rule for f in report.findings if f.severity is Severity.ERROR}
    for rule, words in RULES.items():
        case = ET.SubElement(suite, "testcase", classname=report.script.name, name=rule)
        found = [finding for finding in report.findings if finding.rule == rule]
        if found:
            tag = "failure" if rule in failed else "system-out"
            told = ET.SubElement(case, tag)
            told.text = _printable("\n".join(map(_told, found)))
            if rule in failed:
                told.set("message", f"{words.title_zh} {words.title_en}")
    if report.nothing_came:
        case = ET.SubElement(suite, "testcase", classname=report.script.name, name="client.came")
        ET.SubElement(case, "failure", message="没有收到任何请求 no request came")
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(len(failed) + report.nothing_came))
    seconds = report.events.ended - report.events.started
    suite.set("time", f"{seconds:.3f}")
    ET.indent(suite)
    part = path.with_name(f".{path.name}.part")
    ET.ElementTree(suite).write(part, encoding="utf-8", xml_declaration=True)
    part.replace(path)


def _told(finding: Finding) -> str:
    examples = [f"  - {example}" for example in finding.examples]
    head = f"{finding.seen} ({finding.count})"
    return "\n".join([head, *examples, f"  why: {finding.why}", f"  remedy: {finding.remedy}"])


def _printable(text: str) -> str:
    """Without the characters that XML 1.0 can't hold."""
    return "".join(
        c if c in "\n\t" or c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text
    )
