"""`ftops promote`: a tuned model into a stack file, judged before a byte is written."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from ftops.cli import main
from ftops.promotion import Promotion, promote
from ftops.sandbox import SUBSCRIPTION_ID
from ftops.stack_file import parse_stack_file
from ftops.writing import write_whole
from ftops_catalog.errors import BadConfig, Conflict

if TYPE_CHECKING:
    from tests.ops.conftest import Lab

ROOT = Path(__file__).parents[2]
SHIPPED = sorted([*ROOT.glob("stacks/Pulumi.*.yaml"), *ROOT.glob("stacks/scenarios/Pulumi.*.yaml")])
LAB = (
    f"/subscriptions/{SUBSCRIPTION_ID}/resourceGroups/rg-lab"
    "/providers/Microsoft.CognitiveServices/accounts/oai-lab"
)
MODEL = "gpt-4.1-mini-2025-04-14.ft-11111111111111111111111111111111-support"
OTHER = "gpt-4.1-mini-2025-04-14.ft-22222222222222222222222222222222-support"
EVALUATION: dict[str, Any] = {
    "schema": "ftops/evaluation/v1",
    "made_at": "2026-11-20T00:00:00Z",
    "account": {"name": "oai-lab", "id": LAB, "region": "swedencentral"},
    "held_out": {"sha256": "0f" * 32, "examples": 40},
    "base": {"model": "gpt-4.1-mini"},
    "tuned": {"model": MODEL},
    "scores": [
        {"measure": "chrF", "base": "0.3129", "tuned": "0.42"},
        {"measure": "F1", "base": "0.5", "tuned": "0.4"},
    ],
}
PROD = ("prod", "--account", "oai-ftops-prod-se", "--evaluation", "evaluation.json")
READY = (MODEL, *PROD, "--approved-by", "ana")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped environments and an evaluation, in a shell that points nowhere."""
    for name in [name for name in os.environ if name.startswith(("AZURE_", "ARM_", "FTOPS_"))]:
        monkeypatch.delenv(name)
    return _project(tmp_path, monkeypatch)


