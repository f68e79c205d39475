"""The CrossGuard door: every rule as a policy, `pulumi preview --policy-pack policies`."""

from datetime import UTC, datetime
from pathlib import Path

from ftops_policies.pack import serve

serve(Path(__file__).with_name("settings.yaml"), datetime.now(UTC))
