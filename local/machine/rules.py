"""The rules among which Hypothesis chooses, and what happens at the end of an example.

What a rule does to depends on numbers that are drawn beforehand and on the machine's own notes, never on what
the system did meanwhile: so a failing example can be told again step by step without running it.
"""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import NamedTuple

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from local.dev.processes import Processes
from local.machine.disturbing import SERVICE_FAULTS, STORAGE_FAULTS
from local.machine.ending import verdict
from local.machine.world import NotAtRest, World, wait_until, world
from local.simulate.fields import Pair
from local.simulate.pairs import CONTACT, CUSTOMER
from local.simulators.faults import Fault

HOSTS = ("host-1", "host-2")
PAUSE, EDIT, EDIT_BOTH, AGREE = "pause", "edit", "edit both", "agree"
CREATE, DELETE, TIMER, FULL = "create", "delete", "timer", "full synchronisation"
ACTS = (PAUSE, PAUSE, *[EDIT] * 6, EDIT_BOTH, EDIT_BOTH, AGREE, *[CREATE] * 3, DELETE, *[TIMER] * 5, FULL)
KILL, CLOCK, DOUBLE, REPEAT, COPY, NONSENSE = "kill", "clock", "double", "repeat", "copy", "nonsense"
CLOCKS = ("bc", "sales", *HOSTS)
NUMBERS = st.integers(0, 30)
SKIPS = st.lists(st.integers(0, 12), min_size=1, max_size=4)
FEWER = 5
"""The services are asked so much less often than storage."""
HOST_SHIFTS_S = st.integers(-240, 240)
SERVICE_STEPS_S = st.integers(0, 120)
"""A service's clock only goes forward, faster than ours: it stamps with it what it stores."""


class Act(NamedTuple):
    """What somebody does, to which record; numbers choose among what is there."""

    name: str
    pair: Pair
    side: str
    number: int
    fields: list[int]


LIFE = st.builds(
    Act,
    st.sampled_from(ACTS),
    st.sampled_from((CUSTOMER, CUSTOMER, CONTACT)),
    st.sampled_from(("bc", "sales")),
    NUMBERS,
    st.lists(NUMBERS, min_size=2, max_size=3),
)


@dataclass
class Run:
    """What the examples of a run share: processes, and what was seen altogether.

    ``failure`` is the first verdict: after it the same example is only told again.
    """

    processes: Processes
    most_examples: int
    examples: int = 0
    steps: Counter[str] = field(default_factory=Counter)
    fired: Counter[str] = field(default_factory=Counter)
    values: int = 0
    problems: Counter[str] = field(default_factory=Counter)
    failure: list[str] = field(default_factory=list)
    story: list[str] = field(default_factory=list)
    say: Callable[[str], None] = print


class FaultFound(AssertionError):
    """Something does not hold; the text is the verdict."""


