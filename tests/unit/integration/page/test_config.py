"""The page's file: what is wrong is named with its remedy."""

from pathlib import Path

import pytest
import yaml

from gateway.settings_file import ConfigError
from integration.page.config import load

GATEWAY = {"address": "127.0.0.1:1", "ca": "ca.pem", "certificate": "c.pem", "key": "c.key"}
TLS = {"certificate": "page.pem", "key": "page.key", "clients_ca": "people.pem"}


def written(folder: Path, **settings: object) -> Path:
    file = folder / "page.yaml"
    file.write_text(yaml.safe_dump({"gateway": GATEWAY} | settings), encoding="utf-8")
    return file


def test_paths_begin_at_the_folder_of_the_file(tmp_path: Path) -> None:
    config = load(written(tmp_path, listen="0.0.0.0:8443", tls=TLS, hosts=["duty.sh.example"]))
    assert config.gateway.ca == tmp_path / "ca.pem"
    assert config.tls is not None and config.tls.clients_ca == tmp_path / "people.pem"
    assert config.allowed_hosts == ["127.0.0.1", "localhost", "0.0.0.0", "duty.sh.example"]
    assert (config.host, config.port) == ("0.0.0.0", 8443)


def test_an_address_that_others_reach_needs_certificates(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"listen: 0\.0\.0\.0 can be reached.*clients_ca"):
        load(written(tmp_path, listen="0.0.0.0:8443"))


OIDC = {
    "issuer": "https://id.example",
    "client_id": "page",
    "redirect": "https://duty.example/oidc/back",
    "client_secret": "secret",
}


def test_people_need_a_way_to_sign_in(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="people: nobody could sign in"):
        load(written(tmp_path, people={"file": "people.yaml"}))
    bare = {name: TLS[name] for name in ("certificate", "key")}
    with pytest.raises(ConfigError, match=r"tls\.clients_ca: nobody could show who they are"):
        load(written(tmp_path, listen="0.0.0.0:8443", tls=bare))
    for more in ({"tls": TLS}, {"people": {"file": "people.yaml", "oidc": OIDC}, "tls": bare}):
        config = load(written(tmp_path, **({"people": {"file": "people.yaml"}} | more)))
        assert config.people is not None
        assert config.people.file == tmp_path / "people.yaml"
        assert config.people.journal == tmp_path / "acts.db"
    assert config.people is not None and config.people.oidc is not None
    assert config.people.oidc.client_secret == tmp_path / "secret"


def test_an_unknown_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="listn: unknown key; did you mean 'listen'"):
        load(written(tmp_path, listn="127.0.0.1:1"))
