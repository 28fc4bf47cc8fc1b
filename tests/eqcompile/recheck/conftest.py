"""Certificates to recheck, and ways to forge them."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from eqcompile.recheck.decide import Recheck, recheck
from eqcompile.recheck.document import digest_of

SEED = 7


@pytest.fixture(scope="session")
def forged() -> Callable[..., Recheck]:
    """``forged(text, change)``: the recheck of a certificate that was changed, with a digest that fits again."""

    def answer(text: str, change: Callable[[dict[str, Any]], object]) -> Recheck:
        body = json.loads(text)
        change(body)
        body["digest"] = digest_of(body)
        return recheck(json.dumps(body), SEED)

    return answer
