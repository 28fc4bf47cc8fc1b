"""Which trainings stand behind which table and figure of the paper."""

from difflib import get_close_matches
from typing import Final

from siqml.errors import ConfigError
from siqml.reproduce.study import Study
from siqml.reproduce.tables.dimer import TABLE_3
from siqml.reproduce.tables.dimer_cut import TABLE_4
from siqml.reproduce.tables.lih import TABLE_1
from siqml.reproduce.tables.water import TABLE_2

NOISE: Final = "fig5"
"""The one page that is no table, see `siqml.reproduce.fig5`."""

STUDIES: Final = (TABLE_1, TABLE_2, TABLE_3, TABLE_4)


def choose(names: list[str]) -> list[Study]:
    """The studies behind names of tables and figures.

    Args:
        names: such as ``table2`` or ``fig6``; ``all`` for every study.

    Returns:
        Each study once, in the order of the paper; `NOISE` is known and none of them.

    Raises:
        ConfigError: no study shows a table or figure of this name.

    >>> [study.name for study in choose(["fig6", "table1", "table2"])]
    ['table1', 'table2']
    """
    known = [name for study in STUDIES for name in (study.name, *study.figures)] + [NOISE]
    for name in names:
        if name not in (*known, "all"):
            close = get_close_matches(name, known, 1)
            hint = f'did you mean "{close[0]}"? ' if close else ""
            raise ConfigError(f'cannot reproduce "{name}"; {hint}known: {", ".join(known)}, all')
    return [study for study in STUDIES if {"all", study.name, *study.figures} & set(names)]
