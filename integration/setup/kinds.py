"""The files that can be written and checked, by the name of what they set up."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel

from gateway.config import GatewayConfig
from gateway.config import load as load_gateway
from gateway.settings_file import ConfigError, checked
from integration.http.config import HttpConfig
from integration.http.config import load as load_http
from integration.kafka.config import BridgeConfig
from integration.kafka.config import load as load_bridge
from integration.page.config import PageConfig
from integration.page.config import load as load_page
from integration.pipeline_config import PipelineConfig
from integration.pipeline_config import load as load_pipeline
from integration.setup import bridge_file, gateway_file, http_file, page_file, pipeline_file
from integration.setup.question import Known, Question


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file. `sign`: a key that only it has. `load`: as the program itself reads it."""

    questions: tuple[Question, ...]
    written: Callable[[Known], Iterator[str]]
    model: type[BaseModel]
    load: Callable[[Path], BaseModel]
    sign: str


KINDS: Mapping[str, Kind] = {
    "gateway": Kind(
        gateway_file.QUESTIONS, gateway_file.written, GatewayConfig, load_gateway, "data_dir"
    ),
    "bridge": Kind(
        bridge_file.QUESTIONS, bridge_file.written, BridgeConfig, load_bridge, "brokers"
    ),
    "page": Kind(page_file.QUESTIONS, page_file.written, PageConfig, load_page, "history_days"),
    "http": Kind(http_file.QUESTIONS, http_file.written, HttpConfig, load_http, "systems"),
    "pipeline": Kind(
        pipeline_file.QUESTIONS, pipeline_file.written, PipelineConfig, load_pipeline, "states"
    ),
}


def content(kind: str, known: Known) -> str:
    """The file's text. Raises ConfigError if the program would not take it."""
    chosen = KINDS[kind]
    written = "\n".join(chosen.written(known)) + "\n"
    checked(yaml.safe_load(written), chosen.model, f"yrd config init {kind}")
    return written


def kind_of(file: Path) -> str:
    """What a file sets up, by its keys; a gateway unless it has another's.

    Raises ConfigError if it can't be read.
    """
    try:
        said: Any = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValueError, RecursionError):
        return "gateway"  # whose reader names what is wrong
    keys = set(said) if isinstance(said, dict) else set()
    found = [name for name, kind in KINDS.items() if kind.sign in keys]
    if found:
        return found[0]
    return "page" if {"gateway"} <= keys <= set(PageConfig.model_fields) else "gateway"


def files_missing(settings: BaseModel, path: str = "") -> Iterator[str]:
    """Each file that settings name and that can't be read, with its key and what to do.

    Files and folders that a program makes itself are not among them.
    """
    for name, value in settings:
        where = f"{path}{name}"
        if isinstance(value, BaseModel):
            yield from files_missing(value, f"{where}.")
        elif isinstance(value, dict):
            for key, inner in value.items():
                if isinstance(inner, BaseModel):
                    yield from files_missing(inner, f"{where}.{key}.")
        elif isinstance(value, Path) and name not in MADE:
            yield from _unreadable(where, value)


MADE = {"tokens", "states", "archive", "data_dir", "journal"}


def _unreadable(where: str, file: Path) -> Iterator[str]:
    try:
        if not file.is_dir():
            file.open("rb").close()
    except OSError as error:
        yield f"{where}: {file}: {error.strerror}; put the file there, or name another"


def check(kind: str, file: Path) -> BaseModel:
    """Reads a file as its program does, and looks for every file that it names. Raises ConfigError."""
    settings = KINDS[kind].load(file)
    if faults := list(files_missing(settings)):
        raise ConfigError("\n".join(f"{file}: {fault}" for fault in faults))
    return settings
