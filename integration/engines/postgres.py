"""PostgreSQL from the system's package: a server over a temporary folder, on a free port."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from integration.engines.processes import EngineMissing, Group, bound_to_us, built, free_ports

DEBIAN = Path("/usr/lib/postgresql")
ROLE = "yrd"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "32MB",
    "max_connections": "100",
    "autovacuum": "off",
}


def programs() -> Path:
    """The folder of initdb and postgres: the newest one. Raises EngineMissing."""
    installed = sorted(DEBIAN.glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    found = installed[-1] if installed else Path(shutil.which("postgres") or "")
    if not found.name or not found.with_name("initdb").exists():
        raise EngineMissing(
            "PostgreSQL's server is not on this machine (apt-get install postgresql)"
        )
    return found.parent


@cache
def version() -> str:
    """What the server says of itself."""
    command = [str(programs() / "postgres"), "--version"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def fetch() -> Path:
    """Where it is; installed by apt where one may. Raises EngineMissing."""
    try:
        return programs()
    except EngineMissing:
        if os.getuid() != 0 or shutil.which("apt-get") is None:
            raise
    print("  installing postgresql …", flush=True)
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    built(
        ["apt-get", "install", "-qq", "-y", "--no-install-recommends", "postgresql"],
        Path("/"),
        quiet,
    )
    return programs()


def _as_nobody(folder: Path, *, is_bound: bool) -> list[str]:
    """It refuses to run as root: how to run it as somebody else, whose folder this becomes."""
    how = bound_to_us(signal.SIGINT) if is_bound else []
    if os.getuid() != 0:
        return how
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    os.chown(folder, user.pw_uid, user.pw_gid)
    if shutil.which("setpriv") is None:
        raise EngineMissing("PostgreSQL does not run as root, and there is no setpriv")
    who = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    return ["setpriv", *how[1:], *who]


@dataclass(slots=True)
class Server:
    """A server over one folder; killed and started again it has the same port and data."""

    folder: Path
    group: Group
    port: int = field(default_factory=lambda: free_ports(1)[0])
    _prefix: list[str] = field(default_factory=list)

    def make(self) -> None:
        """Makes its folder. Raises EngineMissing."""
        self._prefix = _as_nobody(self.folder, is_bound=self.group.bound)
        command = ["initdb", "-D", str(self.folder / "data"), "-U", ROLE, "-A", "trust"]
        more = ["-E", "UTF8", "--locale=C", "--no-sync"]
        built([*self._prefix, str(programs() / command[0]), *command[1:], *more], self.folder)

    def make_standby_of(self, primary: "Server") -> None:
        """Makes its folder a copy of a running server that follows it from its start on."""
        self._prefix = _as_nobody(self.folder, is_bound=self.group.bound)
        command = ["pg_basebackup", "-D", str(self.folder / "data"), "-d", primary.dsn()]
        more = ["-R", "-X", "stream", "-c", "fast", "--no-sync"]
        built([*self._prefix, str(programs() / command[0]), *command[1:], *more], self.folder)

    def start(self) -> None:
        """It accepts connections on return. Raises EngineMissing."""
        settings = [f"-c{name}={value}" for name, value in SETTINGS.items()]
        where = ["-D", str(self.folder / "data"), "-p", str(self.port)]
        command = [*self._prefix, str(programs() / "postgres"), *where, *settings]
        self.group.start("postgres", command)
        self.group.wait_for("PostgreSQL", self._ready, 60)

    def _ready(self) -> bool:
        command = [str(programs() / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(command, check=False).returncode == 0

    def alive(self) -> bool:
        """Whether it has not ended by itself."""
        return self.group.alive("postgres")

    def stop(self) -> None:
        """SIGSTOP of the server and all its sessions: connections stay open, nothing is answered."""
        self.group.signal_all("postgres", signal.SIGSTOP)

    def go_on(self) -> None:
        """SIGCONT."""
        self.group.signal_all("postgres", signal.SIGCONT)

    def set(self, name: str, value: str) -> None:
        """A setting of the whole server that is in force on return."""
        self.run(f"ALTER SYSTEM SET {name} = '{value}'")
        self.run("SELECT pg_reload_conf()")
        deadline = time.monotonic() + 60
        while self.run(f"SHOW {name}") != value and time.monotonic() < deadline:
            time.sleep(0.02)

    def kill(self) -> None:
        """SIGKILL of the server, and with it all its sessions."""
        self.group.kill_all("postgres")

    def dsn(self, database: str = "postgres", port: int | None = None) -> str:
        """Where a database is; `port` of a proxy in front of it."""
        return f"postgresql://{ROLE}@127.0.0.1:{port or self.port}/{database}"

    def create(self, name: str) -> str:
        """A fresh place for a store: a schema, which is made much faster than a database."""
        self.run(f"CREATE SCHEMA {name}")
        return f"{self.dsn()}?search_path={name}"

    def run(self, statement: str, database: str = "postgres") -> str:
        """Runs a statement by psql; what it printed."""
        command = [str(programs() / "psql"), "-qAtX", "-d", self.dsn(database), "-c", statement]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return done.stdout.strip()


@contextmanager
def server(
    where: Path | None = None, primary: Server | None = None, *, bound: bool = False
) -> Iterator[Server]:
    """A fresh server until the block ends, in a folder of its own in another one. Raises EngineMissing.

    With `primary` it is a standby of it. `bound`: as in Group.
    """
    with tempfile.TemporaryDirectory(prefix="yrd-postgres-", dir=where) as name:
        folder = Path(name)
        with Group(folder, bound=bound) as group:
            made = Server(folder, group)
            if primary is None:
                made.make()
            else:
                made.make_standby_of(primary)
            made.start()
            yield made
            if group.runs("postgres"):
                group.end("postgres", signal.SIGQUIT)  # at once: the folder goes, too
