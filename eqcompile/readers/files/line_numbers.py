"""Places in OpenQASM files: the parsers write them in three ways, messages in one."""

import re

_PLACE = re.compile(r"(?:<input>:|line )?(\d+)[,:](\d+):? ")


def with_line(message: str) -> str:
    """A parser's message with its place in words; columns count from 1.

    >>> with_line("<input>:5,3: cannot divide by zero"), with_line("line 5:3 missing ')'"), with_line("5,3: type error")
    ('line 5, column 4: cannot divide by zero', "line 5, column 4: missing ')'", 'line 5, column 4: type error')
    """
    found = _PLACE.match(message)
    return (
        message if found is None else f"line {found[1]}, column {int(found[2]) + 1}: {message[found.end() :]}"
    )
