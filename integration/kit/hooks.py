"""Hooks: commands of the target's operator, named in kit.yaml, that restart or disturb the target."""

import subprocess
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from integration.kit.model import Unmet

HOOK_SECONDS = 120.0


def runners(commands: Mapping[str, str], folder: Path) -> dict[str, Callable[[], None]]:
    """Hooks that run these commands by the shell, in the folder of kit.yaml."""
    return {name: partial(_run, name, command, folder) for name, command in commands.items()}


def _run(name: str, command: str, folder: Path) -> None:
    try:
        ran = subprocess.run(
            command,
            shell=True,
            cwd=folder,
            timeout=HOOK_SECONDS,
            capture_output=True,
            text=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unmet(f"hooks.{name} to end within {HOOK_SECONDS:g} s", "it runs on") from None
    if ran.returncode:
        came = f"exit status {ran.returncode}: {ran.stderr[-300:]}"
        raise Unmet(f"hooks.{name} to end with status 0", came)
