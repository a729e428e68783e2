import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'

/** On the source, of one move: its key, whom it may talk to, and the way there. Root's alone. */
export function moveKeyPaths(move: string) {
  const folder = `${HOST_PATHS.state}/move/${move}`
  return {
    folder,
    key: `${folder}/key`,
    publicKey: `${folder}/key.pub`,
    knownHosts: `${folder}/known_hosts`,
    control: `${folder}/link`,
  }
}

/** Neither is the number of a VE: nobody takes them for one. */
export function movePaths(veid: number) {
  const outgoing = `${HOST_PATHS.ve}/${veid}.outgoing`
  const incoming = `${HOST_PATHS.ve}/${veid}.incoming`
  return {
    /** On the source: copies of the disk that the passes compare with. */
    outgoing,
    copy: (name: string) => `${outgoing}/${name}`,
    copiedDisk: (name: string) => `${outgoing}/${name}/disk.img`,
    /** On the destination: all that has come, until it is the VE's directory itself. */
    incoming,
    accepted: `${incoming}/accepted.json`,
    adopted: `${incoming}/adopted.json`,
    sealed: `${incoming}/sealed.json`,
    checkpoint: `${incoming}/checkpoint`,
    disk: `${incoming}/disk.img`,
  }
}
