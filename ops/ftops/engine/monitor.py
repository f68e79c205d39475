"""The SDK's resource monitor as ftops plays it: registrations go to a run, answers come back."""

from __future__ import annotations

from typing import Any

from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs, Mocks
from pulumi.runtime.proto import resource_pb2

from ftops.engine.program import Declared, Run
from ftops.engine.wire import Empty, read_struct, write_struct

STACK = "pulumi:pulumi:Stack"


class NoMocks(Mocks):
    """Asked of nobody: the monitor answers before its mocks would."""

    def call(self, args: MockCallArgs) -> Any:
        raise NotImplementedError(args.token)

    def new_resource(self, args: MockResourceArgs) -> Any:
        raise NotImplementedError(args.typ)


class Monitor(MockMonitor):
    """Reads the messages themselves, since the SDK's mocks lose unknowns and wrap secrets."""

    def __init__(self, run: Run) -> None:
        super().__init__(NoMocks())
        self.run = run

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - gRPC's name
        urn = self.make_urn(request.parent, request.type, request.name)
        if not request.custom or request.type == STACK:
            return resource_pb2.RegisterResourceResponse(urn=urn, object=request.object)
        inputs = read_struct(request.object)
        declared = Declared(
            request.type, request.name, urn, inputs, request.parent, protect=request.protect
        )
        made, outputs = self.run.create(declared)
        body = write_struct(outputs)
        return resource_pb2.RegisterResourceResponse(urn=urn, id=made, object=body)

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 - gRPC's name
        if f"::{STACK}::" in request.urn:
            self.run.outputs = read_struct(request.outputs, hide=True)
        return Empty()

    def Invoke(self, request: Any) -> Any:  # noqa: N802 - gRPC's name
        answer = self.run.invoke(request.tok, read_struct(request.args))
        return resource_pb2.ResourceInvokeResponse(**{"return": write_struct(answer)})


def make_monitor(run: Run) -> MockMonitor:
    return Monitor(run)
