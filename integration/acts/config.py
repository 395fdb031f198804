"""The page's `people`: who may act, how they sign in, and what takes two of them."""

from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from gateway.config import Section
from gateway.settings_file import absolute

LOOPBACK = ("127.0.0.1", "localhost")
SIGN_IN, BACK = "/sign-in", "/oidc/back"


def guarded(url: str) -> str:
    """An address that nobody on the way can read or change. Raises ValueError."""
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return url
    if parts.scheme == "http" and parts.hostname in LOOPBACK:
        return url
    raise ValueError(f"{url}: write https://HOST/…; http is for this machine's own addresses only")


Url = Annotated[str, AfterValidator(guarded)]


class Oidc(Section):
    """The issuer of the participant's people (OpenID Connect, code flow with PKCE)."""

    issuer: Url
    """As its tokens say it."""
    client_id: Annotated[str, Field(min_length=1)]
    client_secret: Path | None = None
    """File with the secret; without one the page is a public client."""
    redirect: Url
    """The page's own address for the way back, https://HOST/oidc/back, as the issuer knows it."""
    ca: Path | None = None
    """CA of the issuer's certificate (PEM); the system's own if left out."""

    @model_validator(mode="after")
    def _the_way_back(self) -> Self:
        if urlsplit(self.redirect).path != BACK:
            raise ValueError(
                f"redirect: {self.redirect}: it is the page's address with the path {BACK}"
            )
        return self


class People(Section):
    """Who may act. Without this the page is read-only."""

    file: Path
    """The people (docs/acts.md)."""
    journal: Path = Path("acts.db")
    """What was asked for under which key, and the record of all acts."""
    oidc: Oidc | None = None
    """Beside client certificates of tls.clients_ca."""
    agreements_dir: Path | None = None
    """The gateway's agreements: a clause may ask for two persons (docs/acts.md)."""
    two_persons: tuple[str, ...] = ()
    """Names of acts that always take two persons."""
    wait_minutes: Annotated[float, Field(gt=0, le=1440)] = 30.0
    """How long a second person has."""
    shift_hours: Annotated[float, Field(gt=0, le=72)] = 12.0
    """When a session ends at the latest."""
    idle_minutes: Annotated[float, Field(gt=0, le=1440)] = 30.0
    """After so long without an act or a form a session no longer acts; it goes on to read."""

    def absolute(self, base: Path) -> "People":
        """With relative paths starting at a folder."""
        own = absolute(self, base)
        return own.model_copy(update={"oidc": self.oidc and absolute(self.oidc, base)})
