import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import type { HostKey } from './host-key.ts'

/** What a VE's files are to say. */
export type GuestWish = Pick<VeSpec, 'hostname' | 'interfaces' | 'networkDevices' | 'dns'> & {
  /** For /etc/shadow (crypt(5)); null leaves root's password as it is. */
  passwordHash: string | null
  /** Lines of root's authorized_keys; null leaves them as they are. */
  sshKeys: readonly string[] | null
  /** For its sshd; null leaves the keys as they are. */
  hostKey: HostKey | null
  /** A clone of a template, which nobody has lived in. */
  fresh: boolean
  /** Its machine-id was that of another. */
  newMachine: boolean
}

/** Interfaces that the host sets up before init runs, and that the VE's own tools are to leave alone. */
export function hostManaged(wish: Pick<GuestWish, 'interfaces'>): string[] {
  return wish.interfaces.map(({ ifname }) => ifname)
}
