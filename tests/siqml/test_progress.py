import io

from siqml.progress import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_log_gets_ten_lines() -> None:
    log = io.StringIO()
    with progress("train", 1000, log) as advance:
        for done in range(1, 1001):
            advance(done, "x")
    lines = log.getvalue().splitlines()
    assert len(lines) == 10
    assert lines[-1] == "train: 1000/1000 x"


def test_a_resumed_task_counts_from_where_it_was() -> None:
    log = io.StringIO()
    with progress("train", 10, log, start=8) as advance:
        advance(9, "")
        advance(10, "")
    assert log.getvalue() == "train: 9/10\ntrain: 10/10\n"


def test_a_terminal_gets_a_bar_with_the_text() -> None:
    terminal = Terminal()
    with progress("train", 10, terminal) as advance:
        advance(10, "loss 1e-9")
    assert "loss 1e-9" in terminal.getvalue()
