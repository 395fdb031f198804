"""Build hook: generates the Python code of the contract beside its .proto files."""

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class GenerateContract(BuildHookInterface):
    """Runs protoc before a wheel or an editable install is made."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called before every build."""
        runpy.run_path(str(Path(self.root, "tools", "generate.py")))["generate"]()
