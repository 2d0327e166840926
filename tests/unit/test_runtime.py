"""A gate lets so many through at a time, in the order in which they came."""

from __future__ import annotations

import threading

from shared_code.runtime import FirstComeGate, OpenGate

PATIENCE_S = 10.0


def test_no_more_than_the_limit_are_through_and_who_came_first_goes_first() -> None:
    gate, order = FirstComeGate(), list[int]()
    inside, most, lock = [0], [0], threading.Lock()
    first_in, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        with gate.passing(1):
            first_in.set()
            go_on.wait(PATIENCE_S)

    def pass_(number: int) -> None:
        with gate.passing(1), lock:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            order.append(number)
            inside[0] -= 1

    holder = threading.Thread(target=hold)
    holder.start()
    first_in.wait(PATIENCE_S)
    others = [threading.Thread(target=pass_, args=(number,)) for number in range(5)]
    for number, each in enumerate(others):
        each.start()
        while len(gate._waiting) <= number:  # until it stands in line
            pass
    assert order == []
    go_on.set()
    for each in (holder, *others):
        each.join(PATIENCE_S)
    assert (order, most[0]) == ([0, 1, 2, 3, 4], 1)


def test_a_failure_inside_makes_room_for_the_next() -> None:
    gate = FirstComeGate()
    try:
        with gate.passing(1):
            raise ValueError
    except ValueError:
        pass
    with gate.passing(0):  # one goes through in any case
        pass


def test_an_open_gate_lets_everybody_through() -> None:
    gate = OpenGate()
    with gate.passing(1), gate.passing(1):
        pass


def test_who_goes_ahead_passes_before_all_that_wait() -> None:
    gate, passed = FirstComeGate(), list[str]()

    def pass_as(name: str) -> None:
        with gate.passing(1, ahead=name == "ahead"):
            passed.append(name)

    threads = [threading.Thread(target=pass_as, args=(name,)) for name in ("first", "second", "ahead")]
    with gate.passing(1):
        for number, each in enumerate(threads):
            each.start()
            while len(gate._waiting) <= number:  # until it stands in line
                pass
    for each in threads:
        each.join(PATIENCE_S)
    assert passed == ["ahead", "first", "second"]


def test_a_limit_that_grows_meanwhile_counts_for_those_who_wait() -> None:
    gate, limit = FirstComeGate(), [1]
    inside, go_on = threading.Semaphore(0), threading.Event()

    def hold() -> None:
        with gate.passing(lambda: limit[0]):
            inside.release()
            go_on.wait(PATIENCE_S)

    threads = [threading.Thread(target=hold) for _ in range(3)]
    for number, each in enumerate(threads):
        each.start()
        while gate.present() <= number:  # until it is through or stands in line
            pass
    limit[0] = 3
    with gate.passing(9, ahead=True):  # whoever comes or goes lets the others look again
        for _ in range(2):
            assert inside.acquire(timeout=PATIENCE_S)
    go_on.set()
    for each in threads:
        each.join(PATIENCE_S)
    assert (gate.present(), OpenGate().present()) == (0, 0)