def _project(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for file in ("Pulumi.yaml", "__main__.py"):
        shutil.copy(ROOT / file, root)
    (root / "policies").mkdir()
    shutil.copy(ROOT / "policies/settings.yaml", root / "policies")
    (root / "stacks").mkdir()
    for path in ROOT.glob("stacks/Pulumi.*.yaml"):
        shutil.copy(path, root / "stacks")
    _write(root)
    monkeypatch.chdir(root)
    return root


def _write(root: Path, **change: Any) -> None:
    (root / "evaluation.json").write_text(json.dumps({**EVALUATION, **change}))


def _ftops(*words: object, exit_code: int = 0) -> Result:
    done = CliRunner().invoke(main, [str(word) for word in words])
    assert done.exit_code == exit_code, done.output
    assert "Traceback" not in done.output
    return done


def _promote(*words: object, exit_code: int = 0) -> dict[str, Any]:
    done = _ftops("promote", *words, "--output", "json", exit_code=exit_code)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _prod(project: Path) -> str:
    return (project / "stacks/Pulumi.prod.yaml").read_text()


def test_a_dry_run_shows_the_change_and_the_price_and_writes_nothing(project: Path) -> None:
    before = _prod(project)
    told = _ftops("promote", *READY)
    answer = _promote(*READY)

    assert "+        - name: support" in told.stdout
    assert "0 -> 1.7 USD per hour" in told.stderr
    assert "add --yes" in told.stderr
    assert (answer["before_usd_per_hour"], answer["usd_per_hour"]) == ("0", "1.7")
    assert answer["promotion"]["action"] == "added"
    assert answer["promotion"]["written"] is False
    assert _prod(project) == before


def test_what_is_written_is_what_was_shown_and_the_same_words_change_nothing(
    project: Path,
) -> None:
    before = _prod(project).splitlines()
    answer = _promote(*READY, "--yes")
    written = _prod(project)
    added = [line[1:] for line in answer["diff"].splitlines()[2:] if line.startswith("+")]
    place = written.splitlines().index(added[0])
    again = _promote(*READY, "--yes")

    assert answer["promotion"]["written"] is True
    assert answer["promotion"]["source"] == LAB
    assert written.splitlines() == [*before[:place], *added, *before[place:]]
    assert (again["promotion"]["action"], again["diff"]) == ("unchanged", "")
    assert _prod(project) == written
    _ftops("policy", "check", "prod")


def test_the_evidence_is_in_the_file_as_it_was_measured(project: Path) -> None:
    _promote(*READY, "--yes", "--sku", "standard", "--capacity", 20)
    stack = parse_stack_file("prod", "stacks/Pulumi.prod.yaml", _prod(project))
    entry = stack.config["accounts"][0]["deployments"][-1]

    assert (entry["name"], entry["sku"], entry["capacity"]) == ("support", "Standard", 20)
    assert entry["readiness"].pop("approvedOn")
    assert entry["readiness"] == {
        "approvedBy": "ana",
        "evaluation": {
            "measure": "chrF",
            "heldOut": "0f" * 32,
            "examples": 40,
            "baseline": 0.3129,
            "score": 0.42,
        },
    }


def test_another_model_replaces_the_one_that_is_there_with_its_evidence(project: Path) -> None:
    _promote(*READY, "--yes")
    entry = "          raiPolicyName: strict # as reviewed\n          readiness:"
    file = project / "stacks/Pulumi.prod.yaml"
    file.write_text(_prod(project).replace("          readiness:", entry))
    _write(project, tuned={"model": OTHER}, scores=[{"measure": "j", "base": 3, "tuned": 4}])

    told = _ftops("promote", OTHER, *PROD, "--approved-by", "bo", "--yes")
    text = _prod(project)

    assert f"support served {MODEL}, which is replaced" in told.stderr
    assert MODEL not in text
    assert "raiPolicyName: strict # as reviewed" in text
    assert "approvedBy: bo" in text
    assert 'score: "4"' in text


def test_another_model_does_not_inherit_the_evidence_of_the_one_before(project: Path) -> None:
    _promote(*READY, "--yes")
    before = _prod(project)
    _write(project, tuned={"model": OTHER}, scores=[{"measure": "j", "base": 3, "tuned": 3}])
    answer = _promote(OTHER, *PROD, "--approved-by", "bo", "--yes", exit_code=1)

    assert {each["rule"] for each in answer["findings"]} == {"evaluation-beats-the-base"}
    assert _prod(project) == before


def test_a_rule_that_newly_blocks_stops_it_and_says_why(project: Path) -> None:
    before = _prod(project)
    told = _ftops("promote", *READY, "--measure", "f1", "--yes", exit_code=1)

    assert "evaluation-beats-the-base" in told.stdout
    assert "nothing was written" in told.stderr
    assert _prod(project) == before


def test_what_was_found_before_blocks_nothing(project: Path) -> None:
    file = project / "stacks/Pulumi.prod.yaml"
    file.write_text(_prod(project).replace("capacity: 100", "capacity: 1000"))
    _ftops("policy", "check", "prod", exit_code=1)

    assert _promote(*READY, "--yes")["promotion"]["written"] is True


def test_where_experiments_live_a_loser_is_a_warning_and_the_time_to_live_is_asked_for(
    project: Path,
) -> None:
    _write(project, scores=[{"measure": "chrF", "base": "0.5", "tuned": "0.4"}])
    words = (MODEL, "dev", "--evaluation", "evaluation.json", "--approved-by", "ana", "--yes")
    answer = _promote(*words, exit_code=1)
    said = {each["rule"]: each["severity"] for each in answer["findings"]}

    assert said == {
        "budget-covers-the-hosting": "warn",
        "evaluation-beats-the-base": "warn",
        "tuned-deployment-has-a-time-to-live": "block",
    }


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((MODEL, "prodd"), 2, "Did you mean prod?"),
        ((MODEL, "prod"), 2, "has 2 accounts"),
        ((*READY, "--account", "oai-ftop-prod-se"), 2, "Did you mean oai-ftops-prod-se?"),
        ((*READY, "--name", "gpt-4.1"), 4, "gpt-4.1 serves the base model gpt-4.1"),
        ((*READY, "--name", "a b"), 2, "is no name for a deployment"),
        ((*READY, "--measure", "bleu"), 2, "has no measure 'bleu'"),
        ((*READY, "--sku", "Standrd"), 4, "Did you mean Standard?"),
        ((MODEL, *PROD), 2, "nobody answers for this evaluation"),
        ((*READY, "--evaluation", "none.json"), 4, "none.json cannot be read"),
    ],
)
def test_what_cannot_be_promoted_is_one_sentence(
    words: tuple[str, ...], code: int, said: str, project: Path
) -> None:
    before = _prod(project)

    assert said in _ftops("promote", *words, "--yes", exit_code=code).stderr
    assert _prod(project) == before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"base": {"model": "gpt-4.1"}}, "base is gpt-4.1, and the model was tuned from gpt-4.1-m"),
        ({"schema": "ftops/compare/v1"}, "is no evaluation"),
    ],
)
def test_an_evaluation_of_something_else_is_refused(
    change: dict[str, Any], said: str, project: Path
) -> None:
    _write(project, **change)

    assert said in _ftops("promote", *READY, exit_code=4).stderr


