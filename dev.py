"""Tandem on a developer's machine: `python dev.py VERB`.

Sets up what is missing (a virtual environment with the Python packages, the storage emulator) inside the
checkout and then runs the verb with that environment's Python. Needs Python 3.13 or newer on Linux, macOS
or Windows; the syntax here stays old enough that an older Python can read the file and hand over to a newer
one.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections import namedtuple

ROOT = os.path.dirname(os.path.abspath(__file__))
MINIMUM = (3, 13)
NOT_POSSIBLE = 2

# module: what `python -m` runs; storage: whether the verb needs the storage emulator installed.
Verb = namedtuple("Verb", "module storage summary")
VERBS = {
    "demo": Verb(
        "local.demo", True, "Tandem's story on this machine, each step checked, then all of it up to be tried"
    ),
    "test": Verb(
        "local.dev.test",
        True,
        "the tests (--unit: only those without servers; files and options go to pytest)",
    ),
    "host": Verb("local.dev.up", True, "storage, both systems simulated, Entra and the app, until Ctrl+C"),
    "check": Verb(
        "local.dev.check", False, "lint, types, import arrows, sizes, forbidden text, stale documentation"
    ),
    "audit": Verb("local.dev.audit", False, "known vulnerabilities of the packages, asked of PyPI"),
    "simulate": Verb("local.simulate", False, "many seeded runs with faults, against the invariants"),
    "bench": Verb("benchmarks", True, "the benchmarks"),
    "load": Verb(
        "local.load", True, "a full synchronisation of many records while functions hosts are killed, judged"
    ),
    "package": Verb("tools.package", False, "the zip that Azure runs"),
    "solution": Verb("tools.solution", False, "packs the Dataverse solution for import"),
    "machine": Verb("local.machine", True, "Hypothesis against the running system, with kills and faults"),
    "costs": Verb(
        "local.costs", False, "requests and writes of each mapping, of a first run and a quiet minute"
    ),
    "pages": Verb("local.page_times", False, "how long each page takes with much on file"),
    "screenshots": Verb("local.pictures", True, "pictures of the pages into docs/pictures; needs a Chromium"),
    "availability": Verb(
        "local.availability", True, "how long a question about availability takes at a steady rate"
    ),
    "latency": Verb("local.latency", True, "how long a change takes from one side to the other"),
}


def is_available(verb: "Verb") -> bool:
    """Whether this version of the checkout has the verb's module."""
    path = os.path.join(ROOT, *verb.module.split("."))
    return os.path.isfile(path + ".py") or os.path.isfile(os.path.join(path, "__main__.py"))


def usage() -> str:
    """The help text: only the verbs that this version has."""
    lines = ["usage: python dev.py VERB [arguments]", ""]
    lines += [f"  {name:<13}{verb.summary}" for name, verb in VERBS.items() if is_available(verb)]
    return "\n".join(lines)


def newer_python() -> "list[str]":
    """The command of a Python this checkout can use, found on this machine; empty when there is none."""
    candidates = [[name] for name in ("python3.14", "python3.13")]
    if os.name == "nt":
        candidates += [["py", "-3.14"], ["py", "-3.13"]]
    question = f"import sys; sys.exit(sys.version_info < {MINIMUM})"
    for candidate in candidates:
        found = shutil.which(candidate[0])
        command = [found, *candidate[1:]] if found else []
        # A name on the path may be a launcher without that version behind it: only a run tells.
        if command and subprocess.call([*command, "-c", question], stderr=subprocess.DEVNULL) == 0:
            return command
    return []


def hand_over(command: "list[str]") -> int:
    """Goes on as `command`; returns its exit code where the system cannot replace a process."""
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name != "nt":
        os.execv(command[0], command)
    process = subprocess.Popen(command)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches the child too, which ends in its own way
    return process.wait()


def refuse(sentence: str) -> int:
    """Says why nothing was done; returns the exit code for it."""
    sys.stderr.write(sentence + "\n")
    return NOT_POSSIBLE


def run_verb(verb: "Verb", arguments: "list[str]") -> int:
    """Sets up what the verb needs and runs it."""
    from local.dev.installation import set_up
    from local.dev.steps import SetUpFailed

    storage = verb.storage and "--unit" not in arguments
    try:
        python = set_up(storage=storage)
    except SetUpFailed as failure:
        return refuse(str(failure))
    os.environ["PYTHONUTF8"] = "1"
    os.chdir(ROOT)
    return hand_over([str(python), "-m", verb.module, *arguments])


def main(arguments: "list[str]") -> int:
    """Runs the verb; 2 when it cannot be run at all, else the verb's own exit code."""
    if sys.version_info < MINIMUM:
        command = newer_python()
        if command:
            return hand_over([*command, os.path.abspath(__file__), *arguments])
        return refuse(
            f"Tandem needs Python 3.13 or newer; this is {sys.version.split()[0]} and no newer one was found."
        )
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(usage())
        return 0 if arguments else NOT_POSSIBLE
    name, *rest = arguments
    if name not in VERBS:
        return refuse(f"There is no verb {name!r}.\n\n{usage()}")
    if not is_available(VERBS[name]):
        return refuse(f"{name}: not available in this version.")
    return run_verb(VERBS[name], rest)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
