"""`docs/policies.md`, rendered from the rules; `python -m ftops_policies.page` writes it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Final

from ftops_policies.builtin import render_builtin
from ftops_policies.rule import ENVIRONMENT, ESTATE, Parameter, Rule, read_rules

PAGE: Final = Path("docs/policies.md")

HEAD: Final = """\
# Policies

This page is written by `make docs` from the rules themselves.

A rule is written once, in one file of `policies/ftops_policies/rules/`, and judged in four places:

- `ftops policy check` lists what each stack file declares, with no cloud and no Pulumi CLI, and
  names the file and line of what is wrong. It ends with 1 if a finding blocks.
- `pulumi preview --policy-pack policies` and `pulumi up --policy-pack policies` judge the same in
  the engine: `block` is mandatory there, `warn` and `info` are advisory. Activate the environment
  first (`. .venv/bin/activate`): the pack runs in the Python that is active.
- `ftops policy audit` asks them about what exists, as far as an account holds it, and some more
  that concern nothing else.
- `ftops deploy` asks the same rules before it makes a tuned deployment, `ftops promote` before it
  writes one into a stack file.

Rules on a training job and its files are judged by `ftops policy check`, of each `jobs/*.yaml`, and
by `ftops tune submit` before anything is uploaded. No program declares these, so the pack leaves
such rules out.

## In a pull request

`ftops policy check --since origin/main` judges the environments that changed, `--base origin/main`
tells what is new, what is fixed, what is still there, and the price per hour before and after.
`--output` is for whoever reads it: `github` annotates lines, `markdown` is a summary or a comment,
`sarif` (2.1.0) is for code scanning and editors, `junit` for a build server. The action does it all
and keeps one comment, edited in place:

```yaml
permissions:
  contents: read
  pull-requests: write
steps:
  - uses: actions/checkout@v4
    with:
      fetch-depth: 0
      persist-credentials: false
  - uses: actions/setup-python@v5
    with:
      python-version: "3.12"
  - uses: ORG/ftops@COMMIT
```

GitHub shows ten annotations of a kind in one step and refuses a comment of more than 65,536
characters, so what is new and blocks comes first, and what there is no room for is counted. Where
there is no answer (a stack file that cannot be read), the comment says so instead of the last one.

