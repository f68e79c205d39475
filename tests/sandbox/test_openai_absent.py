"""What this data plane does not have is a 404 in Azure's shape, on both styles of path."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import openai
import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import Plane

Ask = Callable[[openai.OpenAI], Any]
MISSING: dict[str, Ask] = {
    "batches": lambda client: client.batches.list(),
    "checkpoint permissions": lambda client: client.fine_tuning.checkpoints.permissions.list("x"),
    "checkpoint copies": lambda client: client.post(
        "/fine_tuning/jobs/ftjob-x/checkpoints/ftchkpt-x/copy", body={}, cast_to=object
    ),
    "grader runs": lambda client: client.fine_tuning.alpha.graders.run(
        grader={
            "type": "python",
            "name": "code",
            "source": "def grade(sample, item): return 1.0",
        },
        model_sample="x",
    ),
    "evals": lambda client: client.evals.list(),
    "images": lambda client: client.images.generate(prompt="a", model="none"),
}


@pytest.mark.parametrize("style", ["azure", "v1"])
@pytest.mark.parametrize("what", sorted(MISSING))
def test_what_is_not_served_is_not_found(what: str, style: str, plane: Plane) -> None:
    with pytest.raises(openai.NotFoundError) as refused:
        MISSING[what](getattr(plane, style))

    body: Any = refused.value.body
    assert body == {"code": "404", "message": "Resource not found"}
