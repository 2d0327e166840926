"""Writes the package: the same files give the same bytes."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

from tools.checks.sources import name_of
from tools.package.content import packed

PACKAGES = ".python_packages/lib/site-packages"
"""Where Azure Functions looks for packages that come with the app (Microsoft docs:
azure-functions/functions-reference-python.md, folder structure)."""
EPOCH = (2020, 1, 1, 0, 0, 0)
PLATFORM = ("--platform", "manylinux_2_28_x86_64", "--platform", "manylinux2014_x86_64")
INSTALL_TIMEOUT_S = 600


def write(root: Path, target: Path, *, with_packages: bool = False) -> list[str]:
    """Write the zip; the names in it.

    ``with_packages``: with what requirements.txt names, for Linux and Python 3.13, so that Azure builds
    nothing.  Raises ``subprocess.SubprocessError`` where that cannot be fetched.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(target, "w") as archive:
        names = _add(archive, packed(root), root, "")
        if with_packages:
            _fetch(root / "requirements.txt", Path(folder))
            found = sorted(path for path in Path(folder).rglob("*") if path.is_file())
            names += _add(archive, found, Path(folder), f"{PACKAGES}/")
    return names


def _add(archive: zipfile.ZipFile, paths: Iterable[Path], root: Path, prefix: str) -> list[str]:
    names = []
    for path in paths:
        entry = zipfile.ZipInfo(prefix + name_of(path, root), EPOCH)
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = 0o644 << 16
        archive.writestr(entry, path.read_bytes())
        names.append(entry.filename)
    return names


def _fetch(requirements: Path, folder: Path) -> None:
    command = [
        sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-compile",
        "--target", str(folder), "--only-binary=:all:", "--implementation", "cp", "--python-version", "3.13",
        *PLATFORM, "-r", str(requirements),
    ]  # fmt: skip
    subprocess.run(command, check=True, timeout=INSTALL_TIMEOUT_S)