class Machine(RuleBasedStateMachine):
    """One example. ``run`` is set by whoever runs it."""

    run: Run

    def __init__(self) -> None:
        super().__init__()
        self._ended = ExitStack()
        self._world: World | None = None
        self._records = 0
        self._lived = False
        self._down: set[str] = set()
        self._shifts = dict.fromkeys(CLOCKS, 0)

    @initialize(number=st.integers(0, 2**16))
    def begin(self, number: int) -> None:
        """The world's records are drawn from ``number``; it is made when somebody does something."""
        self._records = number

    @rule(acts=st.lists(LIFE, min_size=1, max_size=3))
    def live(self, acts: list[Act]) -> None:
        """People do their work, timers run, time passes."""
        for act in acts:
            self._lived = self._lived or act.name != PAUSE
            found = self._at(act.name) if self._lived else None
            if found:
                found.tell(f"{act.name}: {_done(found, act)}")

    @precondition(lambda self: self._lived)
    @rule(
        kind=st.sampled_from((*[KILL] * 3, DOUBLE, DOUBLE, REPEAT, REPEAT, COPY, NONSENSE, CLOCK, CLOCK)),
        number=NUMBERS,
        host_s=HOST_SHIFTS_S,
        step_s=SERVICE_STEPS_S,
    )
    def disturb(self, kind: str, number: int, host_s: int, step_s: int) -> None:
        """Hosts die and come back, messages come twice, clocks go wrong."""
        match kind:
            case "kill":
                self._kill_or_start(HOSTS[number % len(HOSTS)])
            case "clock":
                self._shift_clock(CLOCKS[number % len(CLOCKS)], host_s, step_s)
            case _ if found := self._at(f"message {kind}"):
                found.tell(f"message {kind} {_disturbed(found, kind, number)}")

    @precondition(lambda self: self._lived)
    @rule(
        place=st.sampled_from((*[("storage", each) for each in ("queue", "table", "table")],
                               *[("service", each) for each in ("bc", "bc", "sales", "sales", "entra")])),
        kinds=st.tuples(st.sampled_from(STORAGE_FAULTS), st.sampled_from(SERVICE_FAULTS)),
        method=st.sampled_from(("GET", "POST", "POST", "PUT", "PUT", "PATCH", "DELETE")),
        way=st.sampled_from(("write", "write", "read")),
        skips=SKIPS,
    )  # fmt: skip
    def fail(
        self, place: tuple[str, str], kinds: tuple[Fault, Fault], method: str, way: str, skips: list[int]
    ) -> None:
        """Storage or a service fails some requests of Tandem's to come."""
        (what, system), found = place, self._at(f"{place[0]} fault")
        if found and what == "storage":
            for skip in skips:
                found.disturber.storage(system, kinds[0], method, skip)
            found.tell(f"fault {system} {method} {kinds[0]} after {skips}")
        elif found:
            for skip in skips:
                found.disturber.service(system, kinds[1], way, skip // FEWER)
            found.tell(f"fault {system} {way} {kinds[1]} after {[skip // FEWER for skip in skips]}")

    def _kill_or_start(self, name: str) -> None:
        """kill -9 of a host, or the start of one that was killed."""
        word = "start" if name in self._down else "kill"
        self._down ^= {name}
        if found := self._at(word):
            (found.disturber.start if word == "start" else found.disturber.kill)(name)
            found.tell(f"{word} {name}")

    def _shift_clock(self, place: str, host_s: int, step_s: int) -> None:
        """A service's clock goes on by some seconds at once; a host's is wrong either way."""
        self._shifts[place] = host_s if place in HOSTS else self._shifts[place] + step_s
        if found := self._at("shift a clock"):
            shift = found.disturber.shift_host if place in HOSTS else found.disturber.shift_service
            shift(place, self._shifts[place])
            found.tell(f"clock of {place}: {self._shifts[place]} s")

    def _at(self, step: str) -> World | None:
        """The world, which the first step makes; none where the example is only told again."""
        if self.run.failure or (self._world is None and self.run.examples == self.run.most_examples):
            return None
        if self._world is None:
            self._world = self._ended.enter_context(world(self.run.processes, self._records))
            self.run.examples += 1
        self.run.steps[step] += 1
        return self._world

    def teardown(self) -> None:
        """The end of the example: judged, unless it failed before or is only told again."""
        try:
            if self._world and not self.run.failure:
                self._judge(self._world)
        finally:
            self._ended.close()
        if self.run.failure and self._lived:
            raise FaultFound("\n".join(self.run.failure))

    def _judge(self, found: World) -> None:
        self.run.failure = verdict(found)
        self.run.values += len(found.ledger.values)
        self.run.fired += found.disturber.fired
        self.run.problems.update(each.code for each in found.stored.couplings().problems)
        self.run.story = found.story
        told = "does not hold" if self.run.failure else "holds"
        seconds = time.monotonic() - found.began_s
        self.run.say(f"example {self.run.examples}: {len(found.story)} lines, {seconds:.0f} s, {told}")


def _done(found: World, act: Act) -> str:
    """Does it; what was done, in words."""
    people = found.people
    match act.name:
        case "edit":
            return people.edit(act.pair, act.side, act.number, act.fields[1:])
        case "edit both":
            return people.edit_both(act.pair, act.number, act.fields)
        case "agree":
            return people.agree(act.pair, act.number, act.fields[0])
        case "create":
            return people.create(act.pair, act.side, act.number)
        case "delete":
            return people.delete(act.pair, act.side, act.number)
        case "timer":
            return f"{found.run_timer(act.number)}, then {_paused(found, act.number)}"
        case "full synchronisation":
            return found.start_full_sync()
    return _paused(found, act.number)


def _paused(found: World, number: int) -> str:
    """Nobody does anything until the queues are empty, six seconds at most."""
    with contextlib.suppress(NotAtRest):
        wait_until(lambda: found.stored.queued() == 0, "a pause", number / 5)
    return f"{number / 5} s at most"


def _disturbed(found: World, kind: str, number: int) -> str:
    """Does it; what there is to tell of it."""
    after = number % 6
    match kind:
        case "double":
            found.disturber.double_message(after)
        case "repeat":
            found.disturber.repeat_settled_message(after)
        case "copy":
            return f"{found.disturber.copy_messages()} of them"
        case _:
            return found.put_nonsense(number)
    return f"after {after}"