Three workflows can be called from other repositories, and a project of `ftops init` carries them:
`judge.yml` does the same without the action, `preview-environment.yml` draws, plans and previews an
environment with the pack, `up-environment.yml` brings one up behind its reviewers. The latter two
sign in by OIDC ([a team of one's own](team.md#workflows)).

`.pre-commit-hooks.yaml` has the hook `ftops-policy-check`. What `pulumi preview --json` or
`ftops preview ENV --save-plan FILE` wrote can be judged, too: `ftops policy check FILE`.

## What is not known

A value that another resource gives is not known before `up`, and the catalog's sources do not tell
everything. A finding about that has the state `unknown`. It is never a pass, never counted as zero,
and it does not block: `ftops policy check` lists it, the pack reports it as advice
(`ftops-advice`), and `up` judges the rule again when the value is there. Whatever a mandatory rule
can tell without that value still blocks.

A rule that raises is a finding too: `rule-crashed`, which blocks; all other rules still run. In the
pack it comes from the policy `ftops-block`, as does a finding that settings raised to `block`.

## A rule of your own

`ftops policy new deployment-is-reviewed` writes one that works: a file with one `@rule` function in
`policies/rules/`, and cases under `holds`, `breaks` and `unknown` in
`policies/examples/deployment-is-reviewed.yaml`, which `ftops policy test` tries. Nothing else has
to be told: the check, the pack, the audit and the gates ask it from then on. In a checkout of
ftops the folders are `policies/ftops_policies/rules/` and `tests/policies/examples/`, and the
docstring is the text on this page.

The function is given a resource in ARM's own JSON shape, reads one path of it with
`at("properties.model.name")`, and yields a sentence for each thing that is wrong. Ask for
`account`, `catalog` or `now` as keywords; any other keyword is a parameter that settings can
change. What always mends it can be said as a value: `fix={"properties.disableLocalAuth": True}`.
`applies_to=(ESTATE, DEPLOYMENT)` is a rule on deployments that exist. What no body has, the
resource tells, and None where nobody knows: `protect` (Pulumi's option, or a lock) and, of what
exists, `declared`.

A rule on training says `applies_to=JOB` or `TRAINING_FILE` (from `ftops_policies.rule`) and sees:

```yaml
# job-request: Azure's own request, with paths for ids of files
model: gpt-4.1-mini
training_file: data/train.jsonl
validation_file: data/held-out.jsonl
trainingType: Standard
method: {type: supervised, supervised: {hyperparameters: {n_epochs: 3}}}
ftops: {environment: dev, region: swedencentral, estimate_usd: 1.23, budget_usd: 25, epochs: 3}
---
# training-file: what was read of one, and its card; no value that was found is in it
environment: dev
format: chat
examples: 98
tokens: 8123
bytes: 40312
sha256: 16cd...
problems: [{line: 3, rule: json-is-valid, message: not JSON at column 7}]
personal_data: [{line: 33, kind: phone number, shape: 999-999-9999}]
secrets: []
card: {license: MIT, source: our own, approved_by: ana, approved_on: 2026-11-20,
       environments: [dev], sha256: 16cd...}
```

What nobody knows is absent: a price that no source gives, the environment of a file by itself.

## Settings

`policies/settings.yaml` has `defaults` and one section for each environment that differs; an
environment without a section has the defaults. Limits that rules and commands share stand at the
top of a section; under `rules`, each rule takes a `severity` (`block`, `warn`, `info`, `off`), its
own `parameters`, and `exclude`, a list of patterns over names with the reason for each:
`[{resource: "oai-ftops-dev/*", reason: made by hand}]`. A typo is refused with its line and what
was meant.

For the pack alone, `--policy-pack-config FILE` takes JSON such as
`{"capacity-is-bounded": {"enforcementLevel": "advisory", "capacity_max": 10}}`. A rule with a fix
is mended by the engine itself where its level there is `remediate`; without that it only says so.

`pulumi policy publish ORG`, run in `policies/`, hands the pack to an organisation of Pulumi Cloud,
a project's own rules and settings included. Whoever downloads it installs its `requirements.txt`
into an environment of the pack's own, so ftops must be where that pip looks
([a team of one's own](team.md#a-project)). A version (`PulumiPolicy.yaml`) is published once. This
was tried with the real CLI against a server in the Cloud's place, and never with Pulumi Cloud.

## Waivers

One finding about one resource can be waived, for a while, by somebody:

```yaml
environments:
  prod:
    waivers:
      - rule: public-network-is-off
        resource: oai-ftops-prod
        owner: ana
        reason: the private endpoint comes with the new network
        ticket: OPS-812
        expires: 2026-12-31
```

`resource` is the one that the finding names, no pattern; leave it out for what a rule says of the
environment as a whole. A waived finding stays in every report, as `waived`, and does not block. A
waiver without an owner, a reason, a ticket or an end, one that has ended, ends later than
`waiver_days_max` (365) from now, or for which nothing is found hides nothing: it is the finding
`waiver-is-void`, which blocks.
"""


def render() -> str:
    """The whole page."""
    rules = read_rules()
    told = (line for each in rules for line in _rule(each))
    return "\n".join([HEAD, *render_builtin(rules), *_index(), *told])


def _index() -> Iterator[str]:
    yield "## Rules\n"
    yield "| rule | severity | what must hold |\n| --- | --- | --- |"
    for rule in read_rules():
        yield f"| [{rule.id}](#{rule.id}) | {rule.severity} | {rule.title} |"
    yield ""


def _rule(rule: Rule) -> Iterator[str]:
    applies = [f"`{each}`" for each in rule.applies_to if each not in {ENVIRONMENT, ESTATE}]
    alone = "; asked by `ftops policy audit` alone, of what exists" if rule.of_estate else ""
    alone += "" if rule.of_program or rule.of_estate else "; not in the pack"
    yield f"### {rule.id}\n"
    yield f"**{rule.title}**\n"
    yield f"{rule.rationale}\n"
    yield f"- Severity: {rule.severity}"
    yield f"- Applies to: {', '.join(applies) or 'all resources of an environment together'}{alone}"
    for name, default in rule.parameters.items():
        yield f"- Parameter: `{name}`, by itself {_written(default)}"
    yield f"- What to do: {rule.remedy}"
    for path, value in rule.fix.items():
        yield f"- Fix: `{path}` becomes `{json.dumps(value)}`"
    for reference in rule.references:
        yield f"- See: {f'<{reference}>' if '://' in reference else reference}"
    yield ""


def _written(default: Parameter) -> str:
    if isinstance(default, tuple):
        return f"`[{', '.join(default)}]`"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{default:f}`" if isinstance(default, Decimal) else f"`{default}`"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
