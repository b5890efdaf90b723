#!/usr/bin/env bash
# bench.sh ROOT RUNS SETTLE: measures esboot against the stock launcher in one run; writes bench.md, .json and .svg below
# docs/reports. SETTLE: how many seconds a real node runs before the memory beside it is looked at.
# Called by `./dev bench`, which has installed hyperfine, jq, time, strace, curl and openssl and built the release binary.
set -euo pipefail
root=$1 runs=$2 settle=$3
here=$root/tests/bench
dev=$root/dev
work=$(mktemp -d /var/tmp/esboot-bench-XXXXXX)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
user=65534
as_user=(setpriv --reuid "$user" --regid "$user" --clear-groups --)
[ "$(id -u)" = 0 ] || as_user=()
rows=$work/rows.jsonl growth=$work/growth.jsonl nodes=$work/nodes.jsonl heaps=$work/heaps.jsonl
touch "$rows" "$growth" "$nodes" "$heaps"
for part in two_sides starts growth real_nodes; do . "$here/$part.sh"; done

for version in 8.19.21 9.5.3; do
  home=$("$dev" jdk "$version" || true)
  if [ -z "$home" ]; then echo "SKIPPED: $version: no JDK for it" >&2; continue; fi
  stand_in_jdk "$home" "$version"
  node_for "$version"
  measure_version "$version" "$version"
  measured=${measured:-$version}
done
measure_batch "$measured" "$measured"
counts=$(count_costs "$measured")
measure_growth "$measured"
for version in 8.19.21 9.5.3; do
  [ ! -d "$work/node-$version" ] || { measure_real_node "$version"; measure_heap "$version"; }
done

report=$root/docs/reports
jq -n --arg date "$(date -u +%Y-%m-%dT%H:%MZ)" --arg commit "$(git -C "$root" rev-parse HEAD)" --argjson cores "$(nproc)" --argjson settle "$settle" \
  --arg cpu "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)" --arg load "$(cut -d' ' -f1 /proc/loadavg)" --argjson counts "$counts" \
  --slurpfile rows "$rows" --slurpfile growth "$growth" --slurpfile nodes "$nodes" --slurpfile heaps "$heaps" \
  '{date: $date, commit: $commit, cpu: $cpu, cores: $cores, load_at_end: $load, settle_s: $settle, counts: $counts, rows: $rows, growth: $growth, nodes: $nodes, heaps: $heaps}' > "$report/bench.json"
jq -r -f "$here/table.jq" "$report/bench.json" | tee "$report/bench.md"
jq -r -f "$here/chart.jq" "$report/bench.json" > "$report/bench.svg"
