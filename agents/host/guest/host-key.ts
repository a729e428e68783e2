import { vePaths } from '../paths.ts'
import { mustStart } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'

/** An SSH host key: the texts of both files. */
export type HostKey = { privateKey: string; publicKey: string }

/**
 * Makes the SSH host key of a clone, of a kind that every client takes, with the host's ssh-keygen(1): the VE's own is a
 * program that nobody knows. Goes on until it is waited for; the VE's directory must be there.
 */
export function startHostKey(sys: Sys, veid: number, hostname: string): { wait(): HostKey } {
  const file = `${vePaths(veid).home}/ssh_host_key`
  const remove = () => {
    sys.remove(file)
    sys.remove(`${file}.pub`)
  }
  remove() // of an agent that was killed: it would be asked about
  const comment = `root@${hostname}`
  const making = mustStart(sys, ['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', file])
  return {
    wait: () => {
      making.wait()
      const key = { privateKey: sys.read(file) ?? '', publicKey: sys.read(`${file}.pub`) ?? '' }
      remove()
      return key
    },
  }
}
