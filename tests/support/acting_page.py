"""Pages at which people act: over TLS, each person with a certificate of their own."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import yaml

from integration.acts.config import People
from integration.page.config import Tls
from tests.support.duty_room import Page, page_config, served
from tests.support.materials import Materials

PEOPLE: Mapping[str, tuple[str, ...]] = {
    "officer": ("duty_officer",),
    "second": ("approver",),
    "watcher": ("viewer",),
}
"""Who there is at each page, with their roles."""


def people_file(folder: Path, participant: str) -> Path:
    """The list of people, each known by the name in their certificate."""
    listed = [
        {
            "id": name,
            "roles": list(roles),
            "known_by": [{"uri": f"yrd://participant/{participant}/{name}"}],
        }
        for name, roles in PEOPLE.items()
    ]
    folder.mkdir(parents=True, exist_ok=True)
    found = folder / "people.yaml"
    found.write_text(yaml.safe_dump({"people": listed}), encoding="utf-8")
    return found


@contextmanager
def acting_page(
    materials: Materials, address: str, participant: str, folder: Path
) -> Iterator[Page]:
    """A participant's page, at which its people act."""
    ca, certificate, key = materials.system(participant, "page")
    config = page_config(materials, address, participant).model_copy(
        update={
            "tls": Tls(certificate=certificate, key=key, clients_ca=ca),
            "people": People(file=people_file(folder, participant), journal=folder / "acts.db"),
        }
    )
    with served(config) as page:
        yield page
