"""``python -m local.host APP_FOLDER [--port N] [--listen http,queue,timer] [--verbose]``.

Prints exactly one line on standard output, when it is ready: ``{"ready": true, "url": ..., "functions": N,
"pid": N, "keys": {"functions": ..., "master": ...}}``.  Everything else goes to standard error.
Exit codes: 0 after SIGTERM, SIGINT or CTRL_BREAK; 1 when the app cannot be run; 70 when a function exceeded
functionTimeout.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import sys
import threading
from pathlib import Path
from typing import TextIO

from local.host.errors import HostError, one_line
from local.host.host import PARTS, Host
from local.host.settings import process_environment

DRAIN_S = 30.0
log = logging.getLogger("local.host")


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """The command line; wrong usage ends the process with code 2."""
    parser = argparse.ArgumentParser(prog="python -m local.host", description="A local Azure Functions host.")
    parser.add_argument("app_folder", type=Path, help="the folder that holds function_app.py and host.json")
    parser.add_argument("--port", type=int, default=7071, help="0 picks a free port (default: 7071)")
    parser.add_argument("--listen", type=parts_of, default=frozenset(PARTS), help="some of http,queue,timer")
    parser.add_argument("--verbose", action="store_true", help="log each run, the app's own logs, tracebacks")
    return parser.parse_args(arguments)


def parts_of(text: str) -> frozenset[str]:
    """The parts named in ``text``; raises argparse's error for an unknown one."""
    parts = frozenset(part.strip() for part in text.split(",") if part.strip())
    if not parts or not parts <= set(PARTS):
        raise argparse.ArgumentTypeError(f"{text!r}: name some of {','.join(PARTS)}")
    return parts


def main(arguments: list[str]) -> int:
    """Run the host until it is told to stop; returns the exit code."""
    options = parse_arguments(arguments)
    ready_line = keep_standard_output()
    configure_logs(options.verbose)
    stop = stop_on_signals()
    try:
        host = Host(options.app_folder.resolve(), options.port, options.listen, process_environment())
    except HostError as error:
        return refuse(str(error), error.details, options.verbose)
    except Exception as error:
        log.info("the start failed", exc_info=True)
        return refuse(f"the start failed: {one_line(repr(error))}; --verbose shows where", "", verbose=False)
    host.start()
    announce(host, ready_line)
    wait_for(stop)
    if not host.stop(DRAIN_S):
        log.warning("work was still running after %.0f s; its messages come back later", DRAIN_S)
        sys.stderr.flush()
        os._exit(0)  # threads that still run would keep the process alive
    return 0


def keep_standard_output() -> TextIO:
    """The real standard output, for the ready line; whatever else prints lands on standard error."""
    sys.stdout.flush()
    kept = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return kept


def configure_logs(verbose: bool) -> None:
    """Plain lines on standard error: warnings only, or with ``verbose`` each run and the app's own logs."""
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING,
        stream=sys.stderr,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
    )
    logging.getLogger("azure").setLevel(logging.WARNING)
    # The worker library logs every failure with a traceback; the host says the same.
    logging.getLogger("azure.functions").setLevel(logging.CRITICAL)


def stop_on_signals() -> threading.Event:
    """An event that SIGTERM, SIGINT and (on Windows) CTRL_BREAK set."""
    stop = threading.Event()
    for name in ("SIGTERM", "SIGINT", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: stop.set())
    return stop


def wait_for(stop: threading.Event) -> None:
    """Wait until ``stop`` is set, in short waits: on Windows a long one holds back signals."""
    while not stop.wait(0.5):
        pass


def announce(host: Host, out: TextIO) -> None:
    """Write the ready line."""
    line = {
        "ready": True,
        "url": host.server.url,
        "functions": len(host.functions),
        "pid": os.getpid(),
        "keys": {"functions": host.keys.functions, "master": host.keys.master},
    }
    print(json.dumps(line), file=out, flush=True)


def refuse(message: str, details: str, verbose: bool) -> int:
    """Say in one line why the host does not start."""
    print(f"local.host: {message}", file=sys.stderr, flush=True)
    if verbose and details:
        print(details, file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
