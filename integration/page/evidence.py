"""What stands behind a number: the message, its signed entry, and whether that holds."""

import json
from typing import Any

from client import ExchangeClient, ExchangeError
from gateway.log.evidence import Evidence, examine
from gateway.log.suite import DEFAULT
from integration.page.views.log import line
from integration.page.views.values import Json
from pipelines.words import Words
from schemas.catalog import body_of
from schemas.disclosure import clear
from schemas.json_form import to_json
from yrd.exchange.v1.message_pb2 import Message

FAMILY = "personal"
"""Groups of fields that the page shows nobody."""


def evidence(client: ExchangeClient, message_id: str, origin: str, words: Words) -> Json:
    """A message without personal data, and what its entry proves. Raises ExchangeError."""
    message = client.get(message_id, origin)
    return {"line": line(message, words), "message": _form(message)} | _proof(
        client, message_id, message.stamp.origin, words
    )


def _form(message: Message) -> Any:
    """As ProtoJSON, in an object; a summary or proposal stands in the page itself and is left out."""
    shown = Message.FromString(message.SerializeToString())
    body = body_of(shown)
    if body is not None:
        clear(body, FAMILY)
    for field in ("situation_summary", "aid_proposal"):
        shown.ClearField(field)
    return json.loads(to_json(shown))


def _proof(client: ExchangeClient, message_id: str, origin: str, words: Words) -> Json:
    try:
        answer = client.evidence(message_id, origin)
    except ExchangeError as error:
        return {"proof": None, "why": str(error)}
    parts = Evidence(
        answer.leaf, answer.proof, tuple(answer.verifier_keys), tuple(answer.disclosures)
    )
    found = examine(parts, [], 0, DEFAULT)
    return {
        "proof": {
            "holds": found.ok,
            "problems": [words.say(problem.zh, problem.en) for problem in found.problems],
            "leaf_hash": found.leaf_hash.hex(),
            "index": found.index,
            "tree_size": found.checkpoint.size if found.checkpoint else None,
            "signed_by": [
                {
                    "name": signed.key.name,
                    "good": signed.good,
                    "time_ms": None if signed.time is None else signed.time * 1000,
                }
                for signed in found.signatures
            ],
            "text": answer.proof,
        },
        "why": "",
    }
