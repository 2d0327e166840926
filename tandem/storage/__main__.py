"""`python -m tandem.storage`: backup and restore of what Tandem stores, straight from the storage account.

python -m tandem.storage backup FILE             every row, as lines of JSON; .gz packs it
python -m tandem.storage check FILE              whether a file is whole, and what it holds
python -m tandem.storage restore FILE            into an account without data of Tandem's
python -m tandem.storage restore FILE --over     over what is there, also to go on after an interruption

The account is named as the app's settings name it: AzureWebJobsStorage__accountName=NAME, with your own
sign-in (az login) and the role Storage Table Data Reader, or Contributor for a restore; or, for this machine,
AzureWebJobsStorage with a connection string. A backup holds personal data: keep it as you keep the systems
themselves.
"""

from __future__ import annotations

import argparse
import gzip
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from shared_code.runtime import ThreadRuntime
from shared_code.store.azure_tables import AzureTables, connect
from shared_code.store.tables import StoreError, Tables
from tandem.exits import Exit
from tandem.storage import backup
from tandem.storage.backup import BackupInvalid, NotEmpty

OWNER_ONLY = 0o600


def parser() -> argparse.ArgumentParser:
    """What the command line understands."""
    found = argparse.ArgumentParser(
        "python -m tandem.storage", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    found.add_argument("verb", choices=("backup", "check", "restore"))
    found.add_argument("file", type=Path)
    found.add_argument("--over", action="store_true", help="restore over what is there")
    return found


def main(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> int:
    """Run one verb; the exit code of ``tandem`` (docs/command-line.md)."""
    given = parser().parse_args(arguments)
    try:
        match given.verb:
            case "check":
                _check(given.file)
            case "backup":
                _back_up(_tables(environment), given.file)
            case "restore":
                _restore(_tables(environment), given.file, over=given.over)
    except NotEmpty as error:
        return _fail(f"{error} To write the backup over it, add --over.", Exit.REFUSED)
    except (BackupInvalid, FileExistsError, FileNotFoundError) as error:
        return _fail(f"{given.file}: {error}", Exit.USAGE)
    except (EOFError, OSError, UnicodeDecodeError) as error:
        return _fail(f"{given.file}: {type(error).__name__}: the file cannot be read or written.", Exit.USAGE)
    except StoreError as error:
        return _fail(str(error), Exit.UNREACHABLE)
    return Exit.DONE


def _tables(environment: Mapping[str, str]) -> Tables:
    return AzureTables(ThreadRuntime(), connect(environment))


def _back_up(tables: Tables, file: Path) -> None:
    """Into a new file beside the name it gets when it is whole."""
    if file.exists():
        raise FileExistsError("there is such a file already; a backup is never written over another.")
    draft = file.with_name(f".{file.name}.part")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY), "wb") as raw:
        with _text(raw, file, "wt") as out:
            count = backup.write(tables, out, datetime.now(UTC).isoformat(timespec="seconds"), _say)
    draft.rename(file)
    _say(f"{count} rows are in {file}. It holds personal data.")


def _check(file: Path) -> dict[str, Any]:
    with file.open("rb") as raw, _text(raw, file, "rt") as lines:
        found = backup.check(lines)
    for name, count in found["tables"].items():
        _say(f"{name}: {count} rows")
    _say(f"Whole; of {found['taken_at']}, data of version {found['schema']}.")
    return found


def _restore(tables: Tables, file: Path, *, over: bool) -> None:
    """Nothing is written before the file was read to its end and found whole."""
    _check(file)
    with file.open("rb") as raw, _text(raw, file, "rt") as lines:
        count = backup.restore(tables, lines, over=over, say=_say)
    _say(f"{count} rows are restored. Start the app, then a full synchronisation (docs/disaster.md).")


def _text(raw: IO[bytes], file: Path, mode: str) -> AbstractContextManager[Any]:
    if file.suffix == ".gz":
        return gzip.open(raw, mode, encoding="ascii")
    return open(raw.fileno(), mode, encoding="ascii", closefd=False)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _fail(line: str, code: Exit) -> int:
    print(line, file=sys.stderr, flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
