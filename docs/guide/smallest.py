"""The smallest client of the HTTP door: publishes drafts, follows the stream. Standard library alone.

DOOR, CA and TOKEN in the environment say where and who.
"""

import json
import os
import ssl
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path

TLS = ssl.create_default_context(cafile=os.environ["CA"])
PLACE = Path("place.txt")
"""Offset of the last message that was dealt with; in earnest, a column beside your data."""


def call(
    path: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> HTTPResponse:
    """Opens an address of the door as the token's system. Raises HTTPError with the problem."""
    request = urllib.request.Request(os.environ["DOOR"] + path, body, headers or {})
    request.add_header("Authorization", f"Bearer {os.environ['TOKEN']}")
    if body is not None:
        request.add_header("Content-Type", "application/json")
    answer: HTTPResponse = urllib.request.urlopen(request, timeout=60, context=TLS)
    return answer


def publish(file: str) -> None:
    """Sends one draft until it is accepted or refused; the same id makes that safe."""
    body = Path(file).read_bytes()
    while True:
        try:
            with call("/v1/messages", body) as answer:
                print("accepted", json.load(answer)["messageId"])
            return
        except urllib.error.HTTPError as error:
            problem = json.load(error)
            again = error.headers.get("Retry-After")
            if again is None:
                sys.exit(
                    f"refused {problem['reason']}: {problem.get('errors', problem.get('detail'))}"
                )
            time.sleep(float(again))
        except OSError as error:
            print(f"{error}; again in 2 s", file=sys.stderr)
            time.sleep(2)


def events(answer: HTTPResponse) -> Iterator[dict[str, str]]:
    """Server-sent events: a field a line, a blank line behind each event."""
    event: dict[str, str] = {}
    for raw in answer:
        line = raw.decode().rstrip("\n")
        if line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            event[name] = value
        elif not line and event:
            yield event
            event = {}


def follow(until_caught_up: bool) -> None:
    """Deals with each message once, from where it stopped the last time."""
    place = PLACE.read_text() if PLACE.exists() else "0"
    with call("/v1/stream", headers={"Last-Event-ID": place}) as answer:
        for event in events(answer):
            said = json.loads(event.get("data", "{}"))
            if event.get("event") == "message":
                header = said["header"]
                body = next(key for key in said if key not in ("header", "stamp", "receipt"))
                print(event["id"], body, header["entityId"], "revision", header["revision"])
                PLACE.write_text(event["id"])  # after the work, never before
            elif until_caught_up and said.get("caughtUp"):
                return


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["publish", file]:
            publish(file)
        case ["follow", *options]:
            follow("--until-caught-up" in options)
        case _:
            sys.exit("smallest.py publish FILE | follow [--until-caught-up]")
