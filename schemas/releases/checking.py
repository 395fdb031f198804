"""The gate: the working tree against released revisions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

from schemas.compat import Contract, Finding, compare
from schemas.releases.reading import Release
from schemas.releases.version import Version


class UnknownVersionError(Exception):
    """A version that was never released; the text names those that were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What was compared, and what was found, each finding once.

    `since` of a finding names all releases that it was found against, oldest first.
    """

    compared: tuple[Version, ...]
    findings: tuple[Finding, ...]

    @property
    def breaks(self) -> tuple[Finding, ...]:
        """Findings that are breaks."""
        return tuple(f for f in self.findings if f.breaks)

    @property
    def notes(self) -> tuple[Finding, ...]:
        """Findings that are notes."""
        return tuple(f for f in self.findings if not f.breaks)


def line(released: Sequence[Release], major: int | None = None) -> tuple[Release, ...]:
    """Releases that a tree must be compatible with: all of one major version, by default the newest.

    A new major version is how the contract breaks on purpose; it begins a line of its own.
    """
    if major is None:
        major = max((release.version.major for release in released), default=0)
    return tuple(release for release in released if release.version.major == major)


def chosen(released: Sequence[Release], version: Version) -> Release:
    """The release of that version. Raises UnknownVersionError."""
    for release in released:
        if release.version == version:
            return release
    known = ", ".join(str(release.version) for release in released) or "none"
    raise UnknownVersionError(f"there is no release {version}: released are {known}")


def check(tree: Contract, released: Iterable[Release]) -> Check:
    """Compares the tree with each release. Raises NotComparableError."""
    compared = tuple(released)
    found: list[Finding] = []
    for release in compared:
        found += compare(release.contract, tree, str(release.version))
    versions = tuple(release.version for release in compared)
    return Check(compared=versions, findings=_merged(found))


_KEY = attrgetter("surface", "rule", "where", "old", "new")


def _merged(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The same change found against several releases becomes one finding."""
    merged: dict[object, Finding] = {}
    for finding in findings:
        key = _KEY(finding)
        before = merged.get(key)
        since = f"{before.since}, {finding.since}" if before else finding.since
        merged[key] = replace(finding, since=since)
    return tuple(merged.values())
