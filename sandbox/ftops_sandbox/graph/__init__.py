"""Resource Graph: Resource Manager's documents, asked in the Kusto that clients send."""

from ftops_sandbox.graph.door import query
from ftops_sandbox.routing import AzureRoute

__all__ = ["routes"]

routes = [AzureRoute("/providers/Microsoft.ResourceGraph/resources", query, ["POST"])]
