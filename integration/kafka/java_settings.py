"""The bridge's way to Kafka, for Kafka's Java clients within Flink: what is in files goes along as text."""

from integration.kafka.config import BridgeConfig, Login, Tls

SHADED = "org.apache.flink.kafka.shaded."
"""What Flink's connector, which brings its own client, has before the names of Kafka's classes."""
_LOGIN = "org.apache.kafka.common.security"


def java_settings(config: BridgeConfig) -> dict[str, str]:
    """By the names of the Java clients; passwords and keys are among them. Raises OSError."""
    protocol = ("SASL_" if config.login else "") + ("SSL" if config.tls else "PLAINTEXT")
    return {
        "security.protocol": protocol,
        **(_login(config.login) if config.login else {}),
        **(_tls(config.tls) if config.tls else {}),
    }


def _login(login: Login) -> dict[str, str]:
    plain = login.mechanism == "PLAIN"
    module = "plain.PlainLoginModule" if plain else "scram.ScramLoginModule"
    name, password = _quoted(login.username), _quoted(login.password.get_secret_value())
    return {
        "sasl.mechanism": login.mechanism,
        "sasl.jaas.config": (
            f"{SHADED}{_LOGIN}.{module} required username={name} password={password};"
        ),
    }


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _tls(tls: Tls) -> dict[str, str]:
    found = {
        "ssl.truststore.type": "PEM",
        "ssl.truststore.certificates": tls.ca.read_text(encoding="utf-8"),
    }
    if tls.certificate and tls.key:
        found |= {
            "ssl.keystore.type": "PEM",
            "ssl.keystore.certificate.chain": tls.certificate.read_text(encoding="utf-8"),
            "ssl.keystore.key": tls.key.read_text(encoding="utf-8"),
        }
    return found
