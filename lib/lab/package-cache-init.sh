#!/bin/sh
# package-cache-init.sh SLOT_DIR PROGRAM ARG...
# In a mount namespace of its own: puts the slot's directories where the Debian package has its own, and becomes PROGRAM.
# The cache runs unprivileged and need not have a way through the directories above the slot, which may be someone's home.
set -eu
slot=$1
shift
mount --bind "$slot/config" /etc/apt-cacher-ng
mount --bind "$slot/cache" /var/cache/apt-cacher-ng
mount --bind "$slot/log" /var/log/apt-cacher-ng
exec "$@"
