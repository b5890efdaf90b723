#!/usr/bin/env bash
# bench.sh ROOT RUNS: measures esboot against the stock launcher in one run and prints one Markdown table.
# Called by `./dev bench`, which has installed hyperfine, jq, time, strace and openssl and built the release binary.
set -euo pipefail
root=$1 runs=$2
dev=$root/dev
work=$(mktemp -d /var/tmp/esboot-bench-XXXXXX)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
user=65534
as_user=(setpriv --reuid "$user" --regid "$user" --clear-groups --)
[ "$(id -u)" = 0 ] || as_user=()
rows=$work/rows.jsonl

# A JDK whose java plays the server and is itself for everything else.
stand_in_jdk() {
  cp -aL "$1" "$work/jdk-$2" 2>/dev/null || true
  mv "$work/jdk-$2/bin/java" "$work/jdk-$2/bin/java.real"
  cat > "$work/jdk-$2/bin/java" <<'JAVA'
#!/bin/sh
case "$*" in *org.elasticsearch.server/*) printf '\030\n' >&2; exit 0 ;; esac
exec "${0%/*}/java.real" "$@"
JAVA
  chmod 755 "$work/jdk-$2/bin/java"
}

node_for() {
  local version=$1 home=$work/node-$1
  cp -a "$("$dev" es "$version" | tail -n 1)" "$home"
  install -m 0755 "$root/build/release/esboot" "$home/bin/esboot"
  mkdir "$home/tmp"
  cp -a "$home/config" "$home/config.fresh"
  [ "$(id -u)" != 0 ] || chown -R "$user:$user" "$home"
}

# row NAME FLOOR_SECONDS STOCK_COMMAND ESBOOT_COMMAND PREPARE RUNS: alternates single runs, so that both see the same machine.
row() {
  local name=$1 floor=$2 stock=$3 ours=$4 prepare=$5 count=$6 i
  : > "$work/stock.jsonl"; : > "$work/ours.jsonl"
  for i in $(seq 1 "$count"); do
    for side in stock ours; do
      hyperfine --style none --runs 1 --ignore-failure ${prepare:+--prepare "$prepare"} --export-json "$work/one.json" \
        "$([ $side = stock ] && echo "$stock" || echo "$ours")" >/dev/null 2>&1
      jq -c '.results[0] | {wall: .mean, cpu: (.user + .system), code: .exit_codes[0]}' "$work/one.json" >> "$work/$side.jsonl"
    done
  done
  jq -nc --arg name "$name" --argjson floor "${floor:-null}" --slurpfile s "$work/stock.jsonl" --slurpfile o "$work/ours.jsonl" '
    def median: sort | .[length / 2 | floor];
    def side(x): {wall: (x | map(.wall) | median), low: (x | map(.wall) | min), high: (x | map(.wall) | max),
                  cpu: (x | map(.cpu) | median), codes: (x | map(.code) | unique), runs: (x | length)};
    {name: $name, floor: $floor, stock: side($s), esboot: side($o)}' >> "$rows"
  tail -n 1 "$rows" | jq -r '"\(.name): stock \(.stock.wall)s, esboot \(.esboot.wall)s, exit codes \(.stock.codes) and \(.esboot.codes)"' >&2
}

in_node() { printf '%s ' "${as_user[@]}" env ES_JAVA_HOME="$work/jdk-$2" ES_TMPDIR="$work/node-$1/tmp" bash -o pipefail -c "'cd $work/node-$1 && exec $3 </dev/null 2>&1 | cat >/dev/null'"; }

derivation_floor() {
  hyperfine --style none --runs "$runs" --export-json "$work/one.json" \
    "openssl kdf -keylen 32 -kdfopt digest:SHA512 -kdfopt pass:x -kdfopt hexsalt:$(printf '00%.0s' $(seq 64)) -kdfopt iter:210000 PBKDF2" >/dev/null 2>&1
  jq '.results[0].median' "$work/one.json"
}

measure_version() {
  local version=$1 jdk=$2 node=$work/node-$1 fresh floor
  floor=$(derivation_floor)
  fresh="rm -rf $node/config $node/data && cp -a $node/config.fresh $node/config"
  row "$version first start to exec" null "$(in_node "$version" "$jdk" bin/elasticsearch)" "$(in_node "$version" "$jdk" 'bin/esboot start')" "$fresh" $(((runs + 1) / 2))
  sh -c "$fresh"; eval "$(in_node "$version" "$jdk" 'bin/esboot configure')" || true
  row "$version restart to exec" "$floor" "$(in_node "$version" "$jdk" bin/elasticsearch)" "$(in_node "$version" "$jdk" 'bin/esboot start')" "" "$runs"
  row "$version keystore list" "$floor" "$(in_node "$version" "$jdk" 'bin/elasticsearch-keystore list')" "$(in_node "$version" "$jdk" 'bin/esboot keystore list')" "" "$runs"
  row "$version keystore has-passwd" null "$(in_node "$version" "$jdk" 'bin/elasticsearch-keystore has-passwd')" "$(in_node "$version" "$jdk" 'bin/esboot keystore has-passwd')" "" "$runs"
  row "$version keystore create" "$floor" "$(in_node "$version" "$jdk" 'bin/elasticsearch-keystore create')" "$(in_node "$version" "$jdk" 'bin/esboot keystore create')" "rm -f $node/config/elasticsearch.keystore" "$runs"
  row "$version keystore add, one entry" "$(jq -n "$floor * 2")" "$(in_node "$version" "$jdk" "sh -c \"echo v | bin/elasticsearch-keystore add -f -x some.name\"")" \
    "$(in_node "$version" "$jdk" "sh -c \"echo v | bin/esboot keystore add -f -x some.name\"")" "" "$runs"
}

# The stock side of 100 additions is a hundred calls: measured once.
measure_batch() {
  local version=$1 jdk=$2 node=$work/node-$1
  # Other names than the stock side sets, so that there is something to save.
  for i in $(seq 100); do echo "apply.name$i=value $i"; done > "$node/batch"
  cat > "$node/hundred" <<'SH'
#!/bin/sh
i=0; while [ $i -lt 100 ]; do i=$((i + 1)); echo "value $i" | bin/elasticsearch-keystore add -f -x batch.name$i; done
SH
  chmod 755 "$node/hundred" "$node/batch"
  row "$version keystore, 100 entries (stock: 100 calls; esboot: one apply)" "$(jq -n "$(derivation_floor) * 2")" \
    "$(in_node "$version" "$jdk" ./hundred)" "$(in_node "$version" "$jdk" 'bin/esboot keystore apply batch')" "" 1
}

# peak VERSION JDK COMMAND: the largest resident set of any process of the command, in KiB.
peak() { (cd "$work/node-$1" && "${as_user[@]}" env ES_JAVA_HOME="$work/jdk-$2" ES_TMPDIR="$work/node-$1/tmp" /usr/bin/time -f %M -o "$work/node-$1/tmp/peak" sh -c "$3 </dev/null >/dev/null 2>&1" || true; tail -n 1 "$work/node-$1/tmp/peak"); }

calls() { (cd "$work/node-$1" && env ES_JAVA_HOME="$work/jdk-$2" ES_TMPDIR="$work/node-$1/tmp" strace -f -qq -o "$work/trace" "${as_user[@]}" sh -c "$3 </dev/null >/dev/null 2>&1" || true
  printf '%s %s %s' "$(grep -c '(' "$work/trace")" "$(grep -cE ' open(at)?\(.*= [0-9]' "$work/trace")" "$(grep -cE ' (clone3?|v?fork)\(' "$work/trace")"); }

for version in 8.19.21 9.5.3; do
  home=$("$dev" jdk "$version" || true)
  if [ -z "$home" ]; then echo "SKIPPED: $version: no JDK for it" >&2; continue; fi
  stand_in_jdk "$home" "$version"
  node_for "$version"
  measure_version "$version" "$version"
  measured=${measured:-$version}
done
measure_batch "$measured" "$measured"

{
  echo "esboot $(git -C "$root" rev-parse --short HEAD), $(date -u +%Y-%m-%d), $(nproc) cores, $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1), load $(cut -d' ' -f1 /proc/loadavg) at the end"
  echo
  echo "| work | stock, s (spread) | esboot, s (spread) | stock / esboot | CPU, stock / esboot | floor, s | esboot / floor |"
  echo "|---|---|---|---|---|---|---|"
  jq -r 'def r: (. * 1000 | round) / 1000; def x: (. * 10 | round) / 10; def y: (. * 100 | round) / 100;
    "| \(.name) | \(.stock.wall | r) (\(.stock.low | r)–\(.stock.high | r)) | \(.esboot.wall | r) (\(.esboot.low | r)–\(.esboot.high | r)) | \(.stock.wall / .esboot.wall | x) | \(.stock.cpu / .esboot.cpu | x) | " +
    (if .floor then "\(.floor | r) | \(.esboot.wall / .floor | y) |" else "– | – |" end)' "$rows"
  echo
  echo "| on a restart of $measured | stock | esboot |"
  echo "|---|---|---|"
  eval "$(in_node "$measured" "$measured" 'bin/esboot configure')" || true
  echo "| largest process before the node, MiB | $(($(peak "$measured" "$measured" bin/elasticsearch) / 1024)) | $(($(peak "$measured" "$measured" 'bin/esboot start') / 1024)) |"
  read -r s_calls s_files s_forks <<<"$(calls "$measured" "$measured" bin/elasticsearch)"
  read -r o_calls o_files o_forks <<<"$(calls "$measured" "$measured" 'bin/esboot start')"
  echo "| system calls, the stand-in's included | $s_calls | $o_calls |"
  echo "| files opened | $s_files | $o_files |"
  echo "| processes and threads created | $s_forks | $o_forks |"
} | tee "$root/docs/reports/bench.md"
jq -s --arg date "$(date -u +%Y-%m-%dT%H:%MZ)" --arg commit "$(git -C "$root" rev-parse HEAD)" --arg cpu "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)" \
  '{date: $date, commit: $commit, cpu: $cpu, rows: .}' "$rows" > "$root/docs/reports/bench.json"
