"""A broker is asked for what it knows as it is reached: behind TLS, too; one that does not say is logged."""

import ssl

import pytest

from integration.kafka.connecting import Settings
from integration.kafka.errors import Halted
from integration.kafka.versions import require_new
from tests.support.engines.old_broker import KNOWN_2019, old_broker
from tests.support.materials import Materials

SECONDS = 20.0


def test_a_broker_behind_tls_is_asked(materials: Materials) -> None:
    ca, certificate, key = materials.system("310000", "gateway")
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(certificate, key)
    settings: Settings = {"security.protocol": "SASL_SSL", "ssl.ca.location": str(ca)}
    with old_broker(KNOWN_2019, served) as address:
        host, _, port = address.rpartition(":")
        with pytest.raises(Halted, match=f"broker {address} is too old"):
            require_new([(host, int(port))], settings, SECONDS)


def test_one_that_does_not_say_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    require_new([("127.0.0.1", 9)], {"security.protocol": "PLAINTEXT"}, SECONDS)
    [line] = [line for line in caplog.records if line.message == "broker_version_unknown"]
    assert line.__dict__["broker"] == "127.0.0.1:9"
