/** What CRIU and crun are told of a VE beside what crun knows itself: pure. criu(8), "--external". */

export type OciMount = { destination: string; source: string; type: string; options: string[] }
export type OciConfig = {
  mounts: OciMount[]
  linux: {
    namespaces: { type: string; path?: string }[]
    resources?: Record<string, unknown>
  } & Record<string, unknown>
} & Record<string, unknown>

/**
 * With v1 the empty hierarchy of v2 may be there beside it, and all of the machine in its root: CRIU would write down all groups of that,
 * whoever's they are, and make them again below the VE's own, more with every turn. Those of a VE the agent makes.
 */
export const manageCgroups = (version: 1 | 2): string =>
  `--manage-cgroups-mode=${version === 1 ? 'ignore' : 'soft'}`

/** Deleted files that processes hold open are kept in the checkpoint up to this size: libraries that an upgrade has replaced, say. */
const GHOST_LIMIT = '256M'

const isBind = ({ options }: OciMount) => options.some((option) => option === 'bind' || option === 'rbind')

/** What of the host is mounted in the VE: destination → source. */
export function hostMounts(config: Pick<OciConfig, 'mounts'>): Record<string, string> {
  const binds = config.mounts.filter(isBind)
  return Object.fromEntries(binds.map(({ destination, source }) => [destination, source]))
}

/**
 * crun's configuration of a VE for checkpoint and restore. crun would make files for the places of bind mounts on the disk below /proc,
 * and look for a directory of its own that the VE's root cannot reach: these mounts CRIU is told of in its own configuration. The time
 * namespace, too, is CRIU's to make, with the clocks going on where they were. And processes are not limited yet: CRIU takes some more.
 */
export function criuConfig(config: OciConfig, settingsFile: string): OciConfig {
  return {
    ...config,
    annotations: { 'org.criu.config': settingsFile },
    mounts: config.mounts.filter((mount) => !isBind(mount)),
    linux: {
      ...config.linux,
      maskedPaths: [],
      resources: { ...config.linux.resources, pids: undefined },
      namespaces: config.linux.namespaces.filter(({ type }) => type !== 'time'),
    },
  }
}

/** `network-lock`: by libnftables, which CRIU has in it, where it would otherwise run iptables-restore eight times. */
const COMMON = [
  'tcp-established',
  'skip-in-flight',
  'network-lock nftables',
  `ghost-limit ${GHOST_LIMIT}`,
  'external mnt[]',
]

const text = (lines: readonly string[]) => `${lines.join('\n')}\n`

/** For a dump: mounts of the host are known by where they are in the VE. */
export function dumpSettings(mounts: readonly string[]): string {
  return text([...COMMON, ...mounts.map((place) => `external mnt[${place}]:${place}`)])
}

/** For a restore: where these mounts come from now, by place; which device becomes which interface; what is run at each stage. */
export function restoreSettings(
  mounts: Record<string, string>,
  devices: Record<string, string>,
  actionScript: string,
): string {
  return text([
    ...COMMON,
    ...Object.entries(mounts).map(([place, source]) => `external mnt[${place}]:${source}`),
    ...Object.entries(devices).map(([name, device]) => `external netdev[${name}]:${device}`),
    `action-script ${actionScript}`,
  ])
}