def test_the_day_of_an_approval_stays_while_its_evidence_does() -> None:
    text = "config:\n  ftops:accounts:\n    - name: oai\n"
    proof = {"measure": "m", "heldOut": "0f" * 32, "examples": 4, "score": Decimal("0.50")}
    plain = Promotion("oai", "support", MODEL, None, None, None, None, "ana", proof)
    stack = parse_stack_file("env", "f", text)
    first = promote(text, stack, plain, date(2026, 11, 21)).after
    found = parse_stack_file("env", "f", first)
    more = Promotion("oai", "support", MODEL, None, None, None, 20, None, None)
    grown = promote(first, found, more, date(2026, 11, 23))
    other = Promotion(
        "oai", "support", MODEL, None, None, None, None, "ana", {**proof, "score": Decimal("0.6")}
    )

    assert promote(first, found, plain, date(2026, 11, 22)).action == "unchanged"
    assert (grown.action, grown.after) == ("changed", first.replace("capacity: 10", "capacity: 20"))
    assert '"2026-11-24"' in promote(first, found, other, date(2026, 11, 24)).after


def test_a_list_that_two_accounts_share_is_not_changed_for_one_of_them() -> None:
    text = (
        "config:\n  ftops:accounts:\n    - name: one\n      deployments: &both\n"
        "      - {name: a, model: m}\n    - name: two\n      deployments: *both\n"
    )
    promotion = Promotion("two", "support", MODEL, None, None, None, None, None, None)

    with pytest.raises(BadConfig, match="cannot be changed in this one place"):
        promote(text, parse_stack_file("env", "f", text), promotion, date(2026, 11, 21))


@given(
    file=st.sampled_from(SHIPPED),
    chance=st.integers(0, 3),
    name=st.sampled_from(["support", "new", "a.b"]),
    model=st.sampled_from([MODEL, OTHER, "ftchkpt-22222222222222222222222222222222"]),
    by=st.sampled_from([None, "ana", "yes", "#1 'quoted\""]),
)
def test_in_any_shipped_file_all_other_keys_and_every_comment_survive(
    file: Path, chance: int, name: str, model: str, by: str | None
) -> None:
    text = file.read_text()
    stack = parse_stack_file("env", file.name, text)
    accounts = [str(each["name"]) for each in stack.config["accounts"]]
    account = accounts[chance % len(accounts)]
    promotion = Promotion(account, name, model, None, None, None, None, by, None)
    made = promote(text, stack, promotion, date(2026, 11, 21))
    found = parse_stack_file("env", file.name, made.after)
    again = promote(made.after, found, promotion, date(2026, 11, 22))
    _rest = iter(made.after.splitlines())

    assert [line for line in text.splitlines() if "#" in line and line not in _rest] == []
    assert {**found.config, "accounts": 0} == {**stack.config, "accounts": 0}
    assert again.action == "unchanged"


