"""Time and memory are limited, by the clock that the tests set and by what a process is said to hold."""

import gc
import signal
import sys
import time
import weakref
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

import eqcompile as eq
from eqcompile import budgets as room
from eqcompile.budgets import Allowance, allowing, budget, check, parse_budget, seconds_left, share, stage
from eqcompile.derivation.compare import METHODS, compare_methods
from eqcompile.errors import BudgetError, EqcompileError
from eqcompile.face.explain import explanation
from eqcompile.symmetry.make import SU2

Clock = Callable[[int], None]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """``clock(5)``: five seconds pass. No real time counts, and no signal comes."""
    now = [10**12]
    monkeypatch.setattr(time, "monotonic_ns", lambda: now[0])
    monkeypatch.setattr(room, "_start_ticking", lambda: False)

    def pass_(seconds: int) -> None:
        now[0] += seconds * 10**9 + 1

    return pass_


@pytest.mark.parametrize(
    ("text", "seconds", "memory"),
    [
        ("60s,2GB", 60, 2 << 30),
        ("10min", 600, 2 << 30),
        ("512MB", 60, 512 << 20),
        ("1.5h, 0.5GB", 5400, 512 << 20),
        ("1TB,2 min", 120, 1 << 40),
        ("none", None, None),
    ],
)
def test_budgets_are_read(text: str, seconds: int | None, memory: int | None) -> None:
    assert parse_budget(text) == Allowance(seconds, memory)


def test_what_is_left_out_is_that_of_the_default() -> None:
    assert parse_budget("90s", Allowance(600, 8 << 30)) == Allowance(90, 8 << 30)
    assert parse_budget("1GB", Allowance(600, 8 << 30)) == Allowance(600, 1 << 30)
    assert parse_budget("none", Allowance(600, 8 << 30)) == Allowance(None, None)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: parse_budget(5), "budget: text is needed; found int 5"),  # type: ignore[arg-type]
        (lambda: parse_budget("5s", 5), "default: an allowance is needed, from eq.parse_budget; found int 5"),  # type: ignore[arg-type]
        (lambda: _enter(allowing("5s")), 'allowed: an allowance is needed, from eq.parse_budget; found str "5s"'),  # type: ignore[arg-type]
        (lambda: _enter(stage(None)), "name: text is needed; found None"),  # type: ignore[arg-type]
        (lambda: _enter(stage("a", 1)), "cure: text is needed; found int 1"),  # type: ignore[arg-type]
    ],
)  # fmt: skip
def test_wrong_arguments_are_named(call: Callable[[], object], message: str) -> None:
    with pytest.raises(EqcompileError) as caught:
        call()
    assert str(caught.value) == message


def _enter(context: AbstractContextManager[None]) -> None:
    with context:
        pass


@pytest.mark.parametrize(
    "text",
    [
        "",
        "10",
        "10m",
        "ten s",
        "1s;2GB",
        "inf",
        "nan",
        "nan s",
        "1e-400 s",
        "9" * 5000 + "s",
    ],
)
def test_what_is_no_budget_is_refused(text: str) -> None:
    with pytest.raises(
        EqcompileError, match=r"^--budget .*: write a time, an amount of memory, or both, such as 10min"
    ):
        parse_budget(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("99999999999h", '"99999999999h" is beyond the largest budget, 10000 d; none sets no limit'),
        ("10001d", '"10001d" is beyond the largest budget, 10000 d; none sets no limit'),
        ("1e400 s,1GB", '"1e400 s" is beyond the largest budget, 10000 d; none sets no limit'),
        ("9" * 30 + "s", f'"{"9" * 30}s" is beyond the largest budget, 10000 d; none sets no limit'),
        ("1025TB", '"1025TB" is beyond the largest budget, 1024 TB; none sets no limit'),
        ("0s", '"0s" is less than the smallest budget, 1 s; none sets no limit'),
        ("-1s", '"-1s" is less than the smallest budget, 1 s; none sets no limit'),
        ("0.0001s", '"0.0001s" is less than the smallest budget, 1 s; none sets no limit'),
        ("10s,0.5MB", '"0.5MB" is less than the smallest budget, 1 MB; none sets no limit'),
        ("1s,2s", '"1s,2s": two times; keep one of them'),
        ("1GB,2GB", '"1GB,2GB": two amounts of memory; keep one of them'),
    ],
)
def test_budgets_out_of_range_name_it(text: str, message: str) -> None:
    with pytest.raises(EqcompileError) as caught:
        parse_budget(text)
    assert str(caught.value) == f"--budget {message}"
    assert parse_budget("10000d,1024TB") == Allowance(864_000_000, 1 << 50)
    assert parse_budget("1s,1MB") == Allowance(1, 1 << 20)


def test_nothing_is_limited_without_a_budget(clock: Clock) -> None:
    clock(10**6)
    check()
    assert seconds_left() is None


def test_a_budget_is_used_up_when_its_time_is_over(clock: Clock) -> None:
    with budget(seconds=60):
        clock(59)
        check()
        assert seconds_left() == 0  # and a part of one
        clock(1)
        with pytest.raises(
            BudgetError, match=r"^the budget of 60 s is used up; allow more with --budget, such as"
        ):
            check()
    check()


