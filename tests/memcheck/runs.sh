#!/usr/bin/env bash
# runs.sh PROGRAM STAND_IN_JAVA: runs the program under valgrind's memcheck, the processes that it leaves behind
# included, against a stand-in JVM. For each run one line, "name | how it ended | findings", on stdout; 1 where anything
# was found or a run did not end as it should.
set -euo pipefail
program=$(readlink -f "$1") java=$(readlink -f "$2")
work=$(mktemp -d /var/tmp/esboot-memcheck-XXXXXX)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{es/bin,es/lib,es/config,es/modules/apm,jdk/bin,tmp,logs,findings}
cp "$program" "$work/es/bin/esboot"
cp "$java" "$work/jdk/bin/java"
printf 'JAVA_VERSION="17.0.15"\n' >"$work/jdk/release"
printf 'ready\n' >"$work/jdk/script"
touch "$work/es/lib/elasticsearch-8.19.21.jar" "$work/es/modules/apm/elastic-apm-agent-java8-1.55.6.jar"
printf '# settings\n' >"$work/es/config/elasticsearch.yml"
printf -- '-XX:+UseG1GC\n-Xmx1g\n' >"$work/es/config/jvm.options"
printf 'status = error\n' >"$work/es/config/log4j2.properties"
chmod 0755 "$work"
chmod 0660 "$work"/es/config/*
user=()
if [ "$(id -u)" = 0 ]; then
  chown -R 65534:65534 "$work"
  user=(setpriv --reuid 65534 --regid 65534 --clear-groups --)
fi
failed=0

# run NAME EXIT_CODE INPUT ARGUMENT...
run() {
  local name=$1 wanted=$2 input=$3 code=0 found
  shift 3
  printf '%s' "$input" | "${user[@]}" env -i PATH=/usr/local/bin:/usr/bin:/bin ES_JAVA_HOME="$work/jdk" \
    ES_TMPDIR="$work/tmp" HOSTNAME=memcheck timeout 300 valgrind --quiet --error-exitcode=99 --child-silent-after-fork=no \
    --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=none --num-callers=30 \
    --log-file="$work/findings/$name.%p" "$work/es/bin/esboot" "$@" >"$work/logs/$name" 2>&1 || code=$?
  # The relay outlives the start; its findings count as well.
  for _ in $(seq 100); do pgrep -f "$work/es/bin/esboot" >/dev/null || break; sleep 0.1; done
  # A definite loss in a program that ends, or executes another one, is no error; everything else is.
  found=$(cat "$work/findings/$name".* 2>/dev/null | grep -vE 'definitely lost' | grep -cE '^==[0-9]+== [A-Z]') || true
  printf '%s | %s | %s\n' "$name" \
    "$([ "$code" = "$wanted" ] && printf 'as expected' || printf 'exit code %s' "$code")" "$found"
  if [ "$code" != "$wanted" ] || [ "$found" != 0 ]; then
    failed=1
    { printf -- '--- %s: exit code %s, wanted %s\n' "$name" "$code" "$wanted"
      cat "$work/logs/$name" "$work/findings/$name".*; } >&2
  fi
}

run version 0 '' version --json
run help 0 '' help
run first-start 0 '' start --key-type p256 --credentials-file "$work/tmp/credentials.json"
run restart 0 '' start
run restart-of-settings 0 '' start -E node.name=one -E path.logs="$work/logs" -E discovery.type=single-node
run daemonize 0 '' start --daemonize
run init 0 '' start --init
run dry-run 3 '' start --dry-run
run refused-option 64 '' start --nothing
run refused-join 80 '' start --enrollment-token bm90aGluZw==
run check 3 '' check
run doctor 0 '' doctor
run certs-show 0 '' certs show
run certs-check 0 '' certs check
run certs-renew 0 '' certs renew
run keystore-list 0 '' keystore list
run keystore-add 0 'a value' keystore add --stdin s3.client.default.secret_key
run keystore-show 0 '' keystore show s3.client.default.secret_key
run keystore-add-file 0 '' keystore add-file some.file "$work/es/config/jvm.options"
run keystore-remove 0 '' keystore remove some.file
run keystore-upgrade 0 '' keystore upgrade
run keystore-wrong-name 78 '' keystore show none.such
exit "$failed"
