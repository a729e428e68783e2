import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'

/** What a VE sees of the host's answers to its quota programs: a socket and the program, root's on the host, for everybody to read. */
export function shimPaths(veid: number) {
  const folder = `${HOST_PATHS.run}/quota/ve${veid}`
  return { folder, socket: `${folder}/socket`, tool: `${folder}/tool` }
}

/** Where it sees them. */
export const SHIM_INSIDE = '/dev/.corral/quota'

/** Its root is told from others by the ids that it has on the host. */
export const hasShim = ({ namespaces, limits }: Pick<VeSpec, 'namespaces' | 'limits'>) =>
  namespaces.includes('user') && limits.quotaOwners > 0
