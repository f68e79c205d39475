#!/usr/bin/env bash
# Annotations to the log, Markdown to the step's summary and to a file, SARIF where it is asked for.
set -euo pipefail

read -r -a words <<< "$ENVIRONMENTS"
if [ -n "$BASE" ]; then
    git rev-parse --verify --quiet "origin/$BASE" > /dev/null \
        || git fetch --quiet --no-tags --depth=1 origin "+refs/heads/$BASE:refs/remotes/origin/$BASE"
    words+=(--base "origin/$BASE")
fi

# 0 and 1 are answers; anything else is no answer, and ends the run here.
check() {
    local code=0
    ftops policy check ${words[@]+"${words[@]}"} --output "$1" || code=$?
    [ "$code" -le 1 ] || exit "$code"
    blocks=$([ "$code" -eq 1 ] && echo true || echo false)
}

comment="$RUNNER_TEMP/ftops-policy-check.md"
check github
check markdown > "$comment" 2> /dev/null
if [ -n "$SARIF" ]; then
    check sarif > "$SARIF" 2> /dev/null
fi
cat "$comment" >> "$GITHUB_STEP_SUMMARY"
{
    echo "comment=$comment"
    echo "blocks=$blocks"
} >> "$GITHUB_OUTPUT"
