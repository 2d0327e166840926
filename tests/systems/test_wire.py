"""What goes wrong on the wire itself: answers without end, faults of the machine, certificates."""

from __future__ import annotations

import pytest
import requests

from local.simulators.wire import Request, Response
from shared_code.systems import wire
from shared_code.systems.http import AnswerLost
from shared_code.systems.interface import SystemUnavailable
from tests.systems.conftest import Script, Surroundings
from tests.systems.test_http import GOOD, JSON, READ, WRITE


def test_a_huge_answer_is_not_read_to_its_end(
    surroundings: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "MAX_ANSWER_BYTES", 1000)
    with pytest.raises(SystemUnavailable):
        surroundings.client(Script([Response(200, JSON, b"[" + b"1," * 1000 + b"1]")])).send(READ)


class Broken:
    """A service at which the machine itself fails."""

    def handle(self, request: Request) -> Response:
        raise OSError(24, "Too many open files")


def test_a_fault_of_the_machine_is_unavailable_and_a_write_may_have_gone_out(
    surroundings: Surroundings,
) -> None:
    with pytest.raises(SystemUnavailable, match="OSError"):
        surroundings.client(Broken()).send(READ)
    with pytest.raises(AnswerLost):
        surroundings.client(Broken()).send(WRITE)


def test_a_certificate_that_is_not_trusted_names_the_setting(
    surroundings: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*given: object, **more: object) -> None:
        raise requests.exceptions.SSLError

    monkeypatch.setattr(requests.Session, "request", refuse)
    with pytest.raises(SystemUnavailable, match="CA_BUNDLE"):
        surroundings.client(Script([GOOD])).send(WRITE)
