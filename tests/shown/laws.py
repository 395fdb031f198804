"""The pipelines' laws, and with how many generated examples each was tried: `make shown-laws`.

Runs the property tests and reads what Hypothesis says of them; exits with pytest's status.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path("tests", "unit", "pipelines")
_TEST = re.compile(r"(?P<file>tests/\S+\.py)::(?P<test>\w+?)(?P<case>\[.*\])?:")
_COUNT = re.compile(
    r"\s+- (?P<passing>\d+) passing, (?P<failing>\d+) failing, and \d+ invalid test cases"
)
Law = tuple[str, str]
"""File and test."""


def main() -> None:
    """Prints the page."""
    files = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / FOLDER).rglob("test_*.py"))
        if "@given" in path.read_text(encoding="utf-8")
    ]
    command = [sys.executable, "-m", "pytest", "-q", "--hypothesis-show-statistics", *files]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    print("\n".join(_page(examples(ran.stdout))))
    if ran.returncode:
        print(ran.stdout[-4000:], file=sys.stderr)
    sys.exit(ran.returncode)


def examples(output: str) -> dict[Law, list[int]]:
    """Examples that passed and that failed, by law, over all cases of a test and phases of its run."""
    found: dict[Law, list[int]] = {}
    law: Law | None = None
    for line in output.splitlines():
        if test := _TEST.fullmatch(line):
            law = test["file"], test["test"]
        elif law is not None and (count := _COUNT.fullmatch(line)):
            sums = found.setdefault(law, [0, 0])
            sums[0] += int(count["passing"])
            sums[1] += int(count["failing"])
    return found


def _page(found: dict[Law, list[int]]) -> Iterator[str]:
    passing, failing = (sum(counts[n] for counts in found.values()) for n in (0, 1))
    yield "# 性质测试 · The pipelines' laws, and how many examples each was tried with\n"
    yield (
        f"Made by `make shown-laws`: {len(found)} laws, {passing:,} generated examples, {failing} failing."
        " Stateful ones count a run of steps as one example.\n"
    )
    file = ""
    for (of, test), (held, broken) in found.items():
        if of != file:
            file = of
            yield f"\n{Path(of).relative_to(FOLDER)}\n"
            yield "| law | examples |\n|---|---|"
        said = test.removeprefix("test_").replace("_", " ")
        yield f"| {said} | {held:,}{f' ({broken} FAILING)' if broken else ''} |"


if __name__ == "__main__":
    main()
