"""Text that must not be committed. The samples are put together so that this file does not hold them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tools.checks.forbidden import find, violations_in
from tools.checks.sources import ROOT

type Plant = Callable[[str, str], Path]

FORBIDDEN = [
    ("a.py", "x = '/" + "root/thing'"),
    ("a.json", '{"p": "/' + 'work/main/x"}'),
    ("a.md", "see /" + "tmp/out.txt"),
    ("a.md", "see /" + "home/anna/x"),
    ("a.md", "C:\\" + "Users\\anna"),
    ("package-lock.json", '"resolved' + '": "https://x/y.tgz"'),
    ("a.txt", "https://registry.npm" + "js.org/azurite"),
    ("a.txt", "https://py" + "pi.org/simple"),
    ("a.txt", "https://files.python" + "hosted.org/x"),
    ("requirements.txt", "--index" + "-url https://packages.example/simple"),
    ("key.pem", "-----BEGIN RSA PRIVATE " + "KEY-----"),
    ("a.py", "# TO" + "DO later"),
    ("a.py", "    raise Not" + "ImplementedError"),
    ("a.md", "as the design " + "document says"),
    ("a.py", "# fixes issue " + "#12"),
    ("a.py", '"""Source: facts' + ': bc-api.md section 3."""'),
    ("a.md", "see fact" + "s/azure.md"),
]
ACCEPTED = [
    ("a.py", "session = requests.Session()  # one session per system"),
    ("a.md", "a lead in Sales becomes an opportunity; a task is made"),
    ("a.md", "the app lies in /home/site/wwwroot"),
    ("a.py", "path = f'{root}/tmp/x' + '/api/work/queue'"),
    ("a.py", "text = '-----BEGIN PUBLIC KEY-----'"),
    ("a.md", "the issue is that a record of 2 facts: price and unit"),
    ("data.json", '{"name": "TO' + 'DO & Co"}'),
]


@pytest.mark.parametrize(("file", "text"), FORBIDDEN)
def test_forbidden_text_is_found(file: str, text: str) -> None:
    assert [violation.line for violation in violations_in("first\n" + text, file)] == [2]


@pytest.mark.parametrize(("file", "text"), ACCEPTED)
def test_ordinary_text_is_accepted(file: str, text: str) -> None:
    assert list(violations_in(text, file)) == []


def test_the_check_does_not_find_itself_or_its_tests() -> None:
    own = [ROOT / "tools/checks/forbidden.py", Path(__file__)]
    assert [
        str(one) for path in own for one in violations_in(path.read_text(encoding="utf-8"), path.name)
    ] == []


def test_every_text_file_is_read_and_binary_and_foreign_ones_are_not(plant: Plant) -> None:
    bad = "TO" + "DO"
    plant("docs/a.md", bad)
    plant("static/htmx.min.js", bad)
    plant(".venv/lib/a.py", bad)
    root = plant("picture.md", bad + "\0")
    assert [str(one) for one in find(root)] == ["docs/a.md:1: unfinished work: " + bad]
