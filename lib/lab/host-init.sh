#!/bin/sh
# host-init.sh HOST_DIR ROOT NAME ADDRESS/PREFIX GATEWAY VZ_TYPE PROXY_URL
# Pid 1 of a lab host, in namespaces of its own, until it becomes the host's init. Speaks with the process that raises the host:
# says its pid as that one sees it, waits for "go" (its end of the veth is there), reads the root password, says "ready".
# When that process dies, `read` sees the end of the pipe and this ends too, and the kernel drops everything below with it.
set -eu
host_dir=$1 root=$2 name=$3 address=$4 gateway=$5 vz_type=$6 proxy=$7

# /proc is still that of the machine, so the pid in it is the one the machine knows.
read -r pid _ </proc/self/stat
echo "pid $pid"
read -r go && [ "$go" = go ]
read -r password

hostname "$name"

# The system disk: what this host writes over the shared userland. xino: the two are on different devices, and without it
# `find -delete` was seen to leave files behind, taking one directory for another.
system=$host_dir/system
mkdir -p "$system" "$host_dir/root"
mount -o loop "$host_dir/system.img" "$system"
mkdir -p "$system/upper" "$system/work"
new=$host_dir/root
mount -t overlay -o "lowerdir=$root/tree,xino=on,upperdir=$system/upper,workdir=$system/work" overlay "$new"

mount -t proc -o nosuid,nodev,noexec proc "$new/proc"
mount -t sysfs -o nosuid,nodev,noexec sysfs "$new/sys"
mount -t tmpfs -o nosuid,nodev,mode=755 tmpfs "$new/run"
mkdir "$new/run/sshd" "$new/run/netns" "$new/run/lock"

# Devices: only what a host needs. Loop devices are shared by the whole machine; a node for each that may come into use.
mount -t tmpfs -o nosuid,mode=755 dev "$new/dev"
for node in null zero full random urandom tty kmsg fuse loop-control btrfs-control userfaultfd net/tun; do
  [ -e "/dev/$node" ] || continue
  mkdir -p "$new/dev/$(dirname "$node")"
  cp -a "/dev/$node" "$new/dev/$node"
done
cp -a "$root/loop-nodes/." "$new/dev/"
mkdir "$new/dev/pts" "$new/dev/shm" "$new/dev/mqueue"
mount -t devpts -o nosuid,noexec,newinstance,ptmxmode=0666,mode=0620,gid=5 devpts "$new/dev/pts"
mount -t tmpfs -o nosuid,nodev,mode=1777 shm "$new/dev/shm"
mount -t mqueue -o nosuid,nodev,noexec mqueue "$new/dev/mqueue"
ln -s pts/ptmx "$new/dev/ptmx"
ln -s /proc/self/fd "$new/dev/fd"
for fd in 0:stdin 1:stdout 2:stderr; do ln -s "/proc/self/fd/${fd%%:*}" "$new/dev/${fd##*:}"; done

# Cgroups as the machine has them: per v1 controller (without the empty unified one, a hybrid that crun refuses), or v2.
if grep -q '^[0-9]*:[a-z]' /proc/self/cgroup; then
  mount -t tmpfs -o nosuid,nodev,noexec,mode=755 tmpfs "$new/sys/fs/cgroup"
  while IFS=: read -r _ controllers _; do
    [ -n "$controllers" ] || continue
    at=$new/sys/fs/cgroup/${controllers#name=}
    mkdir "$at"
    case $controllers in name=*) options=none,$controllers ;; *) options=$controllers ;; esac
    mount -t cgroup -o "nosuid,nodev,noexec,$options" cgroup "$at"
    case $controllers in *,*) for one in $(echo "$controllers" | tr , ' '); do ln -s "$controllers" "$new/sys/fs/cgroup/$one"; done ;; esac
  done </proc/self/cgroup
else
  mount -t cgroup2 -o nosuid,nodev,noexec cgroup2 "$new/sys/fs/cgroup"
  # Processes live in a leaf, as under systemd, so that controllers can be handed to children.
  mkdir -p "$new/sys/fs/cgroup/init.scope"
  echo 0 >"$new/sys/fs/cgroup/init.scope/cgroup.procs"
  for controller in $(cat "$new/sys/fs/cgroup/cgroup.controllers"); do
    echo "+$controller" >"$new/sys/fs/cgroup/cgroup.subtree_control"
  done
fi

mkdir -p "$new/vz"
case $vz_type in
  # Quota on XFS is asked for when mounting; a kernel without it refuses the mount.
  xfs) mount -o loop,uquota,gquota,pquota "$host_dir/vz.img" "$new/vz" 2>/dev/null || mount -o loop "$host_dir/vz.img" "$new/vz" ;;
  btrfs) mount -o loop,user_subvol_rm_allowed "$host_dir/vz.img" "$new/vz" ;;
  *) mount -o loop "$host_dir/vz.img" "$new/vz" ;;
esac

# Who it is.
echo "$name" >"$new/etc/hostname"
printf '127.0.0.1 localhost\n%s %s\n' "${address%/*}" "$name" >"$new/etc/hosts"
[ -s "$new/etc/machine-id" ] || tr -d - </proc/sys/kernel/random/uuid >"$new/etc/machine-id"
cp "$host_dir/keys/ssh_host_ed25519_key" "$host_dir/keys/ssh_host_ed25519_key.pub" "$new/etc/ssh/"
chmod 600 "$new/etc/ssh/ssh_host_ed25519_key"
echo "Acquire::http::Proxy \"$proxy\";" >"$new/etc/apt/apt.conf.d/90lab-proxy"
# The lab's own key, once: what an enrolment adds to the file later is its own business.
mkdir -p -m 700 "$new/root/.ssh"
keys=$new/root/.ssh/authorized_keys
touch "$keys" && chmod 600 "$keys"
grep -qxF "$(cat "$host_dir/../../operator/id_ed25519.pub")" "$keys" || cat "$host_dir/../../operator/id_ed25519.pub" >>"$keys"

ip link set lo up
ip address add "$address" dev eth0
ip link set eth0 up
ip route add default via "$gateway"

cd "$new"
mkdir -p old
pivot_root . old
cd /
umount -l /old
rmdir /old
mount --make-rshared /
echo "root:$password" | chpasswd
echo ready
exec /usr/sbin/init </dev/null >/dev/null 2>&1
