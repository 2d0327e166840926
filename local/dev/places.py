"""Where the parts of a checkout live. Standard library only."""

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Places:
    """Where the parts of one checkout live; everything that set-up writes is inside `root`."""

    root: Path = ROOT

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        return self.venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def tools(self) -> Path:
        return self.root / ".tools"

    @property
    def logs(self) -> Path:
        return self.tools / "logs"

    @property
    def azurite(self) -> Path:
        return self.tools / "azurite"

    @property
    def azurite_script(self) -> Path:
        return self.azurite / "node_modules" / "azurite" / "dist" / "src" / "azurite.js"

    @property
    def requirements(self) -> list[Path]:
        return [self.root / "requirements.txt", self.root / "requirements-dev.txt"]

    @property
    def node_lock(self) -> list[Path]:
        return [self.root / "tools" / "package.json", self.root / "tools" / "package-lock.json"]
