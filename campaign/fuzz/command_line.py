"""One input before the command line, in a process of its own: exit code, what it prints, and what it leaves behind."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from random import Random

from campaign.fuzz.attempt import lost, peak_megabytes
from campaign.fuzz.case import Case, Command, Reader, write_files
from campaign.fuzz.outcome import (
    MEGABYTES,
    REFUSAL_SECONDS,
    ROOT,
    SECONDS,
    Outcome,
    Problem,
    refusal_problems,
)

MAX_REFUSED_LINES = 40
"""Lines on standard error about refused claims, one for each claim; input that cannot be used gets a single line."""

GRACE = 15.0
"""Seconds beyond the limit until a command is killed: it has a budget of its own, and says so when that is used up."""


INHERITED = 64
"""Megabytes that the system may count for a process beyond what its parent has held: until a new program runs in it, it
is a copy of this one."""


def attempt_command(reader: Reader, number: int, case: Case, source: Random) -> Outcome:
    """Run the command that reads the input."""
    command = reader.command(case, source)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as name:
        folder = Path(name)
        write_files(folder, case.files | command.planted)
        inherited = peak_megabytes() + INHERITED
        code, out, err, seconds, megabytes = _run(command, folder)
        problems = _left(folder, case, command, code)
    problems = [*_judged(command, code, out, err, name), *problems]
    answer = {0: "answered", 1: "answered", 2: "refused"}.get(-1 if code is None else code, "")
    if answer == "refused" and "budget" in err:
        answer = "given up"
    if answer == "refused" and seconds > REFUSAL_SECONDS:
        problems.append(Problem("slow", f"{seconds:.1f} s", f"{reader.name}: {command.words[0]}"))
    if megabytes > max(MEGABYTES, inherited):
        problems.append(Problem("memory", f"{megabytes:.0f} MB", f"{reader.name}: {command.words[0]}"))
    text = (err or out).replace(name, "")[:200]
    way = f"$ {command.program.split('.')[0]} {' '.join(command.words)}"
    return Outcome(
        reader.name, number, way[:200], case.how, answer, text, tuple(problems), seconds, megabytes, case.size
    )


def _run(command: Command, folder: Path) -> tuple[int | None, str, str, float, float]:
    """Exit code, or ``None`` if it was stopped; what was written; processor time in seconds; peak memory in MB."""
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "JAX_PLATFORMS": "cpu",
        "COLUMNS": "120",
        "PYTHONWARNINGS": "",
    }
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(
            [sys.executable, "-m", command.program, *command.words],
            cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True,
        )  # fmt: skip
        code, seconds, megabytes = _waited(process)
        return code, _content(out), _content(err), seconds, megabytes


def _waited(process: "subprocess.Popen[bytes]") -> tuple[int | None, float, float]:
    deadline = time.monotonic() + SECONDS + GRACE
    stopped = False
    while True:
        ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        if ended:
            process.returncode = os.waitstatus_to_exitcode(status)
            seconds = usage.ru_utime + usage.ru_stime
            return None if stopped else process.returncode, seconds, usage.ru_maxrss / 1024
        if time.monotonic() > deadline and not stopped:
            stopped = True
            os.killpg(process.pid, signal.SIGKILL)
        time.sleep(0.02)


def _content(stream: object) -> str:
    stream.seek(0)  # type: ignore[attr-defined]
    return stream.read(1_000_000).decode("utf-8", "replace")  # type: ignore[attr-defined]


def _judged(command: Command, code: int | None, out: str, err: str, folder: str) -> list[Problem]:
    if code is None:
        return [
            Problem("hung", f"{command.words[0]}: stopped after {SECONDS:.0f} s", f"$ {command.words[0]}")
        ]
    if "Traceback (most recent call last)" in out + err or "panicked at" in err:
        text = (out + err)[-3000:]
        return [Problem("crash", text.strip().splitlines()[-1][:300], _place_in(text), "traceback")]
    if code < 0:
        return [Problem("died", f"signal {-code}: {err.strip()[-200:]}", f"$ {command.words[0]}")]
    if code not in (0, 1, 2):
        return [Problem("exit code", f"{code}: {err.strip()[-200:]}", f"$ {command.words[0]}")]
    lines = err.replace(folder, "").split("\n")
    said = [line for line in lines if line.strip()]
    problems = [Problem("warning", line[:200], "", "warning") for line in said if "Warning:" in line][:1]
    if code == 2:
        last = said[-1] if said else ""
        if len(said) > 1 and not _is_progress(command):
            problems.append(Problem("lines", f"{len(said)} lines: {said[0][:150]}", f"$ {command.words[0]}"))
        problems += refusal_problems(last)
    elif len(said) > MAX_REFUSED_LINES and not _is_progress(command):
        problems.append(Problem("lines", f"{len(said)} lines of standard error", f"$ {command.words[0]}"))
    elif code == 0 and not problems and not _is_progress(command):
        # What a command says about a file begins with its name, with "warning" before it if it is a doubt.
        own = tuple(f"{head}{word}:" for word in command.words for head in ("", "warning: "))
        problems += [
            Problem("noise", line[:200], f"$ {command.words[0]}") for line in said if not line.startswith(own)
        ][:1]
    return problems


def _is_progress(command: Command) -> bool:
    """Whether the command reports its progress on standard error, as training does."""
    return command.words[0] in ("train", "learn")


def _place_in(text: str) -> str:
    """The last line in a traceback that belongs to the project."""
    places = [line.strip() for line in text.splitlines() if line.strip().startswith('File "')]
    own = [place for place in places if str(ROOT) in place and "site-packages" not in place]
    return (own or places or [""])[-1].replace(f"{ROOT}/", "")


def _left(folder: Path, case: Case, command: Command, code: int | None) -> list[Problem]:
    """What is wrong with the files: inputs must be unchanged, and outputs those asked for; after a refusal, none."""
    found = {str(path.relative_to(folder)): path for path in sorted(folder.rglob("*")) if path.is_file()}
    allowed = {name for name in found if any(name == o or name.startswith(f"{o}/") for o in command.outputs)}
    inputs = {name: content for name, content in case.files.items() if name not in allowed}
    out = [p for p in lost(folder, inputs | command.planted) if not _may_be_new(p, allowed)]
    refused = code not in (0, 1)
    changed = [p for p in out if any(p.text == f"{name} is changed" for name in command.planted)]
    if not refused:  # an output that was asked for takes the place of the old one
        out = [p for p in out if p not in changed]
    if refused and not _is_progress(command):
        new = sorted(allowed - set(command.planted) - set(case.files))
        out += [Problem("loss", f"refused, and {name} is written", "left behind") for name in new]
    return [replace(p, where=f"$ {command.words[0]}: {p.where}") for p in out]


def _may_be_new(problem: Problem, allowed: set[str]) -> bool:
    return problem.where == "left behind" and problem.text.removesuffix(" is new") in allowed
