"""yrd page: what is wrong with its settings is named with a remedy; nothing is served then."""

from pathlib import Path

import pytest

from tests.support.commands import yrd

GATEWAY = "gateway: {address: '127.0.0.1:1', ca: ca.pem, certificate: c.pem, key: c.key}\n"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (GATEWAY + "listen: 0.0.0.0:8470\n", "set tls with certificate, key and clients_ca"),
        (GATEWAY, "c.pem: No such file or directory; check gateway and tls"),
        ("listen: 127.0.0.1:8470\n", "gateway: Field required"),
        (GATEWAY + "port: 1\n", "port: unknown key"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, text: str, word: str) -> None:
    file = tmp_path / "page.yaml"
    file.write_text(text, encoding="utf-8")
    done = yrd("page", "--config", str(file))
    assert done.status == 2
    assert word in done.err


def test_a_file_or_a_folder_is_needed(tmp_path: Path) -> None:
    assert "--config" in yrd("page").err
    assert "yrd up --dir" in yrd("page", "--dir", str(tmp_path)).err
