"""Tools: what an example declares, what the assistant calls, what the tools answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ftops.dataset.problem import Fault

FIX_CALL = (
    'write {"id": …, "type": "function", "function": {"name": …, "arguments": "{\\"key\\": …}"}}'
)
FIX_TOOL = 'write {"type": "function", "function": {"name": …, "parameters": {…}}}'


def check_tools(example: Mapping[str, Any], tools_max: int) -> Iterator[Fault]:
    """The declared tools, and that every call goes to one of them."""
    tools = example.get("tools")
    if tools is not None:
        yield from check_declared(tools, tools_max)
    known = set(declared(example))
    for call in calls(example.get("messages")):
        name = call.get("name")
        if isinstance(name, str) and name and name not in known:
            fix = "declare it in the example's `tools`, or correct the name"
            message = f"the function {name[:60]!r} is called but not declared"
            yield Fault("tool-call-is-declared", message, fix)


def check_declared(tools: object, tools_max: int) -> Iterator[Fault]:
    if not isinstance(tools, list) or not tools:
        fix = "list the tools, or take the key out"
        yield Fault("tool-is-described", "`tools` is no list of tools", fix)
        return
    if len(tools) > tools_max:
        fix = f"declare at most {tools_max}"
        yield Fault("tool-is-described", f"{len(tools)} tools are declared", fix)
    names = [name_of(tool) for tool in tools]
    if not all(names):
        number = names.index("") + 1
        yield Fault("tool-is-described", f"tool {number} is no function with a name", FIX_TOOL)
    elif len(set(names)) < len(names):
        yield Fault("tool-is-described", "two tools have the same name", "rename one of them")


def declared(example: Mapping[str, Any]) -> Iterator[str]:
    """The names of an example's tools, the older `functions` among them."""
    tools, functions = example.get("tools"), example.get("functions")
    yield from (name_of(tool) for tool in (tools if isinstance(tools, list) else ()))
    for function in functions if isinstance(functions, list) else ():
        if isinstance(function, dict) and isinstance(function.get("name"), str):
            yield function["name"]


def name_of(tool: object) -> str:
    function = tool.get("function") if isinstance(tool, dict) else None
    if not isinstance(function, dict) or not isinstance(tool, dict):
        return ""
    name = function.get("name")
    return name if tool.get("type") == "function" and isinstance(name, str) else ""


def calls(messages: object) -> Iterator[Mapping[str, Any]]:
    """The function of every call in a list of messages, whatever else is wrong with it."""
    for message in messages if isinstance(messages, list) else ():
        if not isinstance(message, dict):
            continue
        made = message.get("tool_calls")
        for call in made if isinstance(made, list) else ():
            function = call.get("function") if isinstance(call, dict) else None
            if isinstance(function, dict):
                yield function
        if isinstance(message.get("function_call"), dict):
            yield message["function_call"]


def check_calls(
    message: Mapping[str, Any], role: str, place: str, ids: set[str]
) -> Iterator[Fault]:
    """The calls of one message; their ids are kept for the answers that follow."""
    if "function_call" in message:
        yield from check_function(message["function_call"], place)
    if "tool_calls" not in message:
        return
    made = message["tool_calls"]
    if role != "assistant" or not isinstance(made, list) or not made:
        fix = "give tool calls to the assistant alone, as a list; or take the key out"
        yield Fault("tool-call-is-complete", f"{place} has no list of calls to make", fix)
        return
    for call in made:
        if not isinstance(call, dict) or call.get("type") != "function" or not text(call, "id"):
            fix = FIX_CALL
            yield Fault("tool-call-is-complete", f"{place} has a call without id or type", fix)
            continue
        ids.add(call["id"])
        yield from check_function(call.get("function"), place)


def check_function(function: object, place: str) -> Iterator[Fault]:
    if not isinstance(function, dict) or not text(function, "name"):
        yield Fault("tool-call-is-complete", f"{place} calls a function without a name", FIX_CALL)
        return
    arguments = function.get("arguments")
    if not isinstance(arguments, str) or not is_object(arguments):
        name = function["name"][:60]
        message = f"{place} calls {name!r} with arguments that are no JSON object in text"
        fix = "write the arguments as text that is a JSON object (json.dumps of it, once)"
        yield Fault("tool-arguments-are-json", message, fix)


def check_answer(
    message: Mapping[str, Any], role: str, place: str, ids: set[str]
) -> Iterator[Fault]:
    answered = message.get("tool_call_id")
    if role == "tool" and not (isinstance(answered, str) and answered in ids):
        fix = "give it the `tool_call_id` of a call that an assistant made before it"
        yield Fault("tool-answer-has-its-call", f"{place} answers no call made before it", fix)
    elif role != "tool" and "tool_call_id" in message:
        fix = "give it the role tool, or take the key out"
        yield Fault("tool-answer-has-its-call", f"{place} has a tool_call_id", fix)


def is_object(arguments: str) -> bool:
    from pydantic_core import from_json

    try:
        return isinstance(from_json(arguments.encode("utf-8", "replace")), dict)
    except ValueError:
        return False


def text(mapping: Mapping[str, Any], key: str) -> bool:
    value = mapping.get(key)
    return isinstance(value, str) and bool(value)
