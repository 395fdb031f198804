"""The disk under data_dir: its room, its file system, how fast it syncs, and its idea of the time."""

import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from integration.doctor.asked import Asked
from integration.doctor.finding import Finding, Words, attention, good, trouble

CHECK = "disk"
GIB = 1 << 30
LITTLE_BYTES, LITTLE_SHARE, PLENTY_BYTES = 5 * GIB, 0.10, 200 * GIB
"""Little is less than so many bytes, or a smaller share, unless it is plenty all the same."""
NONE_BYTES, NONE_SHARE, SOME_BYTES = GIB, 0.02, 20 * GIB
SYNCS, PIECE = 15, 8192
SLOW_SECONDS, VERY_SLOW_SECONDS = 0.05, 0.5
CLOCK_SECONDS = 2.0
REMOTE = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "glusterfs", "fuse.sshfs", "afs")
PASSING = ("tmpfs", "ramfs")
MOUNTS = Path("/proc/self/mounts")
_LOST = Words("已确认的消息可能丢失", "what was acknowledged may be lost")


def check(asked: Asked) -> Iterator[Finding]:
    """Of the folder, or of the nearest that there is."""
    folder = asked.config.data_dir
    if not folder.is_dir():
        yield attention(
            CHECK,
            Words(f"{folder}：数据目录尚不存在", f"{folder}: there is no such folder yet"),
            Words(
                "网关从未启动，或路径、挂载有误",
                "the gateway has never run, or path or mount are wrong",
            ),
            Words("核对 data_dir 与挂载", "check data_dir, and that it is mounted"),
        )
        return
    yield from room(folder, *shutil.disk_usage(folder)[::2])
    yield from kind(folder, file_system(folder, _mounts()))
    try:
        seconds, ahead = _tried(folder)
    except OSError as error:
        yield trouble(
            CHECK,
            Words(
                f"{folder}：无法写入：{error.strerror}",
                f"{folder}: can't be written to: {error.strerror}",
            ),
            Words("网关不能接受消息", "the gateway can't accept messages"),
            Words(
                "检查目录权限、只读挂载与磁盘", "check its rights, a read-only mount, and the disk"
            ),
        )
        return
    yield from speed(seconds)
    yield from its_time(ahead)


def room(folder: Path, total: int, free: int) -> Iterator[Finding]:
    """Whether there is enough for what will come."""
    told = f"{free / GIB:.1f} GiB ({free / max(total, 1):.0%})"
    none = free < NONE_BYTES or free < min(NONE_SHARE * total, SOME_BYTES)
    little = free < LITTLE_BYTES or free < min(LITTLE_SHARE * total, PLENTY_BYTES)
    if not little:
        yield good(CHECK, f"{folder}：可用 {told}", f"{folder}: {told} are free")
        return
    make = trouble if none else attention
    yield make(
        CHECK,
        Words(f"{folder}：仅可用 {told}", f"{folder}: only {told} are free"),
        Words("磁盘写满后网关不再接受消息", "on a full disk the gateway accepts nothing"),
        Words(
            "扩容，或删除到期的访问日志和旧备份；腾出空间后自行恢复",
            "grow it, or delete old days of the access log and old backups; it then goes on by itself",
        ),
    )


def _mounts() -> str:
    try:
        return MOUNTS.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def file_system(folder: Path, mounts: str) -> str:
    """Kind of the file system that a folder lies on, of the lines of /proc/mounts; empty if unknown."""
    found, longest = "", -1
    real = folder.resolve()
    for line in mounts.splitlines():
        parts = line.split()
        if len(parts) < 3:
            continue
        point = Path(parts[1].replace("\\040", " "))
        if real.is_relative_to(point) and len(point.parts) >= longest:
            found, longest = parts[2], len(point.parts)
    return found


def kind(folder: Path, name: str) -> Iterator[Finding]:
    """Whether SQLite's write-ahead log can be trusted to that file system."""
    step = Words(
        "把 data_dir 移到本机磁盘（ext4、xfs）",
        "move data_dir to a disk of this machine (ext4, xfs)",
    )
    if name in REMOTE:
        yield trouble(
            CHECK,
            Words(
                f"{folder}：位于网络文件系统 {name}",
                f"{folder}: lies on a network file system, {name}",
            ),
            Words(
                "其锁和同步不可靠，数据库可能损坏",
                "its locks and syncs can't be relied on: the store may be damaged",
            ),
            step,
        )
    elif name in PASSING:
        yield trouble(
            CHECK,
            Words(f"{folder}：位于内存（{name}）", f"{folder}: lies in memory ({name})"),
            _LOST,
            step,
        )
    elif name == "overlay":
        yield attention(
            CHECK,
            Words(
                f"{folder}：位于容器自身的文件层", f"{folder}: lies in the container's own layer"
            ),
            Words("容器删除后数据随之丢失", "it goes when the container is removed"),
            Words("为 data_dir 挂载卷", "mount a volume for data_dir"),
        )
    else:
        yield good(CHECK, f"文件系统 {name or '未知'}", f"file system: {name or 'unknown'}")


def _tried(folder: Path) -> tuple[float, float]:
    """Median seconds of a synced write, and how far the file system's clock is ahead; leaves nothing."""
    with tempfile.TemporaryFile(dir=folder) as file:
        times = []
        for _ in range(SYNCS):
            begin = time.perf_counter()
            file.write(bytes(PIECE))
            file.flush()
            os.fsync(file.fileno())
            times.append(time.perf_counter() - begin)
        ahead = os.fstat(file.fileno()).st_mtime - time.time()
    return statistics.median(times), ahead


def speed(seconds: float) -> Iterator[Finding]:
    """What a commit waits for at least."""
    told = f"{seconds * 1000:.1f} ms"
    if seconds < SLOW_SECONDS:
        yield good(CHECK, f"一次落盘 {told}", f"a synced write takes {told}")
        return
    make = trouble if seconds >= VERY_SLOW_SECONDS else attention
    yield make(
        CHECK,
        Words(f"一次落盘需 {told}", f"a synced write takes {told}"),
        Words(
            "每次提交都要等待落盘，发送方随之变慢", "each commit waits for it, and senders with it"
        ),
        Words(
            "查看磁盘负载与健康状况，或换用更快的磁盘",
            "look at the disk's load and health, or use a faster one",
        ),
    )


def its_time(ahead: float) -> Iterator[Finding]:
    """A file server with another clock."""
    if abs(ahead) > CLOCK_SECONDS:
        yield attention(
            CHECK,
            Words(
                f"文件系统时间与本机相差 {ahead:+.1f} 秒",
                f"the file system's clock differs by {ahead:+.1f} s",
            ),
            Words("按时间清理和判断新旧会出错", "what goes by the age of files goes wrong"),
            Words(
                "校准文件服务器与本机的时钟",
                "set the clocks of the file server and of this machine",
            ),
        )
