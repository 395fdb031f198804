"""What is said about a file beside its drafts: what was read leniently, left out, or refused."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Why something is remarked."""

    LENIENT = "lenient"
    """宽松读取: the file is not as the standard says, but what it means is plain."""
    LEFT_OUT = "left_out"
    """未带入: the message has no place for it; it stays in the file."""
    INFERRED = "inferred"
    """推断: filled in from another part of the file."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about one element, in Chinese and English."""

    kind: Kind
    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a file can't be taken: the element's path, the rule, and what to do."""

    path: str
    rule: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.path or '文件 file'}: {self.remedy} (rule {self.rule})"


class CapRefused(ValueError):
    """A file that can't be taken, or messages that can't be written; `faults` says why."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


def refusal(path: str, rule: str, remedy: str) -> CapRefused:
    """A refusal for one reason."""
    return CapRefused(Fault(path, rule, remedy))
