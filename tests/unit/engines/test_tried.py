"""The tables of faults and tests, from outcomes made by hand."""

from pathlib import Path

from tests.engines.tried import Tried, fault_rows, file_rows, replaced
from tests.faults import soak

KAFKA, POSTGRES = "Apache Kafka", "PostgreSQL"
TRIED = [
    Tried("tests/engines/test_a.py::one[1]", "passed", 2.4, KAFKA, "killed", (1.0, 9.0)),
    Tried("tests/engines/test_a.py::one[2]", "passed", 2.4, KAFKA, "killed", (2.0,)),
    Tried("tests/engines/test_a.py::two", "skipped", 0.0, KAFKA, "full"),
    Tried("tests/engines/test_b.py::three[1]", "failed", 1.0, POSTGRES, "stalled"),
    Tried("tests/engines/test_b.py::three[2]", "passed", 1.0, POSTGRES, "stalled"),
    Tried("tests/engines/test_b.py::four", "passed", 1.0),
]


def test_a_row_for_each_fault_with_its_recoveries() -> None:
    assert fault_rows(TRIED, KAFKA) == [
        ("killed", "2", "nothing lost, nothing twice", "2.0 / 9.0 s"),
        ("full", "0", "left out", ""),
    ]


def test_one_failure_is_named() -> None:
    assert fault_rows(TRIED, POSTGRES) == [
        ("stalled", "2", "FAILED: tests/engines/test_b.py::three[1]", "")
    ]


def test_files_are_counted() -> None:
    assert file_rows(TRIED) == [("test_a", "2", "0", "1", "5"), ("test_b", "2", "1", "0", "3")]


def test_a_section_is_put_in_the_place_of_the_old_one() -> None:
    page = "# Page\n\nwords\n\n## Engines\n\n### Kafka 1\nold\n\n### Postgres 1\nkept\n\n## More\nend\n"
    assert replaced(page, "Kafka", "### Kafka 2\nnew\n") == page.replace(
        "Kafka 1\nold", "Kafka 2\nnew"
    )


def test_a_first_section_comes_at_the_end() -> None:
    assert replaced("# Page\n", "Flink", "### Flink 2\nnew\n") == "# Page\n\n### Flink 2\nnew\n"


def test_a_soak_leaves_the_sections_behind_its_own(tmp_path: Path) -> None:
    page = tmp_path / "faults.md"
    page.write_text("# Faults\nold\n\n## Engines\nkept\n", encoding="utf-8")
    soak.write(page, "# Faults\nnew\n")
    assert page.read_text(encoding="utf-8") == "# Faults\nnew\n\n## Engines\nkept\n"
