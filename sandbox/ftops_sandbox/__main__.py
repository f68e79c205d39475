"""The sandbox's door: `python -m ftops_sandbox --state DIR --port N [--at -30d] [--speed 1]`."""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
import sys
import time
from datetime import UTC, datetime
from ipaddress import IPv4Address
from pathlib import Path
from typing import NoReturn

import click
import uvloop

from ftops_sandbox.app import build_app
from ftops_sandbox.certificate import keep_certificate
from ftops_sandbox.clock import Clock
from ftops_sandbox.faults import Faults
from ftops_sandbox.moment import parse_start
from ftops_sandbox.server import LOOPBACK, READY_FILE, Doors, open_doors, serve
from ftops_sandbox.store import Store
from ftops_sandbox.world import World

NOT_READY = 4
_LOCK_TRIES = 10


@click.command(context_settings={"help_option_names": ["--help", "-h"]})
@click.option("--state", type=click.Path(path_type=Path), required=True, help="Where state lives.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Of plain http; 0 picks.")
@click.option("--at", default="", help="Start the clock in the past: -30d, or an ISO time.")
@click.option("--speed", type=float, default=None, help="Sandbox seconds per second.")
@click.option("--strict", is_flag=True, help="Refuse api-versions that a type does not list.")
@click.option("--throttle", is_flag=True, help="Hold callers to Resource Manager's limits.")
@click.option("--listen", default=LOOPBACK, help="The IPv4 address of its doors.")
@click.option("--expose", is_flag=True, help="Let it be an address that others reach.")
def main(  # noqa: PLR0913 -- click hands every option over by name
    *,
    state: Path,
    port: int,
    at: str,
    speed: float | None,
    strict: bool,
    throttle: bool,
    listen: str,
    expose: bool,
) -> None:
    """Runs in the foreground and prints one JSON line when it answers.

    Trouble is one JSON line too, `{"error": {"code", "message"}}`, and exit code 4.
    """
    state = state.resolve()
    _require_loopback(listen, expose=expose)
    try:
        state.mkdir(parents=True, exist_ok=True, mode=0o700)
        _lock(state)
        (state / READY_FILE).unlink(missing_ok=True)  # what a crash left speaks of nobody
        doors = _doors(listen, port)
        certificate, store = keep_certificate(state), Store(state / "sandbox.db")
        world = World(store, _clock(store, at, speed), Faults(), state)
        try:
            app = build_app(world, strict=strict, throttle=throttle)
            uvloop.run(serve(app, doors, certificate, state))
        finally:
            world.close()
    except (OSError, sqlite3.Error) as error:
        why = getattr(error, "strerror", None) or str(error)
        _refuse("StateUnusable", f"{state} cannot hold a sandbox: {why}.")


def _require_loopback(listen: str, *, expose: bool) -> None:
    try:
        loopback = IPv4Address(listen).is_loopback
    except ValueError:
        _refuse("BadAddress", f"--listen {listen} is no IPv4 address.")
    if not loopback and not expose:
        _refuse(
            "NotLoopback",
            f"{listen} is not loopback, and the sandbox's credentials are published: whoever "
            "reaches it may do anything there. --expose says that this is meant.",
        )


def _doors(listen: str, port: int) -> Doors:
    try:
        return open_doors(listen, port)
    except OSError as error:
        where = "loopback" if listen == LOOPBACK else listen
        _refuse("PortInUse", f"Port {port} cannot be opened on {where}: {error.strerror}.")


def _lock(state: Path) -> None:
    """Keeps others off the folder until this process is gone, whatever ends it."""
    descriptor = os.open(state / "sandbox.lock", os.O_RDWR | os.O_CREAT, 0o600)
    if not any(_try_lock(descriptor) for _ in range(_LOCK_TRIES)):
        _refuse("AlreadyRunning", f"A sandbox already runs on {state}.")


def _try_lock(descriptor: int) -> bool:
    """Whoever asks whether a sandbox runs holds the lock for a moment: hence more than one try."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        time.sleep(0.02)
        return False
    return True


def _clock(store: Store, at: str, speed: float | None) -> Clock:
    wall = datetime.now(UTC)
    try:
        start = parse_start(at, wall) if at else None
    except (ValueError, OverflowError):
        _refuse("BadStart", f"--at {at} is neither a span such as -30d nor an ISO time.")
    if start and Clock.is_kept(store):
        _refuse("ClockIsSet", "This state has a clock already, and a clock goes forward only.")
    try:
        clock = Clock(store, start)
        if speed is not None:
            clock.set_speed(speed)
    except ValueError as error:
        _refuse("BadStart" if start else "BadSpeed", str(error))
    return clock


def _refuse(code: str, message: str) -> NoReturn:
    print(json.dumps({"error": {"code": code, "message": message}}), flush=True)  # noqa: T201 -- whoever started us waits for this line
    sys.exit(NOT_READY)


if __name__ == "__main__":
    main()
