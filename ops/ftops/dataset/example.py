"""One training example, judged by the rules of its format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ftops.dataset.form import CHAT_KEYS, DPO_KEYS, LEGACY_KEYS, Format, last_role, named
from ftops.dataset.limits import Limits
from ftops.dataset.message import check_learned, check_message, check_messages
from ftops.dataset.part import image_bytes, images
from ftops.dataset.problem import Fault
from ftops.dataset.tool import check_tools

Example = Mapping[str, Any]


def check_example(example: Example, form: Format, limits: Limits) -> Iterator[Fault]:
    """All faults of one example, held to the rules of the file's format."""
    return CHECKS[form](example, limits)


def check_chat(example: Example, limits: Limits) -> Iterator[Fault]:
    yield from check_keys(example, CHAT_KEYS, "an example")
    yield from check_conversation(example, limits)
    messages = example.get("messages")
    role = last_role(messages)
    if role not in {"assistant", None}:
        fix = "end the example with the answer to learn, role assistant"
        yield Fault("last-message-is-assistant", f"the last message is of {role[:40]!r}", fix)
    if isinstance(messages, list):
        yield from check_learned(messages)


def check_rft(example: Example, limits: Limits) -> Iterator[Fault]:
    """Further keys are the grader's, so none is unknown."""
    yield from check_conversation(example, limits)
    role = last_role(example.get("messages"))
    if role not in {"user", None}:
        fix = "end with the user's message; what a good answer is goes into a field for the grader"
        yield Fault("last-message-is-user", f"the last message is of {role[:40]!r}", fix)


def check_dpo(example: Example, limits: Limits) -> Iterator[Fault]:
    yield from check_keys(example, DPO_KEYS, "an example")
    given = example.get("input")
    if isinstance(given, dict):
        yield from check_keys(given, CHAT_KEYS, "`input`")
        yield from check_conversation(given, limits)
    else:
        fix = 'write "input": {"messages": […]}'
        yield Fault("messages-are-a-list", "`input` is no object with messages", fix)
    for key in ("preferred_output", "non_preferred_output"):
        yield from check_output(example.get(key), key)
    preferred = example.get("preferred_output")
    if preferred and preferred == example.get("non_preferred_output"):
        fix = "write two different answers, or take the example out"
        yield Fault("outputs-differ", "both outputs are the same", fix)


def check_output(output: object, key: str) -> Iterator[Fault]:
    if not isinstance(output, list) or not output:
        fix = f'write "{key}": [{{"role": "assistant", "content": …}}]'
        yield Fault("outputs-are-assistant", f"`{key}` is no list of messages", fix)
        return
    for number, message in enumerate(output, start=1):
        yield from check_message(message, f"`{key}` message {number}", set())
    if last_role(output) not in {"assistant", None}:
        fix = "end it with what the assistant says"
        yield Fault("outputs-are-assistant", f"`{key}` does not end with the assistant", fix)


def check_legacy(example: Example, limits: Limits) -> Iterator[Fault]:
    del limits
    yield from check_keys(example, LEGACY_KEYS, "an example")
    for key in ("prompt", "completion"):
        text = example.get(key)
        if not isinstance(text, str) or not text.strip():
            fix = "write its text, or take the example out"
            yield Fault("content-is-present", f"`{key}` has no text", fix)


CHECKS: Mapping[Format, Callable[[Example, Limits], Iterator[Fault]]] = {
    "chat": check_chat,
    "rft": check_rft,
    "dpo": check_dpo,
    "prompt-completion": check_legacy,
}


def check_conversation(example: Example, limits: Limits) -> Iterator[Fault]:
    messages = example.get("messages")
    yield from check_messages(messages)
    yield from check_tools(example, limits.tools_max)
    yield from check_images(messages, limits)


def check_images(messages: object, limits: Limits) -> Iterator[Fault]:
    urls = list(images(messages))
    if len(urls) > limits.images_per_example_max:
        fix = f"keep at most {limits.images_per_example_max}"
        yield Fault("image-fits", f"the example has {len(urls)} images", fix)
    for url in urls:
        size = image_bytes(url)
        if size > limits.image_bytes_max:
            fix = f"keep it at or below {limits.image_bytes_max} bytes"
            yield Fault("image-fits", f"an image has {size} bytes", fix)
    if urls and limits.methods is not None and "vision" not in limits.methods:
        fix = "choose a model with vision fine-tuning (ftops catalog), or take the images out"
        yield Fault("format-suits-model", f"{limits.model} cannot be trained on images", fix)


def check_keys(mapping: Example, known: frozenset[str], what: str) -> Iterator[Fault]:
    if mapping.keys() <= known:
        return
    unknown = [key for key in mapping if key not in known]
    fix = f"take it out; {what} has {', '.join(sorted(known))}"
    yield Fault("key-is-known", f"{what} has the key {named(unknown)}", fix)
