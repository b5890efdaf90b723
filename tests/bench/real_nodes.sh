# Real nodes: how long until they serve, what stays beside them, and what heap a container gets. Sourced by bench.sh.

password=bench-password-of-elastic

# A configured node with a small heap and ports of its own.
prepare_real_node() {
  local version=$1 node=$work/node-$1
  rm -rf "$node/config" "$node/data" && cp -a "$node/config.fresh" "$node/config"
  printf 'http.port: 19250\ntransport.port: 19350\n' >> "$node/config/elasticsearch.yml"
  mkdir -p "$node/config/jvm.options.d"
  [ "${2:-}" = own-heap ] || printf -- '-Xms512m\n-Xmx512m\n' > "$node/config/jvm.options.d/heap.options"
  [ "$(id -u)" != 0 ] || chown -R "$user:$user" "$node/config"
  "${as_user[@]}" env ES_JAVA_HOME="$work/jdk-$version" ES_TMPDIR="$node/tmp" ELASTIC_PASSWORD=$password "$node/bin/esboot" configure </dev/null >/dev/null 2>&1
}

# What the server is given, kept for the side that runs it without any launcher.
record_server() {
  local version=$1
  mkdir -p "$work/record-$version"; chmod 777 "$work/record-$version"
  "${as_user[@]}" env ES_JAVA_HOME="$work/jdk-$version" ES_TMPDIR="$work/node-$version/tmp" BENCH_RECORD="$work/record-$version" \
    "$work/node-$version/bin/esboot" start --relay=no </dev/null >/dev/null 2>&1 || true
}

start_side() {
  local side=$1 version=$2 node=$work/node-$2 record=$work/record-$2
  case $side in
    stock) exec "${as_user[@]}" env ES_JAVA_HOME="$java_home" ES_TMPDIR="$node/tmp" "$node/bin/elasticsearch" ;;
    esboot) exec "${as_user[@]}" env ES_JAVA_HOME="$java_home" ES_TMPDIR="$node/tmp" "$node/bin/esboot" start ;;
    hand)
      local variables=() arguments=()
      mapfile -d '' variables < "$record/environ"
      mapfile -d '' arguments < "$record/argv"
      cd "$(cat "$record/cwd")"
      exec "${as_user[@]}" env -i "${variables[@]}" "$java_home/bin/java" "${arguments[@]}" < <(cat "$record/stdin"; exec sleep 600) ;;
  esac
}

since() { jq -n "($(date +%s%N) - $1) / 1e9"; }
answers() { [ "$(curl -sk -o /dev/null -w '%{http_code}' -m 5 -u "elastic:$password" https://127.0.0.1:19250/_security/_authenticate)" = 200 ]; }

# boot SIDE VERSION: starts a node and sets $session, $ready and $served (seconds); fails where it ends before.
boot() {
  local side=$1 version=$2 node=$work/node-$2 begin
  rm -rf "$node/data" "$node"/tmp/*
  rm -f "$node"/logs/*  # the directory stays: without a launcher nobody makes it
  begin=$(date +%s%N)
  setsid bash -c "$(declare -f start_side); $(declare -p work as_user java_home); start_side $side $version" </dev/null >"$work/node.out" 2>&1 &
  session=$!
  until grep -qs '\] started {' "$node"/logs/*.log; do
    kill -0 "$session" 2>/dev/null || return 1
    sleep 0.05
  done
  ready=$(since "$begin")
  until answers; do kill -0 "$session" 2>/dev/null || return 1; sleep 0.05; done
  served=$(since "$begin")
}

server_of() { ps -o pid=,args= -s "$session" | awk '/org.elasticsearch.server\// && !/cli-launcher/ {print $1; exit}'; }

end_node() {
  local server; server=$(server_of)
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  for _ in $(seq 300); do ps -o pid= -s "$session" >/dev/null || break; sleep 0.1; done
  pkill -9 -s "$session" 2>/dev/null || true
  wait "$session" 2>/dev/null || true
}

# Private memory, in KiB, of what the start left beside the server.
beside() {
  local server pid sum=0; server=$(server_of)
  for pid in $(ps -o pid= -s "$session"); do
    [ "$pid" = "$server" ] || sum=$((sum + $(awk '/^Private_/ {s += $2} END {print s + 0}' "/proc/$pid/smaps_rollup" 2>/dev/null || echo 0)))
  done
  echo "$sum"
}

measure_real_node() {
  local version=$1 i side kib
  java_home=$("$dev" jdk "$version")
  prepare_real_node "$version"
  record_server "$version"
  for i in $(seq 3); do
    for side in hand stock esboot; do
      boot "$side" "$version" || { echo "SKIPPED: $version by $side: the node ended" >&2; tail -n 3 "$work/node.out" >&2; end_node; continue; }
      kib=null
      if [ "$i" = 3 ] && [ "$side" != hand ]; then sleep "$settle"; kib=$(beside); fi
      end_node
      jq -nc --arg version "$version" --arg side "$side" --argjson ready "$ready" --argjson served "$served" --argjson kib "$kib" \
        '{version: $version, side: $side, ready: $ready, served: $served, beside_kib: $kib}' | tee -a "$nodes" >&2
    done
  done
}

# in_group MIB COMMAND...: runs it in a control group of that much memory, of either version of the interface.
in_group() {
  local mib=$1 base=/sys/fs/cgroup limit=memory.max group; shift
  if [ ! -e $base/cgroup.controllers ]; then
    base=/sys/fs/cgroup/memory$(awk -F: '$2 == "memory" {print $3}' /proc/self/cgroup) limit=memory.limit_in_bytes
  fi
  group=$base/esboot-bench
  mkdir -p "$group" && echo $((mib << 20)) > "$group/$limit" || return 1
  echo "$BASHPID" > "$group/cgroup.procs"
  "$@"
}

measure_heap() {
  local version=$1 mib side heap starts
  [ "$(id -u)" = 0 ] || { echo "SKIPPED: heap: control groups need root" >&2; return; }
  java_home=$("$dev" jdk "$version")
  prepare_real_node "$version" own-heap
  mkdir -p "$work/record-heap"; chmod 777 "$work/record-heap"
  for mib in 512 1024 2048; do
    for side in stock esboot; do
      local program=bin/elasticsearch; [ $side = stock ] || program=bin/esboot
      rm -f "$work/record-heap/argv"
      (in_group $mib "${as_user[@]}" env ES_JAVA_HOME="$work/jdk-$version" ES_TMPDIR="$work/node-$version/tmp" BENCH_RECORD="$work/record-heap" \
        "$work/node-$version/$program" </dev/null >/dev/null 2>&1) || true
      heap=$(tr '\0' '\n' < "$work/record-heap/argv" 2>/dev/null | sed -n 's/^-Xmx//p' | tail -n 1)
      starts=$(in_group $mib boot_once "$side" "$version") || starts='no control group to be had'
      jq -nc --arg version "$version" --arg side "$side" --argjson mib "$mib" --arg heap "$heap" --arg starts "$starts" \
        '{version: $version, side: $side, limit_mib: $mib, heap: $heap, real_node: $starts}' | tee -a "$heaps" >&2
    done
  done
  sleep 1; rmdir /sys/fs/cgroup/esboot-bench /sys/fs/cgroup/memory/esboot-bench 2>/dev/null || true
}

boot_once() {
  if boot "$1" "$2"; then echo "serves after $(jq -n "$served | floor") s"; else echo "does not start"; fi
  end_node
}
