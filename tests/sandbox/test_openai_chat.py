"""Chat completions and embeddings: both flavours, streams, usage, limits, and who may not call."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import openai
import pytest

if TYPE_CHECKING:
    from tests.conftest import Sandbox
    from tests.sandbox.conftest import Plane

ASKED: Any = [{"role": "user", "content": "How do I keep bread fresh?"}]
LONG: Any = [
    {"role": "system", "content": "You are patient. " * 400},
    {"role": "user", "content": "Hello?"},
]


@pytest.fixture(scope="module")
def base(plane: Plane) -> str:
    """A deployment with plenty of capacity."""
    return plane.deploy("base", "gpt-4.1-mini", capacity=200)


@pytest.fixture(params=["azure", "v1"])
def client(request: pytest.FixtureRequest, plane: Plane) -> openai.OpenAI:
    """Either flavour of the client."""
    found: openai.OpenAI = getattr(plane, request.param)
    return found


@pytest.mark.proves(
    "POST openai/deployments/{deployment}/chat/completions",
    client="openai",
    differs="a stand-in model answers, not a language model",
)
@pytest.mark.on_azure(cost_max_usd="0.01")
def test_usage_adds_up(client: openai.OpenAI, base: str) -> None:
    answer = client.chat.completions.create(model=base, messages=ASKED)
    usage = answer.usage

    assert usage
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens
    assert usage.prompt_tokens == 3 + 3 + 7
    assert usage.completion_tokens > 10
    assert answer.model == "gpt-4.1-mini-2025-04-14"
    assert answer.choices[0].finish_reason == "stop"


@pytest.mark.proves("POST openai/deployments/{deployment}/chat/completions", client="openai")
def test_a_stream_says_the_same_as_the_whole(client: openai.OpenAI, base: str) -> None:
    whole = client.chat.completions.create(model=base, messages=ASKED)
    with client.chat.completions.create(
        model=base, messages=ASKED, stream=True, stream_options={"include_usage": True}
    ) as stream:
        chunks = list(stream)

    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == whole.choices[0].message.content
    assert len(chunks) > 10
    assert chunks[-1].choices == []
    assert chunks[-1].usage == whole.usage
    assert chunks[-2].choices[0].finish_reason == "stop"


def test_a_stream_without_the_option_carries_no_usage(client: openai.OpenAI, base: str) -> None:
    with client.chat.completions.create(model=base, messages=ASKED, stream=True) as stream:
        chunks = list(stream)

    assert all(chunk.choices and chunk.usage is None for chunk in chunks)


def test_the_answer_can_be_cut_and_multiplied(client: openai.OpenAI, base: str) -> None:
    short = client.chat.completions.create(model=base, messages=ASKED, max_tokens=5)
    stopped = client.chat.completions.create(model=base, messages=ASKED, stop=["information"])
    many = client.chat.completions.create(
        model=base, messages=ASKED, n=3, temperature=0, seed=1, max_completion_tokens=8
    )

    assert short.choices[0].finish_reason == "length"
    assert short.usage
    assert short.usage.completion_tokens == 5
    assert stopped.choices[0].message.content == "Here is some general "
    assert [choice.index for choice in many.choices] == [0, 1, 2]
    assert many.usage
    assert many.usage.completion_tokens == 24


def test_a_long_prompt_said_again_comes_from_the_cache(plane: Plane, base: str) -> None:
    cached = []
    for _ in range(2):
        usage = plane.v1.chat.completions.create(model=base, messages=LONG).usage
        assert usage
        assert usage.prompt_tokens_details
        cached.append(usage.prompt_tokens_details.cached_tokens)

    assert cached == [0, 1024]


@pytest.mark.on_azure(cost_max_usd="0")
def test_an_unknown_deployment_is_not_found_in_azures_words(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="The API deployment for this resource") as gone:
        client.chat.completions.create(model="nobody", messages=ASKED)

    assert gone.value.code == "DeploymentNotFound"


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "king", "content": "x"}]}, "messages[0]"),
        ({"n": 0}, "n"),
        ({"max_tokens": -1}, "max_tokens"),
        ({"tools": [{"type": "function", "function": {"name": "f"}}] * 129}, "tools"),
    ],
)
def test_a_request_that_makes_no_sense_names_its_parameter(
    more: dict[str, Any], param: str, plane: Plane, base: str
) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        plane.v1.chat.completions.create(**{"model": base, "messages": ASKED, **more})

    assert refused.value.param == param


def test_a_wrong_key_is_refused(plane: Plane, base: str) -> None:
    wrong = plane.azure.with_options(api_key="wrong")
    with pytest.raises(openai.AuthenticationError):
        wrong.chat.completions.create(model=base, messages=ASKED)


def test_capacity_one_is_six_requests_a_minute(plane: Plane) -> None:
    name = plane.deploy("narrow", "gpt-4.1-mini", capacity=1)
    raw = plane.v1.chat.completions.with_raw_response.create(model=name, messages=ASKED)
    assert raw.headers["x-ratelimit-limit-requests"] == "6"
    assert raw.headers["x-ratelimit-remaining-requests"] == "5"
    for _ in range(5):
        plane.v1.chat.completions.create(model=name, messages=ASKED)

    with pytest.raises(openai.RateLimitError, match="call rate limit") as limited:
        plane.v1.chat.completions.create(model=name, messages=ASKED)
    assert 0 < int(limited.value.response.headers["retry-after-ms"]) <= 60_001

    plane.sandbox.advance(seconds=61)
    assert plane.v1.chat.completions.create(model=name, messages=ASKED).choices


def test_tokens_are_limited_too(plane: Plane) -> None:
    name = plane.deploy("thin", "gpt-4.1-mini", capacity=1)
    plane.v1.chat.completions.create(model=name, messages=ASKED, max_tokens=10)
    with pytest.raises(openai.RateLimitError, match="token rate limit"):
        plane.v1.chat.completions.create(model=name, messages=ASKED, max_tokens=999)


def test_a_fresh_tuned_deployment_is_not_ready_for_some_seconds(plane: Plane) -> None:
    rows = [
        {
            "messages": [
                {"role": "user", "content": f"Question {number}?"},
                {"role": "assistant", "content": f"Answer {number}."},
            ]
        }
        for number in range(10)
    ]
    job = plane.finish(plane.start(plane.upload(rows)).id)
    model = {"format": "OpenAI", "name": job.fine_tuned_model, "version": "1"}
    path = f"{plane.account}/deployments/fresh"
    body = {"sku": {"name": "Standard", "capacity": 9}, "properties": {"model": model}}
    assert plane.arm.put(path, json=body).status_code == 201
    seen = set()
    for _ in range(60):
        state = plane.arm.get(path).json()["properties"]["provisioningState"]
        try:
            plane.ask("fresh", "Question 3?")
        except openai.APIStatusError as error:
            seen.add((state, error.status_code, error.code))
        else:
            break
        plane.sandbox.advance(seconds=1)

    assert ("Succeeded", 400, "DeploymentNotReady") in seen
    assert plane.ask("fresh", "Question 3?") == "Answer 3."


@pytest.mark.proves(
    "POST openai/deployments/{deployment}/embeddings",
    client="openai",
    differs="vectors are made of words, not learned",
)
def test_embeddings_put_like_texts_near_each_other(plane: Plane) -> None:
    model = {"format": "OpenAI", "name": "text-embedding-3-small", "version": "1"}
    body = {"sku": {"name": "Standard", "capacity": 9}, "properties": {"model": model}}
    assert plane.arm.put(f"{plane.account}/deployments/vectors", json=body).status_code == 201
    plane.sandbox.advance(minutes=1)
    texts = ["the cat sat on the mat", "a cat sat on a mat", "quarterly revenue grew"]
    answer = plane.azure.embeddings.create(model="vectors", input=texts)
    one, two, three = (item.embedding for item in answer.data)

    def likeness(left: list[float], right: list[float]) -> float:
        return sum(a * b for a, b in zip(left, right, strict=True))

    assert len(one) == 1536
    assert likeness(one, one) == pytest.approx(1, abs=1e-4)
    assert likeness(one, two) > likeness(one, three)
    with pytest.raises(openai.BadRequestError, match="does not work with the specified model"):
        plane.ask("vectors", "hello")


@pytest.fixture
def public(plane: Plane, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """The module's sandbox as a shell sees it after `ftops sandbox env`."""
    for name in [name for name in os.environ if name.startswith(("AZURE_", "OPENAI_"))]:
        monkeypatch.delenv(name)
    for name, value in plane.sandbox.env.items():
        monkeypatch.setenv(name, value)
    return plane.sandbox


def test_the_public_name_and_an_entra_token_reach_it_too(public: Sandbox, base: str) -> None:
    from azure.identity import DefaultAzureCredential, get_bearer_token_provider

    with DefaultAzureCredential() as credential:
        provider = get_bearer_token_provider(
            credential, "https://cognitiveservices.azure.com/.default"
        )
        with openai.AzureOpenAI(
            azure_endpoint="https://plane.openai.azure.com",
            azure_ad_token_provider=provider,
            api_version="2024-10-21",
        ) as client:
            answer = client.chat.completions.create(model=base, messages=ASKED)

    assert public.running.proxy
    assert answer.choices[0].message.content
