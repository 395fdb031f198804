"""What the kit knows of its target: DIR/kit.yaml, made by `yrd contracts prepare`."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml

FILE = "kit.yaml"
HOOKS = ("restart", "fill", "free", "damage", "mend")
"""Commands of the target's operator; see docs/contract-kit.md."""
_NEEDED = ("participant", "roles")


class SetupError(Exception):
    """A folder that can't be used; the text names file, key and remedy."""


@dataclass(frozen=True, slots=True)
class Setup:
    """Who is under test, and as whom the kit may come.

    `roles`: name → stem of the certificate's files in the folder; None is a connection without one.
    `shared`: full type name → the groups that the agreement gives the peer; a type that is not there
    is withheld. `messages_per_second` is 0 where the target has no quota that can be reached.
    """

    folder: Path
    participant: str
    roles: Mapping[str, str | None]
    peer: str = ""
    stranger: str = ""
    peer_listen: str = ""
    gateway_log_key: str = ""
    gateway_witness_key: str = ""
    shared: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    max_draft_bytes: int = 1 << 20
    messages_per_second: int = 0
    hooks: Mapping[str, str] = field(default_factory=dict)

    def pair(self, role: str) -> tuple[Path, Path] | None:
        """Certificate and key of a role; None for no certificate. Raises SetupError."""
        if role not in self.roles:
            raise SetupError(
                f"{self.folder / FILE}: roles: {role!r} is missing; make the folder anew with "
                "`yrd contracts prepare`, or name a certificate for it"
            )
        stem = self.roles[role]
        if stem is None:
            return None
        return self.folder / f"{stem}.pem", self.folder / f"{stem}.key"


def load(folder: Path) -> Setup:
    """Reads a folder. Raises SetupError."""
    path = folder / FILE
    try:
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SetupError(
            f"{path}: {error.strerror}; make the folder with `yrd contracts prepare {folder}`"
        ) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise SetupError(f"{path}: not YAML: {error}") from None
    if not isinstance(content, dict):
        raise SetupError(f"{path}: expected keys and values; make it anew")
    return _setup(folder, path, content)


def _setup(folder: Path, path: Path, content: dict[str, Any]) -> Setup:
    known = {found.name for found in fields(Setup)} - {"folder"}
    for key in content.keys() - known:
        raise SetupError(f"{path}: {key}: unknown key; known: {', '.join(sorted(known))}")
    for key in content.get("hooks", {}).keys() - set(HOOKS):
        raise SetupError(f"{path}: hooks.{key}: unknown hook; known: {', '.join(HOOKS)}")
    for key in _NEEDED:
        if key not in content:
            raise SetupError(f"{path}: {key}: is missing; make the folder anew")
    try:
        shared = {name: tuple(groups) for name, groups in content.pop("shared", {}).items()}
        return Setup(folder, shared=shared, **content)
    except (TypeError, AttributeError) as error:
        raise SetupError(f"{path}: {error}; make the folder anew") from None
