"""Azure Monitor's metrics, computed from the same history as everything else."""

from ftops_sandbox.monitor.door import get_batch, get_definitions, get_metrics
from ftops_sandbox.routing import AzureRoute

_PROVIDER = "/{resource:path}/providers/microsoft.insights"

routes = [
    AzureRoute("/subscriptions/{subscription}/metrics:getBatch", get_batch, ["POST"]),
    AzureRoute(_PROVIDER + "/metrics", get_metrics),
    AzureRoute(_PROVIDER + "/metricDefinitions", get_definitions),
]
