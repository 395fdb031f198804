"""The smallest client of a gateway over gRPC, with the project's client: publishes the drafts of a file.

GATEWAY, CA, CERTIFICATE and KEY in the environment say where and who.
"""

import os
import sys
from pathlib import Path

from client import ExchangeClient, connect, describe
from schemas.json_form import drafts_from_json

ca, certificate, key = (Path(os.environ[name]) for name in ("CA", "CERTIFICATE", "KEY"))
gateway = ExchangeClient(connect(os.environ["GATEWAY"], ca, certificate, key))
drafts = drafts_from_json(Path(sys.argv[1]).read_text(encoding="utf-8"), sys.argv[1])
for result in gateway.publish(drafts):
    if result.HasField("error"):
        sys.exit(f"refused: {describe(result.error).fields}")
    print("accepted", result.accepted.message_id)
