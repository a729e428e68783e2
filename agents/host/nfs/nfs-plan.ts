/** How the host mounts NFS for a VE. Pure. See nfs(5). */
import type { NfsMount } from '../../../lib/contract/ve-features.ts'

const MOUNT_SECONDS_MOST = '30'

function source({ server, export: path }: NfsMount): string {
  return `${server.includes(':') ? `[${server}]` : server}:${path}`
}

/**
 * Version 4 only: for an older one mount.nfs(8) starts a daemon of the host in the VE's network, and a server may ask for one.
 * retry=0: one that cannot be reached says so now. Users and groups travel as the numbers that the host knows, so that the VE's
 * user 0 is the first of its id range on the server.
 */
export function mountArgv(mount: NfsMount, directory: string, initPid: number): string[] {
  const options = `vers=4,nosuid,nodev,retry=0${mount.readOnly ? ',ro' : ''}`
  return [
    ...['timeout', '-k', '5', MOUNT_SECONDS_MOST, 'nsenter', '-t', String(initPid), '-n'],
    ...['mount', '-t', 'nfs', '-o', options, source(mount), directory],
  ]
}

export function sameMount(a: NfsMount, b: NfsMount): boolean {
  return a.server === b.server && a.export === b.export && a.path === b.path && a.readOnly === b.readOnly
}
