"""What a gateway needs before it can begin: its data folder for itself alone, and an access log there."""

from gateway.access_log import AccessLog
from gateway.config import GatewayConfig
from gateway.log.checkpoint import log_origin
from gateway.store.lock import FolderInUse, FolderLock
from gateway.store.opening import FILE, Free, await_store, is_file
from gateway.store.port import StoreError


class StartError(Exception):
    """The gateway can't start; the text says why and what to do."""


class StoreAway(StartError):
    """The database can't be opened for now; it may be later."""


def await_turn(config: GatewayConfig, new: bool) -> Free:
    """Waits while another gateway has the store. Raises StartError, also if it is there, but `new`."""
    try:
        exists, free = await_store(config.store, config.data_dir, log_origin(config.participant))
    except StoreError as error:
        raise StartError(f"store: {error}") from None
    if new and exists:
        raise StartError(
            f"--new: there is a store in {_where(config)} already: start without --new, which is "
            "for the first start ever"
        )
    if not is_file(config.store):
        _require_store(config, new or exists)
    return free


def _require_store(config: GatewayConfig, exists: bool) -> None:
    if not exists:
        raise StartError(
            f"store: there is none in {_where(config)}. Was the disk lost? Then run `yrd gateway "
            "recover --config FILE`: the peers hold your log. Only for the first start ever: --new"
        )


def _where(config: GatewayConfig) -> str:
    return str(config.data_dir) if is_file(config.store) else "the database"


def data_folder(config: GatewayConfig, new: bool) -> FolderLock:
    """The data folder, for this gateway alone. Raises StartError, also if a store should be in it."""
    if is_file(config.store):
        _require_store(config, new or (config.data_dir / FILE).exists())
    try:
        return FolderLock(config.data_dir)
    except (FolderInUse, OSError) as error:
        raise StartError(f"data_dir: {error}") from None


def access_log(config: GatewayConfig, folder: FolderLock) -> AccessLog:
    """The access log in a folder that is ours. Raises StartError, and lets go of the folder."""
    try:
        return AccessLog(config.data_dir / "access")
    except OSError as error:
        folder.release()
        raise StartError(f"access log: {error.filename}: {error.strerror}") from None
