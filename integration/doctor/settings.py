"""Configuration files: of the gateway, the bridge, the page and the door, with the files that they name."""

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from gateway.agreements import load_agreements
from gateway.config import ConfigError
from gateway.keys import read_keys
from gateway.retention.steward import policy_of
from gateway.separation import warnings
from gateway.server.credentials import read_tls
from integration.doctor.asked import Asked
from integration.doctor.finding import Finding, Words, attention, good, trouble

CHECK = "configuration"
_WHY = Words("启动或重新加载时会被拒绝", "a start, or a reload, is refused")
_STEP = Words(
    "按所述改正，再执行 yrd config check", "correct what is named, then run yrd config check"
)


def check(asked: Asked) -> Iterator[Finding]:
    """Everything that a start reads, one by one, so that all that is wrong is named at once."""
    found = [*_gateway(asked), *_others(asked)]
    yield from found
    if not found:
        yield good(
            CHECK, "配置文件及其引用的文件可用", "the configuration and the files it names are good"
        )


def _gateway(asked: Asked) -> Iterator[Finding]:
    config = asked.config
    parts: tuple[Callable[[], Any], ...] = (
        lambda: read_keys(config),
        lambda: read_tls(config.tls),
        lambda: policy_of(config),
        lambda: load_agreements(config.agreements_dir),
    )
    for read in parts:
        try:
            read()
        except ConfigError as error:
            yield unusable(error)
    for warning in warnings(config):
        yield attention(
            CHECK,
            Words(f"三员未分立：{warning}", warning),
            Words("等保要求三个管理角色分开", "one person could act and cover it up"),
            Words(
                "为每个角色使用各自的系统证书",
                "give each role a system, and a certificate, of its own",
            ),
        )
    if "clients" not in config.model_fields_set:
        yield attention(
            CHECK,
            Words(
                "未配置 clients：每个系统都有全部权限",
                "clients: not set: every system may do everything",
            ),
            Words("仅供试用", "that is for trials"),
            Words("在 clients 中列出各系统及其角色", "list the systems and their roles in clients"),
        )


def _others(asked: Asked) -> Iterator[Finding]:
    for kind, path in asked.others():
        try:
            loaded(kind, path)
        except ConfigError as error:
            yield unusable(error)
        except ModuleNotFoundError as error:
            yield missing_extra(CHECK, kind, error)


def loaded(kind: str, path: Path) -> Any:
    """Settings of a bridge, page, door or pipeline. Raises ConfigError, ModuleNotFoundError."""
    module = "pipeline_config" if kind == "pipeline" else f"{kind}.config"
    return import_module(f"integration.{module}").load(path)


def unusable(error: ConfigError) -> Finding:
    """A file that can't be used."""
    return trouble(CHECK, Words(f"配置不可用：{error}", str(error)), _WHY, _STEP)


def missing_extra(check_name: str, extra: str, error: ModuleNotFoundError) -> Finding:
    """A library that an optional part needs is not installed."""
    step = f"pip install 'yangtze-delta-exchange[{extra}]'"
    return trouble(
        check_name,
        Words(f"缺少软件包 {error.name}", f"the package {error.name} is not installed"),
        Words("该部分无法启动", "that part does not start"),
        Words(step, step),
    )
