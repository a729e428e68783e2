#!/bin/sh
# Creates and starts a guest with LXC from the template cache that Corral uses, the way Corral does it: a reflinked copy
# of the image, grown, mounted with shifted ids, host name and SSH host key of its own, cgroup limits, a routed address.
# Runs on the lab host.
#   lxc-guest.sh up NAME CACHE-IMAGE ADDRESS ID-BASE DISK-BYTES | lxc-guest.sh down NAME
set -e
DIR=/vz/lxc/$2
CONTROLLERS="memory pids cpu"

up() {
  name=$1 cache=$2 address=$3 base=$4 bytes=$5
  mkdir -p "$DIR/fs"
  cp --reflink=always "$cache" "$DIR/disk.img"
  truncate -s "$bytes" "$DIR/disk.img"
  e2fsck -fp "$DIR/disk.img" >/dev/null || [ $? -eq 1 ]
  resize2fs "$DIR/disk.img" >/dev/null 2>&1
  mount -o loop "$DIR/disk.img" "$DIR/fs"
  ssh-keygen -q -t ed25519 -N '' -f "$DIR/fs/etc/ssh/ssh_host_ed25519_key" </dev/null
  cat >"$DIR/config" <<X
lxc.rootfs.path = dir:$DIR/fs
lxc.rootfs.options = idmap=container
lxc.uts.name = $name
lxc.idmap = u 0 $base 65536
lxc.idmap = g 0 $base 65536
lxc.net.0.type = veth
lxc.net.0.veth.mode = router
lxc.net.0.l2proxy = 1
lxc.net.0.link = eth0
lxc.net.0.flags = up
lxc.net.0.name = eth0
lxc.net.0.ipv4.address = $address/32
lxc.net.0.ipv4.gateway = auto
lxc.apparmor.profile = unconfined
lxc.include = /usr/share/lxc/config/common.conf
lxc.include = /usr/share/lxc/config/userns.conf
X
  # LXC 7 knows no cgroup v1: make the groups and set the limits here, and start from inside them.
  for controller in $CONTROLLERS; do
    group=/sys/fs/cgroup/$controller/bench-$name
    mkdir -p "$group"
    echo $$ >"$group/cgroup.procs"
  done
  echo 536870912 >/sys/fs/cgroup/memory/bench-"$name"/memory.limit_in_bytes
  echo 1024 >/sys/fs/cgroup/pids/bench-"$name"/pids.max
  exec lxc-start -P /vz/lxc -n "$name"
}

down() {
  lxc-stop -k -P /vz/lxc -n "$1"
  umount "$DIR/fs"
  rm -rf "$DIR"
  for controller in $CONTROLLERS; do rmdir "/sys/fs/cgroup/$controller/bench-$1"; done
}

verb=$1
shift
"$verb" "$@"
