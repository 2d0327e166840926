"""Commands to copy: sh, cmd and PowerShell must read the same arguments in them."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from local.demo import __main__ as demo
from local.dev import pasting, up
from local.environment import Environment

COMPANY = "CRONUS International Ltd."
KEY = "aB3-_x=="
# A bare word, or a double-quoted text without anything one of the three shells reads in its own way.
ARGUMENT = re.compile(r'[A-Za-z0-9.\-]+|"(?:[^"\'`$!\\^|<>]|\\(?!"))*"')


@pytest.fixture
def environment(tmp_path: Path) -> Any:
    addresses = SimpleNamespace(
        business_central="https://localhost:1", sales="https://localhost:2", authority="https://localhost:3",
        ca_bundle=tmp_path / "ca.pem", storage="UseDevelopmentStorage=true",
        business_central_environment="production",
    )  # fmt: skip
    host = SimpleNamespace(url="http://127.0.0.1:4")
    return SimpleNamespace(
        addresses=addresses, host=host, hosts={"host": host}, keys=SimpleNamespace(functions=KEY, master=KEY),
        processes=SimpleNamespace(logs=tmp_path), options=SimpleNamespace(companies=[COMPANY]),
    )  # fmt: skip


def printed(environment: Any) -> list[str]:
    """All commands of the demonstration and of `dev.py host`."""
    coupling = SimpleNamespace(sales_id="a0000000-0000-0000-0000-00000000000a")
    stage = SimpleNamespace(environment=environment, company=COMPANY, couplings=lambda _: [coupling])
    shown = up.told(cast(Environment, environment), 1.0).splitlines()
    in_host = [line.strip() for line in shown if line.strip().startswith("curl")]
    return [*demo._to_try(cast(Any, stage), environment.host.url, KEY), *in_host]


def test_each_command_has_only_arguments_that_every_shell_reads_alike(environment: Any) -> None:
    commands = printed(environment)
    assert len(commands) == 10
    for command in commands:
        assert ARGUMENT.sub("", command).strip(" ") == "", command
        assert [part.strip('"') for part in ARGUMENT.findall(command)] == shlex.split(command)


def test_a_body_is_in_the_file_that_the_command_names(environment: Any) -> None:
    bodies = [shlex.split(command)[2] for command in printed(environment) if " -d " in command]
    assert [name[0] for name in bodies] == ["@", "@"]
    edit, rate = (json.loads(Path(name[1:]).read_text("utf-8")) for name in bodies)
    assert edit["values"] == {"telephone1": "+44 20 7946 0303"}
    assert rate == {"company": COMPANY, "currencyCode": "EUR", "relationalExchangeRateAmount": 0.9}


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl on this machine")
def test_curl_finds_the_file_through_this_machine_s_shell(tmp_path: Path) -> None:
    command = pasting.posted("http://127.0.0.1:9/x", {"a": "b c"}, tmp_path / "a b.json")
    done = subprocess.run(command, shell=True, capture_output=True, timeout=30)
    assert done.returncode == 7, "curl found the file and then nobody at that address"
