"""The agreements of a folder, each with its very text."""

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from gateway.config import ConfigError
from gateway.sharing.agreement import AgreementError, Clause, Loaded, parse
from gateway.sharing.content import Content
from gateway.sharing.trial import Sampled, tried
from schemas.samples.reading import valid_samples


class Unusable(NamedTuple):
    """Why an agreement can't be used; each line of the text names file, key, rule and remedy."""

    source: str
    text: str


def load_agreements(folder: Path) -> list[Loaded]:
    """All agreements of a folder, by file name. Raises ConfigError naming everything that is wrong."""
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise ConfigError(f"agreements_dir: no *.yaml in {folder}; without one, nothing is shared")
    loaded, problems = read(files)
    lines = [problem.text for problem in problems]
    lines += [line for found in loaded for line in unfit(found)]
    if lines:
        raise ConfigError("\n".join(lines))
    return loaded


def read(files: Iterable[Path]) -> tuple[list[Loaded], list[Unusable]]:
    """The agreements of these files, and what is wrong with those that can't be used."""
    loaded: list[Loaded] = []
    problems: list[Unusable] = []
    for path in files:
        source = str(path)
        try:
            text = path.read_text(encoding="utf-8")
            loaded.append(Loaded(parse(text, source), text, source))
        except AgreementError as error:
            problems.append(Unusable(source, str(error)))
        except (OSError, UnicodeDecodeError) as error:
            what = f"{source}: file: can't be read as UTF-8 text: {error}"
            problems.append(Unusable(source, what))
    return loaded, [*problems, *_twice(loaded)]


def unfit(found: Loaded) -> list[str]:
    """Conditions that can't be evaluated for the samples of their types, or yield no bool."""
    return [
        f"{found.source}: clauses.{clause.id}.when: {problem}"
        for clause in found.agreement.clauses
        if clause.condition is not None
        and (problem := tried(clause.condition, samples_of(clause)).problem)
    ]


def samples_of(clause: Clause) -> list[Sampled]:
    """The valid samples of a clause's types."""
    return [sample for name in clause.covered() for sample in _samples(name)]


@cache
def _samples(type_name: str) -> tuple[Sampled, ...]:
    return tuple(
        Sampled(f"{type_name}/{sample.name}", Content.of(sample.draft))
        for sample in valid_samples(type_name)
    )


def _twice(loaded: list[Loaded]) -> Iterator[Unusable]:
    """Agreements that have the same id as one before."""
    seen: dict[str, str] = {}
    for found in loaded:
        first = seen.setdefault(found.agreement.id, found.source)
        if first != found.source:
            yield Unusable(
                found.source,
                f"{found.source}: id: {found.agreement.id!r} is the id of {first}, too; "
                "give each agreement an id of its own",
            )
