"""Finished cases are kept, so that a run continues where an earlier one was stopped."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.case import Case, Result, Settings, Table


@dataclass(frozen=True)
class Store:
    """Results of cases, each as a file.

    Attributes:
        folder: a folder of its own.
        commit: commit that is measured.
        machine: what `benchmarks.machine.machine` says.
    """

    folder: Path
    commit: str
    machine: dict[str, Any]

    def key(self, table: Table, case: Case, settings: Settings) -> str:
        """What must be equal for a result to be taken over: commit, machine, options, and the question."""
        options = settings.options.strip()
        text = json.dumps([self.commit, self.machine, options, table.name, case.name], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def load(self, table: Table, case: Case, settings: Settings) -> Result | None:
        """The result of an earlier run; ``None`` if there is none, or one of another commit or machine.

        A contender that could not be installed may be there today, so such a case is measured again.
        """
        path = self._path(table, case, settings)
        if not path.exists():
            return None
        found = json.loads(path.read_text())
        absent = any(str(row.get("missing", "")).startswith("not installed") for row in found["rows"])
        if absent or found["key"] != self.key(table, case, settings):
            return None
        return Result(case.title, found["rows"], case.goals, found["origin"])

    def save(self, table: Table, case: Case, settings: Settings, result: Result) -> None:
        """Keep a result."""
        path = self._path(table, case, settings)
        path.parent.mkdir(parents=True, exist_ok=True)
        content = {
            "key": self.key(table, case, settings),
            "rows": result.rows,
            "origin": dict(result.origin),
        }
        waiting = path.with_suffix(".new")
        waiting.write_text(json.dumps(content, indent=1) + "\n")
        waiting.replace(path)

    def _path(self, table: Table, case: Case, settings: Settings) -> Path:
        return self.folder / f"{table.name}-{case.name}{settings.options.replace(' --', '-')}.json"
