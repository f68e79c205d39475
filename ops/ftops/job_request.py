"""A job before it exists: what is asked for, and what rules are shown of it and of its files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftops.dataset.card import digest_of, read_card
from ftops.dataset.check import Check, check_file
from ftops.dataset.form import METHODS as METHOD_OF
from ftops.dataset.rule import parse_rules
from ftops.dataset.scan import scan_file
from ftops.estimate import Estimate, Wish, estimate, limits_of
from ftops.job import METHODS, parse_suffix
from ftops.job_spec import JobSpec, from_root
from ftops.price import PriceBook
from ftops_catalog.catalog import Catalog
from ftops_policies import UNKNOWN, EnvironmentSettings, Finding, Resource, judge, read_rules
from ftops_policies.rule import JOB, TRAINING_FILE

if TYPE_CHECKING:
    from ftops.dataset.sighting import Sighting

KINDS: Mapping[str, str] = {**METHODS, "rft": "reinforcement"}
"""Azure's word for each method, those that ftops only judges among them."""

WRITTEN: Mapping[str, str] = {"training_type": "trainingType"}
"""Azure's name of a key, where a spec has another one."""


OPTIONS: Mapping[str, str] = {
    "n_epochs": "epochs",
    "batch_size": "batch_size",
    "learning_rate_multiplier": "learning_rate_multiplier",
}
"""Azure's name of each hyperparameter, with ours."""


@dataclass(frozen=True)
class JobRequest:
    """What a job is to be; empty or None is what nobody said.

    `method` is of sft, dpo and rft. `allow` are data rules that the files may break. `file` and
    `lines` say where the keys are written, by Azure's names for them.
    """

    name: str
    model: str
    training: Path
    validation: Path | None = None
    training_type: str = "Standard"
    method: str | None = None
    environment: str = ""
    region: str = ""
    suffix: str = ""
    seed: int | None = None
    hyperparameters: Mapping[str, float] = field(default_factory=dict)
    grader: Mapping[str, Any] | None = None
    budget_usd: Decimal | None = None
    allow: frozenset[str] = frozenset()
    file: str = ""
    lines: Mapping[str, int] = field(default_factory=dict, repr=False)

    @property
    def paths(self) -> list[Path]:
        """The training file, and the held-out one where there is one."""
        return [path for path in (self.training, self.validation) if path]


def request_of(spec: JobSpec, region: str) -> JobRequest:
    """What a spec asks for; `region` is where, if the spec itself does not say."""
    keys = spec.keys
    stated = {name: getattr(keys, key) for name, key in OPTIONS.items()}
    return JobRequest(
        name=spec.name,
        model=keys.model,
        training=spec.training,
        validation=spec.validation,
        training_type=keys.training_type,
        method=keys.method,
        environment=keys.environment,
        region=keys.region or region,
        suffix=keys.suffix or "",
        seed=keys.seed,
        hyperparameters={name: value for name, value in stated.items() if value is not None},
        grader=keys.grader,
        budget_usd=keys.budget_usd,
        allow=frozenset(keys.allow),
        file=spec.file,
        lines={
            WRITTEN.get(key, key): line
            for (key, *inner), line in ((path, spec.lines[path]) for path in spec.lines if path)
            if isinstance(key, str) and not inner
        },
    )


def with_options(request: JobRequest, stated: Mapping[str, Any]) -> JobRequest:
    """The request with what was typed over it; None and nothing leave what it says.

    Raises BadUsage for a suffix or a data rule that does not exist.
    """
    changed: dict[str, Any] = {
        key: stated[key]
        for key in ("model", "validation", "training_type", "method", "seed")
        if stated.get(key) is not None
    }
    numbers = {name: stated.get(option) for name, option in OPTIONS.items()}
    given = {name: value for name, value in numbers.items() if value is not None}
    if stated.get("suffix"):
        changed["suffix"] = parse_suffix(stated["suffix"])
    if stated.get("allow"):
        changed["allow"] = request.allow | parse_rules(stated["allow"])
    return replace(request, hyperparameters={**request.hyperparameters, **given}, **changed)


def check_request(request: JobRequest, catalog: Catalog) -> list[Check]:
    """The checks of its files, the training file's first; the other is held to be held out."""
    limits = limits_of(catalog, catalog.model(request.model))
    trained = check_file(request.training, limits, allowed=request.allow, keep_prompts=True)
    if request.validation is None:
        return [trained]
    held_out = check_file(request.validation, limits, allowed=request.allow, trained=trained)
    return [trained, held_out]


