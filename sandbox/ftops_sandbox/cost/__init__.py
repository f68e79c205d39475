"""Cost Management: the bill of the one history, asked as Azure's clients ask."""

from ftops_sandbox.cost.door import forecast, query
from ftops_sandbox.cost.spend import current_spend
from ftops_sandbox.cost.training import keep_trainings
from ftops_sandbox.routing import AzureRoute
from ftops_sandbox.world import World

__all__ = ["attach", "current_spend", "routes"]


def attach(world: World) -> None:
    """What an account's trainings cost outlives the account."""
    world.purging = keep_trainings


_PROVIDER = "/{scope:path}/providers/Microsoft.CostManagement"
routes = [
    AzureRoute(_PROVIDER + "/query", query, ["POST"]),
    AzureRoute(_PROVIDER + "/forecast", forecast, ["POST"]),
]