def test_a_budget_is_used_up_when_its_memory_is(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    held = [10 << 30]  # what the process held before does not count
    monkeypatch.setattr(room, "memory_in_use", lambda: held[0])
    with budget(gigabytes=4), budget(gigabytes=2):
        held[0] += 2 << 30
        check()
        held[0] += 1
        with pytest.raises(BudgetError, match="the budget of 2 GB is used up"):
            check()
    with budget(gigabytes=4):
        held[0] += 3 << 30
        check()


def test_a_process_knows_its_memory() -> None:
    assert 1 << 20 < room.memory_in_use() < 1 << 40


def test_the_message_names_the_stage_and_its_cure(clock: Clock) -> None:
    with budget(seconds=1), stage("the proof", "try this"), stage("the field"):
        clock(2)
        with pytest.raises(BudgetError, match=r"^the budget of 1 s is used up by the field; try this$"):
            check()


def test_an_inner_budget_can_only_be_smaller(clock: Clock) -> None:
    with budget(seconds=10), budget(seconds=100):
        assert seconds_left() == 10
        clock(11)
        with pytest.raises(BudgetError, match="the budget of 10 s is used up"):
            check()


def test_a_share_leaves_time_for_the_rest(clock: Clock) -> None:
    with budget(seconds=100):
        with share(1, 4):
            clock(25)
            with pytest.raises(BudgetError, match="the budget of 25 s is used up"):
                check()
        check()
        assert seconds_left() == 74
    with share(1, 4):
        clock(10**6)
        check()


@pytest.mark.parametrize("slow", ["nullspace", "choi"])
def test_a_slow_method_loses_no_other_answer(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, slow: str
) -> None:
    def never(*_: object) -> eq.GeneratorBasis:
        while True:
            clock(1)
            check()

    monkeypatch.setitem(METHODS, slow, never)
    with budget(seconds=60):
        comparison = compare_methods(SU2(2), 2)
    outcomes = {outcome.method: outcome for outcome in comparison.outcomes}
    assert not outcomes[slow].finished
    assert (
        outcomes[slow].reason == {"nullspace": "takes more than 36 s", "choi": "takes more than 20 s"}[slow]
    )
    assert {name for name, outcome in outcomes.items() if outcome.dimension == 2} == {
        *METHODS,
        "characters",
    } - {slow}
    assert comparison


def test_the_only_method_has_the_whole_budget(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> eq.GeneratorBasis:
        while True:
            clock(1)
            check()

    monkeypatch.setitem(METHODS, "twirl", never)
    with (
        budget(seconds=60),
        pytest.raises(BudgetError, match="the budget of 60 s is used up by the twirl; choose a sm"),
    ):
        compare_methods(SU2(2), 2, ["twirl"])


def test_a_row_of_an_explanation_that_takes_too_long_says_so(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from eqcompile.face import explain

    def never(*_: object) -> None:
        while True:
            clock(1)
            check()

    monkeypatch.setattr(explain, "derive_states", never)
    with budget(seconds=60):
        table = explanation("pair", SU2(2), eq.derive(SU2(2)), None)
    cells = [str(cell) for column in table.columns for cell in column.cells]  # type: ignore[attr-defined]
    assert "not finished: takes more than 20 s" in cells


def test_the_signal_ends_what_never_asks() -> None:
    """Real time, a tenth of a second or so; and the handler of the caller is put back."""
    room_was = signal.getsignal(signal.SIGALRM)
    with pytest.raises(BudgetError, match="the budget of 0 s is used up by counting"):
        _count_for_ever()
    assert signal.getsignal(signal.SIGALRM) is room_was
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0


def test_within_a_garbage_collection_the_next_tick_ends_it(clock: Clock) -> None:
    """Here Python prints an exception and goes on; in the tests that would be an error."""

    def slow(phase: str, info: dict[str, int]) -> None:
        room._tick(signal.SIGALRM, sys._getframe())

    gc.callbacks.append(slow)
    try:
        with budget(seconds=60):
            clock(61)
            gc.collect()
            with pytest.raises(BudgetError):
                room._tick(signal.SIGALRM, sys._getframe())
    finally:
        gc.callbacks.remove(slow)


def test_within_a_finaliser_the_next_tick_ends_it(clock: Clock) -> None:
    """Also in what a finaliser calls, as multiprocessing does to free its semaphores."""
    with budget(seconds=60):
        clock(61)
        weakref.finalize(Thing(), lambda: room._tick(signal.SIGALRM, sys._getframe()))
        with pytest.raises(BudgetError):
            room._tick(signal.SIGALRM, sys._getframe())


class Thing:
    """Freed at once."""


def _count_for_ever() -> None:
    with allowing(Allowance(0, None)), stage("counting"):
        while True:
            pass


def test_another_users_alarm_is_left_alone() -> None:
    heard: list[int] = []
    before = signal.signal(signal.SIGALRM, lambda number, _: heard.append(number))
    try:
        with budget(seconds=60):
            signal.raise_signal(signal.SIGALRM)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert heard == [signal.SIGALRM]


def test_a_terminal_sees_what_is_going_on_and_then_a_clear_line(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[bytes] = []
    monkeypatch.setattr(room, "_on_terminal", lambda: True)
    monkeypatch.setattr(room.os, "write", lambda _, data: written.append(data))
    with budget(seconds=60):
        with stage("the twirl"):
            room._tick(signal.SIGALRM, None)
            assert written == []
            clock(4)
            room._tick(signal.SIGALRM, None)
            assert written == [b"\r\x1b[2K4 s of 60 s: the twirl (Ctrl-C ends)\r"]
        assert written[1:] == [b"\x1b[2K"]
        room._tick(signal.SIGALRM, None)
        assert len(written) == 2
