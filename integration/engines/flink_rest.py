"""What a Flink cluster says through its REST interface."""

import json
import urllib.request
from contextlib import suppress
from typing import Any


class Rest:
    """Of the cluster at HOST:PORT."""

    def __init__(self, address: str) -> None:
        self.address = address

    def get(self, path: str) -> dict[str, Any]:
        """An answer; empty if there is none."""
        with suppress(OSError, ValueError):
            return self.ask("GET", path)
        return {}

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Asks it to do something. Raises OSError, or ValueError if a stranger answers."""
        request = urllib.request.Request(
            f"http://{self.address}{path}",
            None if body is None else json.dumps(body).encode(),
            {"Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return dict(json.load(answer))
