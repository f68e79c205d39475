"""The provider plugin that stands in for azure-native: `python -m ftops.engine.plugin`.

It talks to the sandbox and to nothing else: without the sandbox's variables it does not start.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from typing import Any, NoReturn

import grpc  # type: ignore[import-untyped]  # ships no types
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from ftops.azure.arm import Arm
from ftops.azure.session import open_session
from ftops.engine.change import changes
from ftops.engine.provider import PartlyMadeError, Provider
from ftops.engine.wire import Empty, read_struct, write_struct
from ftops_catalog.arm_type import read_arm_types
from ftops_catalog.errors import CloudRefused, FtopsError

WATCH_SECONDS = 2.0
MESSAGE_BYTES_MAX = 400 * 1024 * 1024


class Plugin(provider_pb2_grpc.ResourceProviderServicer):
    """The engine's calls, answered by a Provider; an error is its sentence and hint, no trace."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC's name
        del request, context
        return plugin_pb2.PluginInfo(version=version())

    def GetSchema(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC's name
        """A stub: what `pulumi import` needs with `--generate-code=false`, and no more."""
        del request, context
        schema = {"name": "azure-native", "version": version(), "resources": {}}
        return provider_pb2.GetSchemaResponse(schema=json.dumps(schema))

    def CheckConfig(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC's name
        del context
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC's name
        del request, context
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Configure(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC's name
        del request, context
        # Secrets stay the engine's business: it opens them for us and closes them again.
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    def Check(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC's name
        del context
        wrong = self.provider.check(_token(request.urn), read_struct(request.news))
        failures = []
        if wrong:
            failures = [provider_pb2.CheckFailure(property=wrong[0], reason=wrong[1])]
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures)

    def Diff(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC's name
        record = _answered(context, lambda: read_arm_types().token(_token(request.urn)))
        old, new = read_struct(request.old_inputs), read_struct(request.news)
        found = changes(record, old, new)
        kinds = provider_pb2.PropertyDiff.Kind
        detail = {
            each.path: provider_pb2.PropertyDiff(
                kind=kinds.Value(f"{each.kind}_REPLACE" if each.replaces else each.kind),
                inputDiff=True,
            )
            for each in found
        }
        replaces = [each.path for each in found if each.replaces]
        # The same name cannot be there twice, so what keeps its name goes before it comes back.
        keeps_name = all(old.get(name) == new.get(name) for name in record.path_inputs)
        some = provider_pb2.DiffResponse.DIFF_SOME
        return provider_pb2.DiffResponse(
            changes=some if found else provider_pb2.DiffResponse.DIFF_NONE,
            replaces=replaces,
            diffs=sorted({each.path.partition(".")[0] for each in found}),
            deleteBeforeReplace=bool(replaces) and keeps_name,
            detailedDiff=detail,
            hasDetailedDiff=True,
        )

    def Create(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC's name
        token, inputs = _token(request.urn), read_struct(request.properties)
        if request.preview:
            known = write_struct(self.provider.foresee(token, inputs))
            return provider_pb2.CreateResponse(properties=known)
        made, state = _answered(context, lambda: self.provider.create(token, inputs))
        return provider_pb2.CreateResponse(id=made, properties=write_struct(state))

    def Read(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC's name
        token, old = _token(request.urn), read_struct(request.inputs)
        found = _answered(context, lambda: self.provider.read(token, request.id, old))
        if found is None:
            return provider_pb2.ReadResponse()
        inputs, state = found
        return provider_pb2.ReadResponse(
            id=request.id, inputs=write_struct(inputs), properties=write_struct(state)
        )

    def Update(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC's name
        token, inputs = _token(request.urn), read_struct(request.news)
        if request.preview:
            return provider_pb2.UpdateResponse(properties=request.olds)
        state = _answered(context, lambda: self.provider.update(token, inputs))
        return provider_pb2.UpdateResponse(properties=write_struct(state))

    def Delete(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC's name
        _answered(context, lambda: self.provider.delete(_token(request.urn), request.id))
        return Empty()

    def Invoke(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC's name
        arguments = read_struct(request.args)
        answer = _answered(context, lambda: self.provider.invoke(request.tok, arguments))
        return provider_pb2.InvokeResponse(**{"return": write_struct(answer)})

    def Cancel(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC's name
        """What has begun is finished: cut short it would be there without a state to know it."""
        del request, context
        return Empty()


def version() -> str:
    """azure-native's own, as the program's SDK asks for it."""
    return metadata.version("pulumi-azure-native")


def _token(urn: str) -> str:
    """The token at the end of a URN's chain of types."""
    return urn.split("::")[2].rsplit("$", 1)[-1]


def _answered(context: Any, call: Callable[[], Any]) -> Any:
    try:
        return call()
    except PartlyMadeError as error:
        _abort_partly(context, error)
    except FtopsError as error:
        code = error.azure_code if isinstance(error, CloudRefused) else ""
        quoted = f" ({code})" if code else ""
        hint = f"\nHint: {error.hint}" if error.hint else ""
        context.abort(grpc.StatusCode.UNKNOWN, f"{error.message}{quoted}{hint}")


def _abort_partly(context: Any, error: PartlyMadeError) -> NoReturn:
    """Tells the engine to keep what is there in the state, with the reason why it is not right."""
    detail = provider_pb2.ErrorResourceInitFailed(
        id=error.made, properties=write_struct(error.state), reasons=[error.reason]
    )
    unknown = grpc.StatusCode.UNKNOWN
    status = status_pb2.Status(code=unknown.value[0], message=error.reason)
    status.details.add().Pack(detail)
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(unknown, error.reason)
    raise AssertionError("abort raises")


def main() -> None:
    """Serves until the engine ends; the port goes to stdout, as the engine expects."""
    try:
        session = open_session("sandbox")
    except FtopsError as error:
        sys.exit(f"the stand-in for azure-native serves the sandbox alone: {error.message}")
    options = [("grpc.max_receive_message_length", MESSAGE_BYTES_MAX)]
    with Arm(session) as arm:
        server = grpc.server(ThreadPoolExecutor(max_workers=16), options=options)
        provider = Provider(arm, session.target.subscription_id)
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(Plugin(provider), server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        print(port, flush=True)  # noqa: T201 - the engine reads the port here
        engine = os.getppid()
        # An engine that was killed says nothing; nobody else would end this process.
        while os.getppid() == engine and server.wait_for_termination(WATCH_SECONDS):
            pass


if __name__ == "__main__":
    main()
