"""A YAML file of settings: read, checked against a model, and every wrong key named with its remedy."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from gateway.yaml_text import said

Settings = TypeVar("Settings", bound=BaseModel)


class ConfigError(Exception):
    """A configuration that can't be used; the text names key, rule and remedy, a line for each."""


class FileSettings(BaseSettings):
    """Settings of a file, which the environment wins over; unknown keys are refused."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, env_nested_delimiter="__")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file."""
        return env_settings, init_settings


def read(path: Path, model: type[Settings], guide: str) -> Settings:
    """The settings of a file; `guide` is where they are described.

    Raises ConfigError naming each key that is wrong, and what to do.
    """
    return checked(_mapping(path, guide), model, str(path))


def checked(content: Mapping[str, Any], model: type[Settings], where: str) -> Settings:
    """Settings that stand `where` it says. Raises ConfigError like `read`."""
    try:
        return model(**content)
    except ValidationError as error:
        lines = [_explain(item, model) for item in error.errors()]
        raise ConfigError("\n".join(f"{where}: {line}" for line in lines)) from None


def absolute(section: Settings, base: Path) -> Settings:
    """A part of the file, its own relative paths starting at a folder."""
    paths = {name: base / value for name, value in section if isinstance(value, Path)}
    return section.model_copy(update=paths)


def _mapping(path: Path, guide: str) -> dict[str, Any]:
    try:
        content = said(path.read_text(encoding="utf-8"), str(path), ConfigError)
    except OSError as error:
        raise ConfigError(f"{path}: can't be read ({error.strerror}); check the path") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 at byte {error.start}: save it as UTF-8") from None
    if not isinstance(content, dict):
        raise ConfigError(f"{path}: expected keys and values; see {guide}")
    return content


def _explain(error: Any, model: type[BaseModel]) -> str:
    key = ".".join(str(part) for part in error["loc"])
    if error["type"] != "extra_forbidden":
        return f"{key or 'file'}: {error['msg']}"
    known = list(_section(model, error["loc"][:-1]).model_fields)
    near = difflib.get_close_matches(str(error["loc"][-1]), known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(sorted(known))}"
    return f"{key}: unknown key; {hint}"


def _section(model: type[BaseModel], location: Sequence[object]) -> type[BaseModel]:
    """The model of the part of the file at a location; numbers of list items change nothing."""
    for part in location:
        field = model.model_fields.get(str(part))
        model = next(_models(field.annotation), model) if field else model
    return model


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that a field's type speaks of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)
