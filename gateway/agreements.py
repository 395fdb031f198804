"""The agreements of a folder, each with its very text."""

from functools import cache
from pathlib import Path

from gateway.config import ConfigError
from gateway.sharing.agreement import AgreementError, Clause, Loaded, parse
from gateway.sharing.content import Content
from gateway.sharing.trial import Sampled, tried
from schemas.samples.reading import valid_samples


def load_agreements(folder: Path) -> list[Loaded]:
    """All agreements of a folder, by file name. Raises ConfigError naming everything that is wrong."""
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise ConfigError(f"agreements_dir: no *.yaml in {folder}; without one, nothing is shared")
    loaded: list[Loaded] = []
    problems: list[str] = []
    for path in files:
        try:
            text = path.read_text(encoding="utf-8")
            loaded.append(Loaded(parse(text, str(path)), text, str(path)))
            problems += unfit(loaded[-1])
        except AgreementError as error:
            problems.append(str(error))
        except (OSError, UnicodeDecodeError) as error:
            problems.append(f"{path}: file: can't be read as UTF-8 text: {error}")
    problems += twice(loaded)
    if problems:
        raise ConfigError("\n".join(problems))
    return loaded


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


def twice(loaded: list[Loaded]) -> list[str]:
    """Problems with agreements that have the same id."""
    seen: dict[str, str] = {}
    problems = []
    for found in loaded:
        first = seen.setdefault(found.agreement.id, found.source)
        if first != found.source:
            problems.append(
                f"{found.source}: id: {found.agreement.id!r} is the id of {first}, too; "
                "give each agreement an id of its own"
            )
    return problems
