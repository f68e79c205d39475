#!/usr/bin/env bash
# Annotations to the log, Markdown to the step's summary and to a file, SARIF where it is asked for.
set -euo pipefail

read -r -a words <<< "$ENVIRONMENTS"
if [ -n "$BASE" ]; then
    git rev-parse --verify --quiet "origin/$BASE" > /dev/null \
        || git fetch --quiet --no-tags --depth=1 origin "+refs/heads/$BASE:refs/remotes/origin/$BASE"
    words+=(--base "origin/$BASE")
fi

comment="$RUNNER_TEMP/ftops-policy-check.md"
said="$RUNNER_TEMP/ftops-policy-check.err"

tell() {
    cat "$comment" >> "$GITHUB_STEP_SUMMARY"
    printf '%s\n' "comment=$comment" "blocks=$1" >> "$GITHUB_OUTPUT"
}

# 0 and 1 are answers. Anything else is none: the comment says so, or it would show the run before.
check() {
    local code=0
    ftops policy check ${words[@]+"${words[@]}"} --output "$1" 2> "$said" || code=$?
    cat "$said" >&2
    if [ "$code" -gt 1 ]; then
        printf '%s\n' '<!-- ftops policy check -->' '### ftops policy check: no answer' '' '```' > "$comment"
        cat "$said" >> "$comment"
        echo '```' >> "$comment"
        tell true
        exit "$code"
    fi
    blocks=$([ "$code" -eq 1 ] && echo true || echo false)
}

check github
check markdown > "$comment" 2> /dev/null
if [ -n "$SARIF" ]; then
    check sarif > "$SARIF" 2> /dev/null
fi
tell "$blocks"
