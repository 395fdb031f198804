"""What a gateway needs before it can begin: its data folder for itself alone, and an access log there."""

from gateway.access_log import AccessLog
from gateway.config import GatewayConfig
from gateway.store.lock import FolderInUse, FolderLock

STORE = "gateway.db"


class StartError(Exception):
    """The gateway can't start; the text says why and what to do."""


def require_no_store(config: GatewayConfig) -> None:
    """A log that begins has no store yet. Raises StartError."""
    if (config.data_dir / STORE).exists():
        raise StartError(
            f"--new: there is a store in {config.data_dir} already: start without --new, which is for "
            "the first start ever"
        )


def data_folder(config: GatewayConfig, new: bool) -> FolderLock:
    """The data folder, for this gateway alone. Raises StartError."""
    if not (new or (config.data_dir / STORE).exists()):
        raise StartError(
            f"store: there is none in {config.data_dir}. Was the disk lost? Then run `yrd gateway "
            "recover --config FILE`: the peers hold your log. Only for the first start ever: --new"
        )
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
