"""Runs the command as a child that ends when its parent does.

The first argument is a pipe's read end. It reaches its end when the parent is gone, however that
came about; then this process asks itself to stop.
"""

import os
import signal
import sys
import threading


def _watch(pipe: int) -> None:
    while os.read(pipe, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=_watch, args=(int(sys.argv[1]),), daemon=True).start()
    from integration.cli.main import main

    sys.argv = ["yrd", *sys.argv[2:]]
    main()
