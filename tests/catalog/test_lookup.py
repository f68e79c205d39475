"""Looking things up by name: generous in spelling, a sentence and a hint for the rest."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftops_catalog import Catalog, ModelId, parse_model_id, read_catalog, training_type_key
from ftops_catalog.errors import BadConfig

JOB = "b044a9d3cf9c4228b5d393567f693b83"
CATALOG = read_catalog()


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return CATALOG


@pytest.mark.parametrize(
    "name",
    [
        "gpt-4.1-mini",
        "GPT-4.1-Mini",
        "gpt-4.1-mini-2025-04-14",
        f"gpt-4.1-mini-2025-04-14.ft-{JOB}",
        f"gpt-4.1-mini-2025-04-14.ft-{JOB}-sarcasm",
        f"gpt-4.1-mini.ft-{JOB}-one.ft-{JOB}-two",
    ],
)
def test_every_spelling_of_a_model_finds_it(catalog: Catalog, name: str) -> None:
    assert catalog.model(name).arm_id == "gpt-4.1-mini-2025-04-14"
    assert catalog.find_model(name) is catalog.model(name)


def test_a_tuned_models_own_version_says_nothing_about_its_base(catalog: Catalog) -> None:
    assert catalog.model(f"gpt-4.1-nano-2025-04-14.ft-{JOB}", "1").name == "gpt-4.1-nano"


def test_a_version_chooses_between_models_of_one_name(catalog: Catalog) -> None:
    assert catalog.model("gpt-35-turbo", "0125").arm_id == "gpt-35-turbo-0125"
    assert catalog.find_model("gpt-35-turbo") is None


@pytest.mark.parametrize(
    ("look", "sentence", "hint"),
    [
        (lambda c: c.model("gpt-4.1-mni"), "'gpt-4.1-mni'", "Did you mean gpt-4.1-mini?"),
        (lambda c: c.model("gpt-35-turbo"), "several versions", "gpt-35-turbo-0125"),
        (lambda c: c.model("gpt-4.1", "2025-04-41"), "'2025-04-41'", "2025-04-14"),
        (lambda c: c.model(""), "''", "ftops catalog"),
        (lambda c: c.region("swedncentral"), "'swedncentral'", "Did you mean swedencentral?"),
        (lambda c: c.sku("GlobalStandrad"), "'GlobalStandrad'", "Did you mean GlobalStandard?"),
        (lambda c: c.limit("files_per_resorce"), "limit", "files_per_resource"),
        (lambda c: c.metric("ModelRequest"), "metric", "ModelRequests"),
        (lambda c: c.role("Foundry Usr"), "role", "Foundry User"),
        (lambda c: c.policy("71ef260a"), "policy", "ftops catalog"),
        (lambda _: training_type_key("globl"), "training type", "Did you mean global?"),
    ],
)
def test_an_unknown_name_is_one_sentence_and_a_hint(
    catalog: Catalog, look: Callable[[Catalog], object], sentence: str, hint: str
) -> None:
    with pytest.raises(BadConfig) as refusal:
        look(catalog)

    assert sentence in refusal.value.message
    assert hint in refusal.value.hint
    assert refusal.value.message.endswith(".")


def test_find_answers_none_where_the_lookup_would_refuse(catalog: Catalog) -> None:
    assert catalog.find_model("gpt-6") is None
    assert catalog.find_region("mars") is None
    assert catalog.find_sku("Gold") is None


@pytest.mark.parametrize("name", ["eastus2", "East US 2", "EASTUS2", " east us2 "])
def test_both_spellings_of_a_region_find_it(catalog: Catalog, name: str) -> None:
    assert catalog.region(name).display == "East US 2"


@pytest.mark.parametrize("region", CATALOG.regions, ids=lambda region: region.name)
def test_a_regions_display_name_is_its_name_with_spaces(catalog: Catalog, region: object) -> None:
    found = catalog.region(getattr(region, "display", ""))

    assert found is region


def test_a_sku_is_found_in_the_letter_case_that_azures_docs_use(catalog: Catalog) -> None:
    assert catalog.sku("standard").name == "Standard"
    assert catalog.sku("globalstandard").name == "GlobalStandard"


@pytest.mark.parametrize(
    ("spelling", "key"),
    [
        ("Standard", "standard"),
        ("GlobalStandard", "global"),
        ("globalstandard", "global"),
        ("globalStandard", "global"),
        ("Developer", "developer"),
        ("developerTier", "developer"),
        ("data_zone", "data_zone"),
    ],
)
def test_every_spelling_of_a_training_type_is_one_key(spelling: str, key: str) -> None:
    assert training_type_key(spelling) == key


def test_the_spellings_of_the_api_are_all_understood(catalog: Catalog) -> None:
    for key, spellings in catalog.api.data_plane.training_type_values.items():
        assert {training_type_key(spelling) for spelling in spellings} == {key}


def test_a_models_example_limit_is_none_where_it_is_not_known(catalog: Catalog) -> None:
    assert catalog.model("gpt-5").max_example_tokens is None
    assert catalog.model("gpt-4.1-nano").max_example_tokens == 32768


def test_models_regions_and_skus_can_be_keys(catalog: Catalog) -> None:
    things = {*catalog.models, *catalog.regions, *catalog.skus}

    assert len(things) == len(catalog.models) + len(catalog.regions) + len(catalog.skus)


def test_a_limit_that_counts_says_its_number(catalog: Catalog) -> None:
    assert catalog.limit("tuned_deployments_per_resource").count == 10
    with pytest.raises(AssertionError, match="not a count"):
        assert catalog.limit("suffix_charset").count


@pytest.mark.parametrize(
    ("sku", "tuned", "name", "verified"),
    [
        ("standard", True, "OpenAI.Standard.gpt4.1-mini-finetune", True),
        ("GlobalStandard", False, "OpenAI.GlobalStandard.gpt4.1-mini", True),
        ("DeveloperTier", True, "OpenAI.DeveloperTier.gpt4.1-mini-finetune", True),
        ("DataZoneStandard", True, "OpenAI.DataZoneStandard.gpt4.1-mini-finetune", False),
    ],
)
def test_a_usage_name_tells_whether_anyone_has_seen_it(
    catalog: Catalog, *, sku: str, tuned: bool, name: str, verified: bool
) -> None:
    usage_name = catalog.usage_name("gpt-4.1-mini", sku, tuned=tuned)

    assert (usage_name.value, usage_name.verified) == (name, verified)


def test_a_usage_name_by_pattern_alone_is_not_verified(catalog: Catalog) -> None:
    usage_name = catalog.usage_name("gpt-4.1-nano", "Standard", tuned=True)

    assert usage_name.value == "OpenAI.Standard.gpt4.1-nano-finetune"
    assert not usage_name.verified


suffixes = st.none() | st.from_regex(r"[A-Za-z0-9_-]{1,40}", fullmatch=True)
jobs = st.text("0123456789abcdef", min_size=32, max_size=32)
bases = st.sampled_from([model.arm_id for model in CATALOG.models])


@given(bases, jobs, suffixes)
def test_a_tuned_id_is_read_back_as_it_was_made(base: str, job: str, suffix: str | None) -> None:
    made = ModelId(base, job, suffix)

    assert parse_model_id(str(made)) == made
    assert CATALOG.model(str(made)).arm_id == base


@given(bases, st.lists(jobs, min_size=1, max_size=4), suffixes)
def test_tuning_a_tuned_model_keeps_its_root(
    base: str, rounds: list[str], suffix: str | None
) -> None:
    tuned = base
    for job in rounds:
        tuned = str(ModelId(tuned, job, suffix))

    assert parse_model_id(tuned).job == rounds[-1]
    assert parse_model_id(tuned).root == base


@given(st.text())
def test_any_text_is_read_as_an_id_or_refused_with_a_sentence(text: str) -> None:
    assert str(parse_model_id(text)) == text.strip()
    try:
        model = CATALOG.model(text)
    except BadConfig as refusal:
        assert repr(text) in refusal.message  # noqa: PT017 - either outcome is right
    else:
        assert model in CATALOG.models


def test_reading_the_catalog_needs_the_standard_library_alone() -> None:
    program = (
        "import sys; from ftops_catalog import read_catalog; read_catalog().prices;"
        "print(sorted({name.split('.')[0] for name in sys.modules} - {*sys.stdlib_module_names}))"
    )
    answer = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path.insert(0, 'catalog'); {program}"],
        capture_output=True,
        check=True,
        cwd=__file__.rsplit("/tests/", 1)[0],
        text=True,
    )

    assert answer.stdout.strip() == "['__main__', 'ftops_catalog']"
