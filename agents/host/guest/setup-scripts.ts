/**
 * What runs inside a VE's own user, mount and pid namespaces to write files into its tree. Constant text: data comes in
 * environment variables and on standard input, never pasted in. The shell is the host's static busybox.
 */

/** Beneath the root as working directory: its own /proc and a /dev of five nodes, then the second script in a chroot. */
export const ENTER_SCRIPT = `
set -eu
mount -t proc proc proc
mount -t tmpfs -o mode=755,size=64k dev dev
for node in null zero full random urandom; do
  : >dev/$node
  mount --bind /dev/$node dev/$node
done
exec chroot . sh -c "$CORRAL_INSIDE"
`

/** In the chroot a symbolic link leads nowhere but into the VE's own tree; a link in place of a file is removed first. */
export const DEBIAN_SETUP_SCRIPT = `
set -eu
umask 022
put() { rm -rf "$1"; printf '%s' "$2" >"$1"; }
put /etc/hostname "$CORRAL_HOSTNAME
"
put /etc/hosts "$CORRAL_HOSTS"
put /etc/resolv.conf "$CORRAL_RESOLV"
put /etc/machine-id ""
mkdir -p /etc/network
put /etc/network/interfaces "$CORRAL_INTERFACES"
if [ -n "$CORRAL_KEYS" ]; then
  [ ! -L /root/.ssh ] || rm -f /root/.ssh
  mkdir -p /root/.ssh
  chmod 700 /root/.ssh
  put /root/.ssh/authorized_keys "$CORRAL_KEYS"
  chmod 600 /root/.ssh/authorized_keys
fi
if [ -x /usr/bin/ssh-keygen ]; then
  rm -f /etc/ssh/ssh_host_*
  /usr/bin/ssh-keygen -q -t ed25519 -N '' -C "root@$CORRAL_HOSTNAME" -f /etc/ssh/ssh_host_ed25519_key
fi
if [ "$CORRAL_PASSWORD" = stdin ]; then
  /usr/sbin/chpasswd
  # Debian's sshd lets root in by key only; who sets a password means to use it.
  if [ -d /etc/ssh/sshd_config.d ]; then
    put /etc/ssh/sshd_config.d/corral.conf "PermitRootLogin yes
"
  fi
fi
`
