"""Routes that match as Azure's do: in any letter case, with or without a slash at the end."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

Handler = Callable[[Request], Awaitable[Response] | Response]


class AzureRoute(Route):
    """A Starlette route whose fixed path segments match in any letter case."""

    def __init__(self, path: str, endpoint: Handler, methods: Sequence[str] = ("GET",)) -> None:
        super().__init__(path, endpoint, methods=list(methods))
        pattern = self.path_regex.pattern.removesuffix("$")
        self.path_regex = re.compile(pattern + "/?$", re.IGNORECASE)
