"""The side of a measurement that runs in the environment of a contender; it needs Python and nothing else.

``python -m benchmarks.worker MODULE:FUNCTION ARGUMENTS [GIB]`` calls the function with arguments from JSON. It prepares
everything and returns the call that is measured, and the process says so. The first call comes at once; every line of
standard input then asks for more of them. Answers are lines of JSON, on what was standard output: what libraries print
goes to standard error.
"""

import importlib
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

KIB = 1024
GIB = 1 << 30


def serve(function: str, arguments: dict[str, Any]) -> None:
    """Prepare, call once, and call again as often as standard input asks."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    module, _, name = function.partition(":")
    call = getattr(importlib.import_module(module), name)(**arguments)
    _say(answers, {"prepared": time.process_time()})
    cpu, wall = time.process_time(), time.perf_counter()
    outcome = call()
    times = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    _say(answers, {**times, "memory": peak_bytes(), "outcome": outcome})
    for line in sys.stdin:
        asked = json.loads(line)
        _say(answers, {"cpu": _times(call, **asked), "memory": peak_bytes()})


def _times(call: Callable[[], Any], seconds: float, most: int) -> list[float]:
    """CPU seconds of calls, one after the other, until ``seconds`` are spent.

    The first call of a turn finds the caches of the processor as another contender left them; it is left out where
    there are others.
    """
    found: list[float] = []
    while not found or (sum(found) < seconds and len(found) < most):
        start = time.process_time()
        call()
        found.append(time.process_time() - start)
    return found[1:] or found


def peak_bytes() -> int:
    """The most memory that this process has held so far."""
    status = Path("/proc/self/status")
    if status.exists():  # ru_maxrss starts at the size of the process that started this one
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * KIB
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIB


def _say(stream: Any, answer: dict[str, Any]) -> None:
    stream.write(json.dumps(answer) + "\n")
    stream.flush()


if __name__ == "__main__":
    if len(sys.argv) > 3:
        limit = int(float(sys.argv[3]) * GIB)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    serve(sys.argv[1], json.loads(sys.argv[2]))
