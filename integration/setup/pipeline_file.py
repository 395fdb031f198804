"""Questions about the joint pipeline, and its file."""

from collections.abc import Iterator

from integration.setup.question import Both, Known, Question
from integration.setup.shared import (
    CERTS,
    GATEWAY,
    OWN,
    gateway_section,
    metrics,
    state,
    system,
    telemetry,
)
from integration.setup.writing import head, line, text

QUESTIONS: tuple[Question, ...] = (
    GATEWAY,
    CERTS,
    OWN,
    system("pipeline"),
    Question(
        key="states",
        asks=Both("状态库放在哪里？", "Where does it keep its states?"),
        why=Both(
            "一个文件，同一时间只能有一个研判程序使用；丢失后会从头重读，不会出错。",
            "One file, of one pipeline at a time. If it is lost everything is read anew.",
        ),
        usual=state("pipeline/states.db"),
    ),
    Question(
        key="archive",
        asks=Both("归档放在哪个目录？", "In which folder does it archive what it read?"),
        why=Both(
            "每天一个 Avro 文件，不含个人信息，供回看和报告使用。",
            "An Avro file a day, without personal data, for looking back and for reports.",
        ),
        usual=state("pipeline/archive"),
    ),
    metrics(9461),
)


def written(known: Known) -> Iterator[str]:
    """The lines of a pipeline's file."""
    yield from head("yrd pipeline run", "docs/guide/operator.md")
    yield from gateway_section(known)
    yield line("states", text(known["states"]), "状态库 states, offset and outbox")
    yield line("archive", text(known["archive"]), "每天一个 Avro 文件 an Avro file a day")
    yield from telemetry(known)
