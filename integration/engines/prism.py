"""Prism, Beam's own portable runner, built from its Go module in the version of the installed Beam."""

from importlib.metadata import version
from pathlib import Path

from integration.engines.cache import CACHE
from integration.engines.processes import built, require

VERSION = version("apache-beam")
MODULE = "github.com/apache/beam/sdks/v2/go/cmd/prism"


def fetch(cache: Path = CACHE) -> Path:
    """The program; built if it is not there yet. Raises EngineMissing."""
    require("go")
    folder = (cache / f"prism-{VERSION}").resolve()
    if not (folder / "whole").exists():
        print(f"  building Prism {VERSION} from its Go module …", flush=True)
        folder.mkdir(parents=True, exist_ok=True)
        built(["go", "install", f"{MODULE}@v{VERSION}"], folder, {"GOBIN": str(folder)})
        (folder / "whole").touch()
    return folder / "prism"
