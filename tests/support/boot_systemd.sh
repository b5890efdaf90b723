#!/usr/bin/env bash
# boot_systemd.sh ROOT NAME [option of systemd-nspawn]...: boots the Debian in ROOT with systemd as
# PID 1, read-only below an overlay in memory, with a network of its own, in the foreground.
# boot_systemd.sh --make ROOT: makes a minimal Debian of this machine's release there.
# boot_systemd.sh --clean NAME: removes the control groups that it left.
set -euo pipefail

if [ "$1" = --clean ]; then
  find /sys/fs/cgroup -depth -type d -path "*/$2*" -exec rmdir {} + 2>/dev/null || true
  exit 0
fi
if [ "$1" = --make ]; then
  . /etc/os-release
  sources=/etc/apt/sources.list.d/debian.sources
  [ -e "$sources" ] || sources=/etc/apt/sources.list
  rm -rf "$2.new"
  mmdebstrap --quiet --variant=minbase --include=systemd,systemd-sysv,dbus "$VERSION_CODENAME" \
    "$2.new" "$sources"
  exec mv "$2.new" "$2"
fi
root=$1 name=$2
shift 2

# A group of its own, or systemd would take this process's group for its root.
while IFS=: read -r _ controllers path; do
  case $controllers in
    '') hierarchy=/sys/fs/cgroup/unified; [ -d "$hierarchy" ] || hierarchy=/sys/fs/cgroup ;;
    name=systemd) hierarchy=/sys/fs/cgroup/systemd ;;
    *) continue ;;
  esac
  mkdir -p "$hierarchy${path%/}/$name"
  echo $$ >"$hierarchy${path%/}/$name/cgroup.procs"
done </proc/self/cgroup
exec systemd-nspawn --quiet --directory="$root" --machine="$name" --register=no --keep-unit \
  --volatile=overlay --private-network --console=pipe --boot "$@"
