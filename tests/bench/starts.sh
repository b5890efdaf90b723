# Starts and keystore commands up to the exec of a stand-in JVM. Sourced by bench.sh.

measure_version() {
  local version=$1 jdk=$2 node=$work/node-$1 fresh floor
  floor=$(derivation_floor)
  fresh="rm -rf $node/config $node/data && cp -a $node/config.fresh $node/config"
  row "$version first start to exec" "$(keys_floor 4)" "$(in_node "$version" "$jdk" bin/elasticsearch)" "$(in_node "$version" "$jdk" 'bin/esboot start')" "$fresh" $(((runs + 1) / 2))
  measure_join "$version" "$jdk" "$fresh"
  sh -c "$fresh"; eval "$(in_node "$version" "$jdk" 'bin/esboot configure')" || true
  row "$version restart to exec" "$floor" "$(in_node "$version" "$jdk" bin/elasticsearch)" "$(in_node "$version" "$jdk" 'bin/esboot start')" "" "$runs"
  row "$version keystore list" "$floor" "$(in_node "$version" "$jdk" 'bin/elasticsearch-keystore list')" "$(in_node "$version" "$jdk" 'bin/esboot keystore list')" "" "$runs"
  row "$version keystore has-passwd" null "$(in_node "$version" "$jdk" 'bin/elasticsearch-keystore has-passwd')" "$(in_node "$version" "$jdk" 'bin/esboot keystore has-passwd')" "" "$runs"
  row "$version keystore create" "$floor" "$(in_node "$version" "$jdk" 'bin/elasticsearch-keystore create')" "$(in_node "$version" "$jdk" 'bin/esboot keystore create')" "rm -f $node/config/elasticsearch.keystore" "$runs"
  row "$version keystore add, one entry" "$(jq -n "$floor * 2")" "$(in_node "$version" "$jdk" "sh -c \"echo v | bin/elasticsearch-keystore add -f -x some.name\"")" \
    "$(in_node "$version" "$jdk" "sh -c \"echo v | bin/esboot keystore add -f -x some.name\"")" "" "$runs"
}

# A cluster that answers each of them on the loopback interface.
measure_join() {
  local version=$1 jdk=$2 fresh=$3 token
  coproc CLUSTER { "$root/build/tests/enroll_server"; }
  read -r token <&"${CLUSTER[0]}"
  row "$version join by a token to exec" "$(keys_floor 1)" "$(in_node "$version" "$jdk" "bin/elasticsearch --enrollment-token $token")" \
    "$(in_node "$version" "$jdk" "bin/esboot start --enrollment-token $token")" "$fresh" $(((runs + 1) / 2))
  kill "$CLUSTER_PID" 2>/dev/null || true
  wait "$CLUSTER_PID" 2>/dev/null || true
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

# count_costs VERSION: prints the costs of a restart that are counted, not timed, as one JSON object.
count_costs() {
  local version=$1 s o
  eval "$(in_node "$version" "$version" 'bin/esboot configure')" || true
  s=$(calls "$version" "$version" bin/elasticsearch)
  o=$(calls "$version" "$version" 'bin/esboot start')
  jq -nc --arg version "$version" --argjson sp "$(peak "$version" "$version" bin/elasticsearch)" --argjson op "$(peak "$version" "$version" 'bin/esboot start')" \
    --arg s "$s" --arg o "$o" '
    def counts(x; peak): (x | split(" ") | map(tonumber)) as $c | {peak_kib: peak, calls: $c[0], files: $c[1], forks: $c[2]};
    {version: $version, stock: counts($s; $sp), esboot: counts($o; $op)}'
}
