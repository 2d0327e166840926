"""Stamps: a step is done again when its inputs changed or it was left half-finished."""

import sys
from pathlib import Path

import pytest

from local.dev.places import Places
from local.dev.steps import SetUpFailed, digest_of, is_current, run_step, stamping


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path)


def test_a_finished_step_is_current_for_its_inputs_only(places: Places) -> None:
    with stamping(places, "step", lambda: "inputs"):
        pass
    assert is_current(places, "step", "inputs")
    assert not is_current(places, "step", "other inputs")
    assert not is_current(places, "another", "inputs")


def test_a_failed_step_is_not_current_even_if_it_was_before(places: Places) -> None:
    with stamping(places, "step", lambda: "inputs"):
        pass
    with pytest.raises(ZeroDivisionError), stamping(places, "step", lambda: "inputs"):
        assert 1 / is_current(places, "step", "inputs"), "the stamp is away while the step runs"
    assert not is_current(places, "step", "inputs")


def test_the_digest_changes_with_each_file_its_presence_and_each_word(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    digests = [digest_of([first, second])]
    first.write_text("a")
    digests.append(digest_of([first, second]))
    first.write_text("b")
    digests.append(digest_of([first, second]))
    second.write_text("")
    digests += [digest_of([first, second]), digest_of([first, second], "word"), digest_of([second, first])]
    assert len(set(digests)) == len(digests)
    assert digest_of([first, second]) == digests[3]


def test_a_failing_step_names_itself_the_advice_and_the_end_of_its_output(places: Places) -> None:
    command = [sys.executable, "-c", "print('no route to host'); raise SystemExit(3)"]
    with pytest.raises(SetUpFailed) as failure:
        run_step(places, "fetching things", command, "Check the network.")
    text = str(failure.value)
    assert "no route to host" in text
    assert "fetching things ended with code 3. Check the network." in text


def test_a_step_whose_program_is_missing_fails_with_a_sentence(places: Places) -> None:
    with pytest.raises(SetUpFailed, match="fetching things could not be finished"):
        run_step(places, "fetching things", [places.root / "no-such-program"], "Check the network.")