def price_request(request: JobRequest, check: Check, catalog: Catalog) -> Estimate:
    epochs = request.hyperparameters.get("n_epochs")
    wish = Wish(
        catalog.model(request.model),
        request.training_type,
        request.region,
        int(epochs) if epochs else None,
    )
    return estimate(check, wish, PriceBook(catalog))


def read_subjects(request: JobRequest, root: Path, catalog: Catalog) -> list[Resource]:
    """The job and its files as rules see them; reads the files and their cards.

    Raises BadConfig for a card that cannot be read.
    """
    checks = check_request(request, catalog)
    return subjects_of(request, checks, price_request(request, checks[0], catalog), root)


def subjects_of(
    request: JobRequest, checks: Sequence[Check], priced: Estimate, root: Path
) -> list[Resource]:
    """The same of files that were checked already."""
    body = _body(request, checks[0], priced, root)
    job = Resource(JOB, request.name, body, file=request.file or None, line=_first(request))
    files = [file_subject(check, request.environment, root) for check in checks]
    wrong = _unfit(request, checks[0])
    if wrong:
        problems = [*files[0].body["problems"], wrong]
        files[0] = Resource(
            TRAINING_FILE,
            files[0].name,
            {**files[0].body, "problems": problems},
            file=files[0].file,
        )
    return [job, *files]


def _first(request: JobRequest) -> int | None:
    """The line of a job as a whole is that of its model."""
    return request.lines.get("model")


def _unfit(request: JobRequest, check: Check) -> Mapping[str, Any] | None:
    trains_by = METHOD_OF.get(check.format) if check.format else None
    if request.method is None or trains_by in {None, request.method}:
        return None
    said = f"a {check.format} file trains by {trains_by}, and the job says {request.method}"
    return {"line": None, "rule": "format-suits-model", "message": said}


def _body(request: JobRequest, check: Check, priced: Estimate, root: Path) -> Mapping[str, Any]:
    """Azure's own JSON of the request, with what is known besides under `ftops`."""
    method = request.method or (METHOD_OF.get(check.format) if check.format else None)
    known = {
        "environment": request.environment or None,
        "region": request.region or None,
        "estimate_usd": priced.training_usd if check.format else None,
        "budget_usd": request.budget_usd,
        "epochs": priced.epochs,
        "lines": dict(request.lines),
    }
    body = {
        "model": request.model,
        "training_file": from_root(request.training, root),
        "validation_file": from_root(request.validation, root) if request.validation else None,
        "suffix": request.suffix or None,
        "seed": request.seed,
        "trainingType": request.training_type,
        "method": _method(KINDS[method], request) if method else None,
        "ftops": _known(known),
    }
    return _known(body)


def _method(kind: str, request: JobRequest) -> Mapping[str, Any]:
    inner = {"hyperparameters": dict(request.hyperparameters) or None, "grader": request.grader}
    return {"type": kind, kind: _known(inner)}


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def file_subject(check: Check, environment: str, root: Path) -> Resource:
    """A file as rules see it; no value that was found in it is part of that."""
    scan, card, path = scan_file(check.path), read_card(check.path), check.path
    name = from_root(path, root)
    body = {
        "environment": environment or None,
        "format": check.format,
        "examples": check.examples,
        "tokens": check.tokens if check.format else None,
        "bytes": path.stat().st_size,
        "sha256": digest_of(path),
        "problems": [
            # What stands near a mistake may be what nobody should read.
            {"line": each.line, "rule": each.rule, "message": each.message.partition(", near ")[0]}
            for each in check.problems
        ],
        "personal_data": _seen(scan.personal, whole=scan.whole),
        "secrets": _seen(scan.secrets, whole=scan.whole),
        "card": card.as_json() if card else None,
    }
    return Resource(TRAINING_FILE, name, _known(body), file=name)


def _seen(sightings: Sequence[Sighting], *, whole: bool) -> Any:
    """What was seen; where nothing was and not all was read, nobody knows."""
    if not sightings and not whole:
        return UNKNOWN
    return [{"line": each.line, "kind": each.kind, "shape": each.shape} for each in sightings]


def judge_subjects(
    subjects: Sequence[Resource], environment: EnvironmentSettings, now: datetime
) -> list[Finding]:
    """What the rules on training say of jobs and files; those on environments are not asked."""
    rules = [rule for rule in read_rules() if rule.of_training]
    return judge(subjects, environment, now, rules=rules)
