import { vePaths } from './paths.ts'

/** What the host keeps for a running VE, on a small file system of its own: one umount takes all of it away. */
export type EquipmentPaths = {
  home: string
  /** Device nodes, seen as /dev/corral inside. */
  devices: string
  /** NFS mounts, one directory each; what is mounted here comes to be in the VE. */
  nfs: string
  /** Hold its namespaces of users, clocks and network open, so that they outlive a moment without processes. */
  users: string
  clocks: string
  network: string
  /** A network namespace that a device passes on its way back. */
  gate: string
}

export function equipmentPaths(veid: number): EquipmentPaths {
  const home = `${vePaths(veid).runHome}/host`
  return {
    home,
    devices: `${home}/dev`,
    nfs: `${home}/nfs`,
    users: `${home}/users`,
    clocks: `${home}/clocks`,
    network: `${home}/network`,
    gate: `${home}/gate`,
  }
}

/** Where a VE sees them. */
export const DEVICES_INSIDE = '/dev/corral'
export const NFS_INSIDE = '/dev/.corral/nfs'
