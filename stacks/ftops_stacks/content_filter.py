"""Content filters of an account, and the lists of terms that they block."""

from __future__ import annotations

from typing import Any

from pulumi_azure_native import cognitiveservices

from ftops.declared.content_filter import BlocklistItem, RaiBlocklist, RaiPolicy
from ftops_stacks.home import Home


def content_filters(home: Home) -> None:
    """Lists come before the filters that name them."""
    for blocklist in home.declared.rai_blocklists:
        _blocklist(blocklist, home)
        for item in blocklist.items:
            _item(item, blocklist, home)
    for policy in home.declared.rai_policies:
        _policy(policy, home)


def policy_properties(policy: RaiPolicy) -> dict[str, Any]:
    """What a filter's `properties` say, filters and lists by their keys."""
    return {
        "base_policy_name": policy.base_policy_name,
        "mode": policy.mode,
        "content_filters": [
            {
                "name": each.name,
                "source": each.source,
                "enabled": each.enabled,
                "blocking": each.blocking,
                **({"severity_threshold": level} if (level := each.severity_threshold) else {}),
            }
            for each in policy.content_filters
        ],
        "custom_blocklists": [
            {"blocklist_name": use.blocklist_name, "source": use.source, "blocking": use.blocking}
            for use in policy.custom_blocklists
        ],
    }


def _policy(policy: RaiPolicy, home: Home) -> None:
    said = policy_properties(policy)
    args = cognitiveservices.RaiPolicyContentFilterArgs
    use = cognitiveservices.CustomBlocklistConfigArgs
    properties = cognitiveservices.RaiPolicyPropertiesArgs(
        base_policy_name=said["base_policy_name"],
        mode=said["mode"],
        content_filters=[args(**each) for each in said["content_filters"]] or None,
        custom_blocklists=[use(**each) for each in said["custom_blocklists"]] or None,
    )
    home.put(
        lambda address, options: cognitiveservices.RaiPolicy(
            home.title(policy.name),
            rai_policy_name=policy.name,
            properties=properties,
            tags=home.tags,
            opts=options,
            **address,
        )
    )


def _blocklist(blocklist: RaiBlocklist, home: Home) -> None:
    home.put(
        lambda address, options: cognitiveservices.RaiBlocklist(
            home.title(blocklist.name),
            rai_blocklist_name=blocklist.name,
            # Empty `properties` would come back as none, which looks like a change.
            properties=cognitiveservices.RaiBlocklistPropertiesArgs(
                description=blocklist.description or blocklist.name
            ),
            tags=home.tags,
            opts=options,
            **address,
        )
    )


def _item(item: BlocklistItem, blocklist: RaiBlocklist, home: Home) -> None:
    home.put(
        lambda address, options: cognitiveservices.RaiBlocklistItem(
            home.title(f"{blocklist.name}/{item.name}"),
            rai_blocklist_name=blocklist.name,
            rai_blocklist_item_name=item.name,
            properties=cognitiveservices.RaiBlocklistItemPropertiesArgs(
                pattern=item.pattern, is_regex=item.is_regex
            ),
            tags=home.tags,
            opts=options,
            **address,
        )
    )
