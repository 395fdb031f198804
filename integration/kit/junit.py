"""Results as JUnit XML, for build servers."""

import re
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from xml.etree import ElementTree as ET

from integration.kit.model import Outcome, Status
from integration.kit.verdict import Judged

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def document(judged: Iterable[Judged], target: str) -> ET.ElementTree:
    """One suite a group. What was known to fail and does is skipped, and says so."""
    root = ET.Element("testsuites", name=f"yrd contracts verify {target}")
    for group, some in groupby(judged, key=lambda one: one.outcome.case.group):
        suite = ET.SubElement(root, "testsuite", name=group)
        results = list(some)
        for one in results:
            _add(suite, one)
        suite.set("tests", str(len(results)))
        suite.set("failures", str(len(suite.findall("testcase/failure"))))
        suite.set("skipped", str(len(suite.findall("testcase/skipped"))))
        suite.set("time", f"{sum(one.outcome.seconds for one in results):.3f}")
    return ET.ElementTree(root)


def write(path: Path, judged: Iterable[Judged], target: str) -> None:
    """Writes it. Raises OSError."""
    tree = document(judged, target)
    ET.indent(tree)
    tree.write(path, encoding="utf-8", xml_declaration=True)


def _add(suite: ET.Element, judged: Judged) -> None:
    outcome = judged.outcome
    case = ET.SubElement(
        suite,
        "testcase",
        classname=outcome.case.group,
        name=outcome.case.full_name,
        time=f"{outcome.seconds:.3f}",
    )
    if not judged.expected:
        text = _clean(judged.told or _story(outcome))
        ET.SubElement(case, "failure", message=text).text = _clean(_story(outcome))
    elif outcome.status is not Status.PASSED:
        ET.SubElement(case, "skipped", message=_clean(judged.told or _story(outcome)))


def _story(outcome: Outcome) -> str:
    where = f"step {outcome.step}: " if outcome.step else ""
    came = f"; came: {outcome.came}" if outcome.came else ""
    return f"{where}expected: {outcome.expected}{came}"


def _clean(text: str) -> str:
    """Without characters that XML 1.0 can't carry."""
    return _NOT_XML.sub("\ufffd", text)
