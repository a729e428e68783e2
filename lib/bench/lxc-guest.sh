#!/bin/sh
# Creates and starts a guest with LXC from the template cache that Corral uses, the way Corral does it: a reflinked copy
# of the image, grown, mounted with shifted ids, host name and SSH host key of its own, cgroups, a routed address. (LXC 7
# sets no limits on cgroup v1, so its guest goes without: less work for LXC.)
# Runs on the lab host.
#   lxc-guest.sh up NAME CACHE-IMAGE ADDRESS ID-BASE DISK-BYTES | lxc-guest.sh down NAME
set -e
# The image lies on /vz, for the reflink; the mount point does not: /vz is closed to the ids that the guest has.
GUESTS=/run/bench-lxc
DIR=$GUESTS/$2
DISK=/vz/bench-lxc-$2.img

up() {
  name=$1 cache=$2 address=$3 base=$4 bytes=$5
  mkdir -p "$DIR/fs"
  cp --reflink=always "$cache" "$DISK"
  truncate -s "$bytes" "$DISK"
  e2fsck -fp "$DISK" >/dev/null || [ $? -eq 1 ]
  resize2fs "$DISK" >/dev/null 2>&1
  mount -o loop "$DISK" "$DIR/fs"
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
  exec lxc-start -P "$GUESTS" -n "$name"
}

down() {
  lxc-stop -k -P "$GUESTS" -n "$1"
  umount "$DIR/fs"
  rm -rf "$DIR" "$DISK"
}

verb=$1
shift
"$verb" "$@"
