"""Version numbers of the contract."""

import re
from dataclasses import dataclass
from pathlib import Path

_FORM = re.compile(r"(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})")


class VersionError(ValueError):
    """Text that is no version; says what one looks like."""


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """X.Y.Z of Semantic Versioning 2.0.0, without pre-release or build: a release is final."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    @classmethod
    def parse(cls, text: str) -> "Version":
        """Reads "X.Y.Z". Raises VersionError."""
        found = _FORM.fullmatch(text)
        if found is None:
            raise VersionError(
                f"{text!r} is not a version: write three whole numbers without leading zeros, "
                "such as 1.4.0"
            )
        return cls(*map(int, found.groups()))


def newest(folder: Path = Path(__file__).parent) -> str:
    """The newest release, by the names of the folders alone. Raises VersionError if there is none."""
    found = [Version.parse(path.name) for path in folder.iterdir() if path.name[0].isdigit()]
    if not found:
        raise VersionError(f"{folder}: no release; make one with `yrd contracts release`")
    return str(max(found))
