/**
 * A user namespace may mount /proc and /sys only if it sees one of each already that nothing covers (mount_too_revealing in
 * fs/namespace.c). A VE's own are covered in places, so one with nested containers keeps a bare pair below /dev/.corral.
 * crun mounts these at the root only: a hook does it, in the VE's namespaces and before it has its root. Its root is no root to the
 * hook yet: a link in the place of /dev would lead it among the host's directories. Nothing of the VE runs that could put one there now.
 */
const SCRIPT = `
set -eu
if [ -L "\${CORRAL_BARE%/*}" ]; then echo 'The /dev of the VE is a symbolic link.' >&2; exit 1; fi
mkdir -p "$CORRAL_BARE/proc" "$CORRAL_BARE/sys"
mount -t proc -o nosuid,nodev,noexec proc "$CORRAL_BARE/proc"
mount -t sysfs -o nosuid,nodev,noexec sysfs "$CORRAL_BARE/sys"
`

/** OCI's hooks. `root` is where the host mounts the VE's root. */
export function nestingHooks(root: string): Record<string, unknown> {
  const env = ['PATH=/usr/sbin:/usr/bin:/sbin:/bin', `CORRAL_BARE=${root}/dev/.corral`]
  return { createContainer: [{ path: '/bin/sh', args: ['sh', '-c', SCRIPT], env, timeout: 10 }] }
}
