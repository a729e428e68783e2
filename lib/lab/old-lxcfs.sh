#!/bin/sh
# old-lxcfs.sh ROOT: a hook of mmdebstrap(1). Puts lxcfs 6 into a root, the last that knows cgroup v1, from the Debian release that has
# it; the root's own sources stay as they are. $LAB_MIRROR is Debian's archive.
set -eu
root=$1
list=$root/etc/apt/sources.list.d/old-lxcfs.list
echo "deb $LAB_MIRROR trixie main" >"$list"
chroot "$root" apt-get --quiet --quiet update
chroot "$root" apt-get --quiet --quiet --yes --no-install-recommends --allow-downgrades install lxcfs/trixie
rm "$list" "$root"/var/lib/apt/lists/*_trixie_*
