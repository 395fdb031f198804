"""The checkpoints of one's own log: one for each size that peers are shown, always the same."""

import threading
from collections import OrderedDict
from functools import partial

from gateway.log.checkpoint import Checkpoint, LogSigner
from gateway.log.merkle import Tree
from gateway.store.port import OwnLog
from gateway.store.writer import Writer

CHECKPOINTS_KEPT = 64


class Issued:
    """Signs checkpoints at sizes up to the log's. Safe from any thread."""

    def __init__(self, signer: LogSigner, logs: OwnLog, writer: Writer) -> None:
        self._signer, self.logs, self._writer = signer, logs, writer
        self.log = signer.origin
        self._lock = threading.Lock()
        self._kept: OrderedDict[int, tuple[Checkpoint, str]] = OrderedDict()
        # up to this size, the stored checkpoint may be by keys that were in use before
        self._signed_before = writer.head(self.log).size

    def at(self, size: int) -> tuple[Checkpoint, str]:
        """The checkpoint at a size, and its signed note."""
        with self._lock:
            issued = self._kept.get(size)
            if issued is None:
                issued = self._kept[size] = self._issue(size)
                while len(self._kept) > CHECKPOINTS_KEPT:
                    self._kept.popitem(last=False)
            return issued

    def stop(self, start: int, stop: int) -> int:
        """The largest size in (start, stop] that was issued lately; `stop` if there is none."""
        with self._lock:
            return max((size for size in self._kept if start < size <= stop), default=stop)

    def was_lately(self, checkpoint: Checkpoint) -> bool:
        """Whether it is one of those issued lately."""
        with self._lock:
            issued = self._kept.get(checkpoint.size)
        return issued is not None and issued[0] == checkpoint

    def size_of(self, text: str) -> int | None:
        """The size of a checkpoint that was issued lately, by its text; None for any other text."""
        with self._lock:
            for size, (_, note) in reversed(self._kept.items()):
                if note.startswith(text) and note[len(text)] == "\n":
                    return size
        return None

    def is_ours(self, checkpoint: Checkpoint) -> bool:
        """Whether it is of this log as it is stored. May read the store."""
        if checkpoint.origin != self.log or checkpoint.size > self._writer.head(self.log).size:
            return False
        return checkpoint == self.at(checkpoint.size)[0]

    def keys_changed(self) -> None:
        """Forgets what was signed with other keys."""
        with self._lock:
            self._signed_before = self._writer.head(self.log).size
            self._kept.clear()

    def _issue(self, size: int) -> tuple[Checkpoint, str]:
        head = self._writer.head(self.log)
        if size == head.size and size > self._signed_before:
            return Checkpoint(self.log, size, head.frontier.root()), head.checkpoint
        root = Tree(partial(self.logs.tile, self.log)).root(size)
        checkpoint = Checkpoint(self.log, size, root)
        return checkpoint, self._signer.sign(checkpoint).render()
