"""The cloud's description, in the three versions that clients ask for."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ftops_sandbox.errors import ArmError
from ftops_sandbox.host import is_azure
from ftops_sandbox.routing import AzureRoute
from ftops_sandbox.signin import base_url

_LIST = "2019-05-01"
_FIRST = "2015-01-01"
_SUFFIXES = {
    "acrLoginServer": "azurecr.io",
    "attestationEndpoint": "attest.azure.net",
    "azureDataLakeAnalyticsCatalogAndJob": "azuredatalakeanalytics.net",
    "azureDataLakeStoreFileSystem": "azuredatalakestore.net",
    "azureFrontDoorEndpointSuffix": "azurefd.net",
    "keyVaultDns": "vault.azure.net",
    "mariadbServerEndpoint": "mariadb.database.azure.com",
    "mhsmDns": "managedhsm.azure.net",
    "mysqlServerEndpoint": "mysql.database.azure.com",
    "postgresqlServerEndpoint": "postgres.database.azure.com",
    "sqlServerHostname": "database.windows.net",
    "storage": "core.windows.net",
    "storageSyncEndpointSuffix": "afs.azure.net",
    "synapseAnalytics": "dev.azuresynapse.net",
}
_RESOURCE_IDS = {
    "activeDirectoryDataLake": "https://datalake.azure.net/",
    "appInsightsResourceId": "https://api.applicationinsights.io",
    "appInsightsTelemetryChannelResourceId": "https://dc.applicationinsights.azure.com/v2/track",
    "attestationResourceId": "https://attest.azure.net",
    "logAnalyticsResourceId": "https://api.loganalytics.io",
    "ossrDbmsResourceId": "https://ossrdbms-aad.database.windows.net",
    "synapseAnalyticsResourceId": "https://dev.azuresynapse.net",
}


async def show_endpoints(request: Request) -> Response:
    """`/metadata/endpoints`: an object, a list of it, or the form of 2015."""
    version = request.query_params.get("api-version", "")
    if not version:
        raise ArmError(
            400,
            "MissingApiVersionParameter",
            "The api-version query parameter (?api-version=) is required for all requests.",
        )
    cloud = _cloud(request)
    if version == _FIRST:
        old = {
            "galleryEndpoint": cloud["gallery"],
            "graphEndpoint": cloud["graph"],
            "portalEndpoint": cloud["portal"],
            "authentication": {
                "loginEndpoint": cloud["authentication"]["loginEndpoint"] + "/",
                "audiences": cloud["authentication"]["audiences"],
            },
        }
        return JSONResponse(old)
    return JSONResponse([cloud] if version == _LIST else cloud)


def _cloud(request: Request) -> dict[str, Any]:
    public = is_azure(request.url.hostname or "")
    base = base_url(request)
    return {
        "portal": "https://portal.azure.com",
        "authentication": {
            "loginEndpoint": "https://login.microsoftonline.com" if public else base,
            "audiences": [
                "https://management.core.windows.net/",
                "https://management.azure.com/",
            ],
            "tenant": "common",
            "identityProvider": "AAD",
        },
        "media": "https://rest.media.azure.net",
        "graphAudience": "https://graph.windows.net/",
        "graph": "https://graph.windows.net/",
        "microsoftGraphResourceId": "https://graph.microsoft.com/",
        "name": "AzureCloud" if public else "ftops-sandbox",
        "suffixes": _SUFFIXES,
        "batch": "https://batch.core.windows.net/",
        "resourceManager": ("https://management.azure.com" if public else base) + "/",
        "vmImageAliasDoc": "https://raw.githubusercontent.com/Azure/azure-rest-api-specs/master/"
        "arm-compute/quickstart-templates/aliases.json",
        "sqlManagement": "https://management.core.windows.net:8443/",
        "gallery": "https://gallery.azure.com/",
        **_RESOURCE_IDS,
    }


routes = [AzureRoute("/metadata/endpoints", show_endpoints)]