def test_a_file_that_has_just_been_changed_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.prod.yaml"
    file.write_text("theirs")

    with pytest.raises(Conflict, match="has just been changed"):
        write_whole(file, "ours", expected="before")
    assert file.read_text() == "theirs"
    assert list(tmp_path.iterdir()) == [file]


@pytest.fixture
def beside_lab(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """A project whose environment `lane` is another account, in a shell without the CLI."""
    del lab
    _project(tmp_path, monkeypatch)
    folders = os.environ["PATH"].split(os.pathsep)
    kept = [folder for folder in folders if not (Path(folder) / "pulumi").exists()]
    monkeypatch.setenv("PATH", os.pathsep.join(kept))
    (tmp_path / "policies/settings.yaml").write_text("defaults: {ttl_required: false}\n")
    (tmp_path / "stacks/Pulumi.lane.yaml").write_text(
        "config:\n  ftops:location: northcentralus\n  ftops:tags: {owner: ml-platform}\n"
        "  ftops:budget: {amount: 9, startDate: '2026-11-01', emails: [a@b.co]}\n"
        "  ftops:accounts:\n    - name: oai-lane # callers know it\n"
    )
    return _promote


def test_a_job_and_a_deployment_tell_their_model_and_where_it_was_trained(
    lab: Lab, trained: str, beside_lab: Callable[..., Any]
) -> None:
    made = lab.ftops("deploy", trained, "tried", "--ttl", "24h", "--yes", "--owner", "ana")
    assert made.exit_code == 0, made.output
    by_job = beside_lab(trained, "lane")["promotion"]
    by_name = beside_lab("tried", "lane")["promotion"]

    assert by_job["model"] == by_name["model"]
    assert by_job["model"].endswith("-lab")
    assert (by_job["source"], by_name["source"]) == (LAB, LAB)
    assert (by_job["name"], by_name["name"]) == ("lab", "tried")
    assert "serves the base model" in _ftops("promote", "base", "lane", exit_code=2).stderr
    assert "has no deployment 'nope'" in _ftops("promote", "nope", "lane", exit_code=2).stderr


def test_azure_keeps_the_evidence_and_new_evidence_replaces_no_deployment(
    lab: Lab, trained: str, beside_lab: Callable[..., Any], tmp_path: Path
) -> None:
    model = beside_lab(trained, "lane")["promotion"]["model"]
    _write(tmp_path, tuned={"model": model})
    words = (model, "lane", "--name", "served", "--evaluation", "evaluation.json")
    beside_lab(*words, "--approved-by", "ana", "--yes")
    first = json.loads(_ftops("up", "lane", "--yes", "--output", "json").stdout)
    beside_lab(*words, "--approved-by", "bo", "--yes")
    second = json.loads(_ftops("up", "lane", "--yes", "--output", "json").stdout)
    path = f"{LAB.replace('rg-lab', 'rg-ftops-lane').replace('oai-lab', 'oai-lane')}"
    with lab.sandbox.arm() as arm:
        tags = arm.get(f"{path}/deployments/served").json()["tags"]

    assert (tags["approved-by"], tags["eval-baseline"], tags["eval-score"]) == (
        "bo",
        "0.3129",
        "0.42",
    )
    assert _actions(first)["served"] == "created"
    assert {name for name, action in _actions(second).items() if action != "unchanged"} == {
        "served"
    }
    assert _actions(second)["served"] == "updated"
    assert "# callers know it" in (tmp_path / "stacks/Pulumi.lane.yaml").read_text()


def _actions(answer: dict[str, Any]) -> dict[str, str]:
    return {each["name"].rpartition("/")[2]: each["action"] for each in answer["resources"]}
