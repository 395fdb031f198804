"""What the bridge's configuration says of the way to Kafka, as Java's clients are told it."""

from pathlib import Path

from integration.kafka.config import load
from integration.kafka.java_settings import java_settings
from tests.unit.integration.kafka.test_config import write


def test_without_login_and_tls_there_is_little_to_say(tmp_path: Path) -> None:
    assert java_settings(load(write(tmp_path))) == {"security.protocol": "PLAINTEXT"}


def test_login_names_the_connectors_own_classes_and_quotes_the_password(tmp_path: Path) -> None:
    login = {"mechanism": "PLAIN", "username": "flink", "password": 'a"b\\'}
    found = java_settings(load(write(tmp_path, login=login)))
    assert found["security.protocol"] == "SASL_PLAINTEXT"
    assert found["sasl.jaas.config"] == (
        "org.apache.flink.kafka.shaded.org.apache.kafka.common.security.plain.PlainLoginModule "
        'required username="flink" password="a\\"b\\\\";'
    )


def test_files_go_along_as_text(tmp_path: Path) -> None:
    tls = {"ca": "ca.pem", "certificate": "c.pem", "key": "k.pem"}
    for name in tls.values():
        (tmp_path / name).write_text(f"{name}\n")
    login = {"username": "flink", "password": "x"}
    found = java_settings(load(write(tmp_path, tls=tls, login=login)))
    assert found["security.protocol"] == "SASL_SSL"
    assert "scram.ScramLoginModule" in found["sasl.jaas.config"]
    assert found["ssl.truststore.certificates"] == "ca.pem\n"
    assert found["ssl.keystore.key"] == "k.pem\n"
