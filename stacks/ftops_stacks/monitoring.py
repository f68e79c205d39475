"""What is watched: logs of the accounts, and a budget that tells somebody."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi_azure_native import consumption, monitor, operationalinsights

from ftops.declared.monitoring import Budget, Diagnostics
from ftops_stacks.ground import Ground
from ftops_stacks.home import Home

WORKSPACE = "Microsoft.OperationalInsights/workspaces"
ACTION_GROUP = "Microsoft.Insights/actionGroups"
SETTING = "ftops"


def workspace(ground: Ground) -> pulumi.Output[str] | None:
    """The id of the workspace that logs go to; one is made where none is given, and kept."""
    declared = ground.environment.diagnostics
    if declared is None:
        return None
    if declared.workspace_id:
        return pulumi.Output.from_input(declared.workspace_id)
    name = ground.environment.called("log")
    made = operationalinsights.Workspace(
        name,
        workspace_name=name,
        resource_group_name=ground.group_name,
        location=ground.environment.location,
        sku=operationalinsights.WorkspaceSkuArgs(name="PerGB2018"),
        retention_in_days=declared.retention_in_days,
        tags=ground.tags,
        opts=ground.options(kept=True),
    )
    return ground.id(WORKSPACE, name, made)


def diagnostics(home: Home, declared: Diagnostics, workspace_id: pulumi.Input[str]) -> None:
    """The account's logs and metrics, to the workspace."""
    metrics = [monitor.DiagnosticsMetricSettingsArgs(category="AllMetrics", enabled=True)]
    monitor.DiagnosticSetting(
        home.title("diagnostics"),
        name=SETTING,
        resource_uri=home.id,
        workspace_id=workspace_id,
        logs=[
            monitor.DiagnosticsLogSettingsArgs(category=category, enabled=True)
            for category in declared.categories
        ],
        metrics=metrics if declared.metrics else None,
        opts=home.ground.options(home.account, [home.account]),
    )


def action_group(ground: Ground) -> pulumi.Output[str] | None:
    """The id of the group of people who are told."""
    declared = ground.environment.action_group
    if declared is None:
        return None
    name = ground.environment.called("ag")
    made = monitor.ActionGroup(
        name,
        action_group_name=name,
        resource_group_name=ground.group_name,
        location="global",
        group_short_name=declared.short_name,
        enabled=True,
        email_receivers=[
            monitor.MicrosoftCommonEmailReceiverArgs(
                name=email, email_address=email, use_common_alert_schema=True
            )
            for email in declared.emails
        ],
        tags=ground.tags,
        opts=ground.options(),
    )
    return ground.id(ACTION_GROUP, name, made)


def notifications(declared: Budget) -> dict[str, dict[str, Any]]:
    """Who is told when, by a name for each threshold: what was spent, and what is expected."""
    kinds = {"Actual": declared.thresholds, "Forecasted": declared.forecast_thresholds}
    return {
        f"{kind}{threshold}": {
            "enabled": True,
            "operator": "GreaterThanOrEqualTo",
            "threshold": threshold,
            "threshold_type": kind,
            "contact_emails": list(declared.emails),
        }
        for kind, thresholds in kinds.items()
        for threshold in thresholds
    }


def budget(ground: Ground, told: pulumi.Output[str] | None) -> None:
    """What the group may cost in a month."""
    declared = ground.environment.budget
    if declared is None:
        return
    name = ground.environment.called("budget")
    consumption.Budget(
        name,
        budget_name=name,
        scope=ground.group_id,
        category="Cost",
        amount=declared.amount,
        time_grain="Monthly",
        time_period=consumption.BudgetTimePeriodArgs(start_date=f"{declared.start_date}T00:00:00Z"),
        notifications={
            key: consumption.NotificationArgs(**said, contact_groups=[told] if told else None)
            for key, said in notifications(declared).items()
        },
        opts=ground.options(),
    )
