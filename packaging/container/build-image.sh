#!/usr/bin/env bash
# build-image.sh ES_HOME ESBOOT DIR [JDK]: lays out in DIR a Containerfile and the root file system
# of an image. ES_HOME is an unpacked Elasticsearch; its bundled `jdk` is used where no JDK is named.
# Then: podman build --format docker -t elasticsearch-esboot DIR
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
if [ $# -lt 3 ]; then
  sed -n '2,4s/^# //p' "$0" >&2
  exit 64
fi
es_home=$1 esboot=$2 dir=$(readlink -m "$3") jdk=${4:-$1/jdk}
[ -x "$jdk/bin/java" ] || { echo "error: no JDK at $jdk" >&2; exit 1; }
root=$dir/root home=$root/usr/share/elasticsearch
mkdir -p "$root"/{etc,tmp,run,usr/bin} "$home"
cp -a "$es_home/." "$home/"
[ "$jdk" = "$es_home/jdk" ] || cp -aL "$jdk" "$home/jdk"
install -m 0755 "$esboot" "$root/usr/bin/esboot"
"$esboot" install --into "$home"

# What the JVM and its libraries link to, at the paths where the loader looks.
{ find "$home/jdk" "$home/lib" -type f \( -name '*.so' -o -path '*/bin/java' \) -exec ldd {} + 2>/dev/null || true; } |
  grep -o '/[^ ]*\.so[^ ]*' | sort -u |
  while read -r library; do
    case $library in "$home"/*) continue ;; esac
    # A part of a path with a space in it is no library.
    [ ! -e "$library" ] || cp --parents -L "$library" "$root"
  done
for library in /lib/*/libnss_files.so.2 /lib/*/libnss_dns.so.2 /lib/*/libresolv.so.2; do
  [ ! -e "$library" ] || cp --parents -L "$library" "$root"
done

printf 'root:x:0:0::/:/\nelasticsearch:x:1000:0::/usr/share/elasticsearch:/\n' >"$root/etc/passwd"
printf 'root:x:0:\nelasticsearch:x:1000:\n' >"$root/etc/group"
printf 'hosts: files dns\npasswd: files\ngroup: files\n' >"$root/etc/nsswitch.conf"
# The type makes settings come from the environment (ES_SETTING_*, dotted names).
sed -i 's/^ES_DISTRIBUTION_TYPE=.*/ES_DISTRIBUTION_TYPE=docker/' "$home/bin/elasticsearch-env"
[ -e "$home/config/log4j2.file.properties" ] || cp "$home/config/log4j2.properties" "$home/config/log4j2.file.properties"
cp "$here/log4j2.console.properties" "$home/config/log4j2.properties"
printf 'cluster.name: "docker-cluster"\nnetwork.host: 0.0.0.0\n' >"$home/config/elasticsearch.yml"
# For a volume that is empty at first: eswrapper fills it from here.
cp -a "$home/config" "$home/config.dist"

# Everybody in group 0 reads all of it and writes what a node writes.
mkdir -p "$home"/{data,logs,plugins,config/jvm.options.d}
find "$root" ! -type l -exec chmod go=u,go-w {} +
chmod -R g=u "$home"/{config,data,logs,plugins}
chmod 1777 "$root/tmp"
chmod 0775 "$root/run"
chown -R 0:0 "$root"
cp "$here/Containerfile" "$dir/"
