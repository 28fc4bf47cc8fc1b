"""Which trainings stand behind each table and figure of the paper, and behind each other page."""

from difflib import get_close_matches
from typing import Final

from siqml.errors import ConfigError
from siqml.reproduce.study import Study
from siqml.reproduce.tables.beyond import BEYOND
from siqml.reproduce.tables.dimer import TABLE_3
from siqml.reproduce.tables.dimer_cut import TABLE_4
from siqml.reproduce.tables.h2 import H2
from siqml.reproduce.tables.lih import TABLE_1
from siqml.reproduce.tables.molecules import MOLECULES
from siqml.reproduce.tables.water import TABLE_2

NOISE: Final = "fig5"
"""A page that is not a table, see `siqml.reproduce.fig5`."""

RECIPE: Final = "recipe"
"""Another, see `siqml.reproduce.recipe`; ``all`` leaves it out."""

STUDIES: Final = (TABLE_1, TABLE_2, TABLE_3, TABLE_4)
"""Studies of the paper."""

OTHER_STUDIES: Final = (H2, BEYOND, MOLECULES)
"""Studies of what the paper does not have; ``all`` leaves them out."""


def choose(names: list[str]) -> list[Study]:
    """The studies behind the names of tables, figures and other molecules.

    Args:
        names: names such as ``table2``, ``fig6`` or ``h2``; ``all`` for every study of the paper.

    Returns:
        Each study once, first those of the paper in its order. `NOISE` and `RECIPE` are known, but not among them.

    Raises:
        ConfigError: there is no study of this name, and none that shows a figure of this name.

    >>> [study.name for study in choose(["fig6", "table1", "table2"])]
    ['table1', 'table2']
    >>> [study.name for study in choose(["h2"])]
    ['h2']
    """
    every = (*STUDIES, *OTHER_STUDIES)
    known = [name for study in every for name in (study.name, *study.figures)] + [NOISE, RECIPE]
    for name in names:
        if name not in (*known, "all"):
            close = get_close_matches(name, known, 1)
            hint = f'did you mean "{close[0]}"? ' if close else ""
            raise ConfigError(f'cannot reproduce "{name}"; {hint}known: {", ".join(known)}, all')
    wanted = {*names, *(study.name for study in STUDIES if "all" in names)}
    return [study for study in every if {study.name, *study.figures} & wanted]
