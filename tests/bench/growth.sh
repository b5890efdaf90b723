# How a restart grows with the work, by single numbers of entries, settings, files and addresses. Sourced by bench.sh.

many_settings() { for i in $(seq "$1"); do echo "cluster.metadata.k$i: value of $i"; done; }
many_entries() { for i in $(seq "$1"); do echo "s3.client.c$i.secret_key=value of $i"; done; }

# grown VERSION NAME COUNT: a restart of both sides as the node is now.
grown() { row "$2 | $3" null "$(in_node "$1" "$1" bin/elasticsearch)" "$(in_node "$1" "$1" 'bin/esboot start')" "" 3 "$growth"; }

reset_node() {
  local version=$1 node=$work/node-$1
  rm -rf "$node/config" && cp -a "$node/config.fresh" "$node/config"
  eval "$(in_node "$version" "$version" 'bin/esboot configure')" || true
}

measure_growth() {
  local version=$1 node=$work/node-$1 count
  reset_node "$version"
  for count in 1 100 10000; do
    many_entries "$count" > "$node/entries"
    chmod 644 "$node/entries"
    eval "$(in_node "$version" "$version" 'bin/esboot keystore apply entries')"
    grown "$version" "keystore entries" "$count"
  done
  reset_node "$version"
  cp -a "$node/config/elasticsearch.yml" "$node/yml"
  for count in 1 1000 100000; do
    { cat "$node/yml"; many_settings "$count"; } > "$node/config/elasticsearch.yml"
    grown "$version" settings "$count"
  done
  cp -a "$node/yml" "$node/config/elasticsearch.yml"
  for count in 1 100 1000; do
    rm -rf "$node/config/jvm.options.d" && mkdir "$node/config/jvm.options.d"
    for i in $(seq "$count"); do echo "-Dbench.option$i=$i" > "$node/config/jvm.options.d/$i.options"; done
    chmod -R a+rX "$node/config/jvm.options.d"
    grown "$version" "jvm.options.d files" "$count"
  done
  measure_addresses "$version"
}

# Addresses become names of the certificate, so it is a first start; with keys that take no time, where that can be.
measure_addresses() {
  local version=$1 node=$work/node-$1 count fresh in_net
  [ "$(id -u)" = 0 ] || { echo "SKIPPED: addresses: a network namespace needs root" >&2; return; }
  fresh="rm -rf $node/config $node/data && cp -a $node/config.fresh $node/config"
  for count in 1 200; do
    in_net="unshare -n sh -c 'ip link set lo up; for i in \$(seq $count); do ip addr add 10.77.0.\$i/32 dev lo; done; exec \"\$@\"' sh"
    row "addresses, a first start (esboot with EC keys) | $count" null "$in_net $(in_node "$version" "$version" bin/elasticsearch)" \
      "$in_net $(in_node "$version" "$version" 'bin/esboot start --key-type=p256')" "$fresh" 3 "$growth"
  done
}
