# What every measurement stands on: nodes that both sides start, and a row that compares them. Sourced by bench.sh.

# A JDK whose java plays the server, keeping what it was given, and is itself for everything else.
stand_in_jdk() {
  cp -aL "$1" "$work/jdk-$2" 2>/dev/null || true
  mv "$work/jdk-$2/bin/java" "$work/jdk-$2/bin/java.real"
  cat > "$work/jdk-$2/bin/java" <<'JAVA'
#!/bin/sh
case "$*" in
  *org.elasticsearch.server/*)
    if [ -n "$BENCH_RECORD" ]; then
      printf '%s\0' "$@" > "$BENCH_RECORD/argv"; env -0 > "$BENCH_RECORD/environ"; pwd > "$BENCH_RECORD/cwd"
      timeout 2 cat > "$BENCH_RECORD/stdin"
    fi
    printf '\030\n' >&2; exit 0 ;;
esac
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

# row NAME FLOOR_SECONDS STOCK_COMMAND ESBOOT_COMMAND PREPARE RUNS [FILE]: alternates single runs, so that both see the
# same machine.
row() {
  local name=$1 floor=$2 stock=$3 ours=$4 prepare=$5 count=$6 into=${7:-$rows} i side
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
    {name: $name, floor: $floor, stock: side($s), esboot: side($o)}' >> "$into"
  tail -n 1 "$into" | jq -r '"\(.name): stock \(.stock.wall)s, esboot \(.esboot.wall)s, exit codes \(.stock.codes) and \(.esboot.codes)"' >&2
}

in_node() { printf '%s ' "${as_user[@]}" env ES_JAVA_HOME="$work/jdk-$2" ES_TMPDIR="$work/node-$1/tmp" bash -o pipefail -c "'cd $work/node-$1 && exec $3 </dev/null 2>&1 | cat >/dev/null'"; }

derivation_floor() {
  hyperfine --style none --runs "$runs" --export-json "$work/one.json" \
    "openssl kdf -keylen 32 -kdfopt digest:SHA512 -kdfopt pass:x -kdfopt hexsalt:$(printf '00%.0s' $(seq 64)) -kdfopt iter:210000 PBKDF2" >/dev/null 2>&1
  jq '.results[0].median' "$work/one.json"
}

# keys_floor KEYS: the prime search of that many RSA keys of 4096 bits, expected, over the cores. A prime costs 60.6
# exponentiations of 2048 bits (certgen/prime_search.h), a signature two.
keys_floor() {
  local signatures_per_second
  signatures_per_second=$(openssl speed -seconds 5 rsa4096 2>/dev/null | awk '$1 == "rsa" && $2 == 4096 {print $6}')
  jq -n "$1 * 2 * 60.6 / 2 / $signatures_per_second / $(nproc)"
}
