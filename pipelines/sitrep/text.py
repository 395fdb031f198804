"""A report as text: Chinese, then English, then the footnotes that both share."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pipelines.sitrep.parts import (
    Figure,
    Line,
    LogSource,
    MessageSource,
    Name,
    Section,
    SetSource,
    Source,
    TableSource,
)
from pipelines.words import EN, ZH, Words
from yrd.exchange.v1.message_pb2 import Message


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose message it is, and which revision."""

    participant: str
    revision: int


Origins = Mapping[str, Origin]
"""By message id."""


def origins(told: Iterable[Message], wanted: Collection[str]) -> Origins:
    """Origins of the wanted ones among messages."""
    return {
        message.header.message_id: Origin(message.stamp.origin, message.header.revision)
        for message in told
        if message.header.message_id in wanted
    }


@dataclass(slots=True)
class Footnotes:
    """Numbers of sources, in the order in which they are first cited."""

    numbers: dict[Source, int] = field(default_factory=dict)

    def mark(self, sources: Iterable[Source]) -> str:
        """The mark that follows a figure, for example [1–3,7]."""
        found = {self.numbers.setdefault(s, len(self.numbers) + 1) for s in sources}
        return f"[{_ranges(sorted(found))}]" if found else ""


def _ranges(numbers: Sequence[int]) -> str:
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ",".join(str(r[0]) if len(r) == 1 else f"{r[0]}–{r[-1]}" for r in runs)


def body(sections: Iterable[Section], words: Words, notes: Footnotes) -> str:
    """The sections in one language."""
    parts = []
    for section in sections:
        parts.append(words.say(section.zh, section.en))
        shown = [_line(line, words, notes) for line in section.lines]
        parts += shown or [words.say("  · 无", "  · none")]
    return "\n".join(parts)


def _line(line: Line, words: Words, notes: Footnotes) -> str:
    shown = {name: _part(part, words, notes) for name, part in line.parts.items()}
    text = words.say(line.zh, line.en).format_map(shown)
    return f"{'    ' * (line.indent - 1)}  · {text}"


def _part(part: Figure | Name, words: Words, notes: Footnotes) -> str:
    text = words.say(part.zh, part.en)
    return text + notes.mark(part.sources) if isinstance(part, Figure) else text


def number(lines: Iterable[Line], notes: Footnotes) -> None:
    """Gives every source its number in the order of the figures, before any language is written."""
    for line in lines:
        for part in line.parts.values():
            if isinstance(part, Figure):
                notes.mark(part.sources)


def footnotes(notes: Footnotes, known: Origins) -> str:
    """What each mark stands for, in both languages."""
    heading = "来源 Sources"
    return "\n".join([heading, *(f"[{n}] {_note(s, known)}" for s, n in notes.numbers.items())])


def _note(source: Source, known: Origins) -> str:
    if isinstance(source, MessageSource):
        return _message(source.message_id, known)
    if isinstance(source, LogSource):
        who = f"{ZH.name(source.participant)} {EN.name(source.participant)}"
        return f"{who} 日志，至第{source.last_sequence}号 log up to entry {source.last_sequence}"
    if isinstance(source, SetSource):
        some = "; ".join(_message(i, known) for i in source.message_ids)
        return (
            f"{source.messages}条消息，全部编号之摘要 messages, digest of all ids {source.digest}; "
            f"其中 among them: {some}"
        )
    if isinstance(source, TableSource):
        return f"表 table {source.name}"
    return f"全部输入之摘要 digest of all input {source.input_digest}"


def _message(message_id: str, known: Origins) -> str:
    origin = known.get(message_id)
    if origin is None:
        return f"{message_id} 不在所读文件内 not in the files that were read"
    who = f"{ZH.name(origin.participant)} {EN.name(origin.participant)}"
    return f"{message_id} {who} 第{origin.revision}版 revision {origin.revision}"
