import { HOST_PATHS } from '../../lib/contract/agent-protocol.ts'

/** Where the parts of one VE are. */
export type VePaths = {
  /** What lasts: 0700, root's. */
  home: string
  disk: string
  /** Instead of the disk: with the storage driver `project`, a directory. */
  tree: string
  /** With `btrfs`, a subvolume, and the number that the file system knows it by. */
  subvolume: string
  subvolumeId: string
  spec: string
  uuid: string
  /** How its init ended last. */
  lastExit: string
  /** Until when a restart that it asks for counts as the halt that the panel asked of it. */
  halting: string
  /** How many quick reboots came one after the other. */
  reboots: string
  /** Says that it starts from the rescue image, and which that was cloned from. */
  rescue: string
  rescueDisk: string
  /** What a reboot clears. Belongs to the VE's root, 0700: crun enters it as that user, and /vz stays closed to everybody. */
  runHome: string
  /** crun's, while it runs: 0711, since crun runs hooks from there as the VE's root. */
  bundle: string
  /** The mounted file system, ids shifted. */
  root: string
  /** Its own file system while `root` is the rescue system's. */
  ownRoot: string
}

export function vePaths(veid: number): VePaths {
  const home = `${HOST_PATHS.ve}/${veid}`
  const runHome = `${HOST_PATHS.run}/ve/${veid}`
  return {
    home,
    disk: `${home}/disk.img`,
    tree: `${home}/tree`,
    subvolume: `${home}/subvolume`,
    subvolumeId: `${home}/subvolume.id`,
    spec: `${home}/spec.json`,
    uuid: `${home}/uuid`,
    lastExit: `${home}/last-exit.json`,
    halting: `${home}/halting`,
    reboots: `${home}/reboots`,
    rescue: `${home}/rescue.json`,
    rescueDisk: `${home}/rescue.img`,
    runHome,
    bundle: `${runHome}.bundle`,
    root: `${runHome}/root`,
    ownRoot: `${runHome}/own`,
  }
}

export const CGROUP_PARENT = '/corral'

export function veCgroup(veid: number): string {
  return `${CGROUP_PARENT}/ve${veid}`
}

export function cacheImage(cache: string): string {
  return `${HOST_PATHS.templateCache}/${cache}.img`
}

/** What the set-up of guests saw in the cache: kept for the next VE made from it. */
export function cacheSeen(cache: string): string {
  return `${HOST_PATHS.templateCache}/${cache}.seen`
}

export function cacheRecord(cache: string): string {
  return `${HOST_PATHS.templateCache}/${cache}.json`
}
