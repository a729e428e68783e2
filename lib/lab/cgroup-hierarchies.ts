/** One cgroup hierarchy of this machine and where the calling process is in it. */
export type Hierarchy = { version: 1 | 2; controllers: string[]; mountPoint: string; own: string }

type CgroupMount = { root: string; mountPoint: string; type: string; options: string[] }

/**
 * The hierarchies that hold controllers, from /proc/self/cgroup and /proc/self/mountinfo.
 * With v1 controllers mounted the unified hierarchy is empty, or nearly so, and is left out: crun refuses such a hybrid.
 */
export function parseHierarchies(selfCgroup: string, mountInfo: string): Hierarchy[] {
  const mounts = mountInfo.split('\n').flatMap(parseMount)
  const memberships = selfCgroup.trim().split('\n').map(parseMembership)
  const hierarchies = memberships.flatMap(({ controllers, path }): Hierarchy[] => {
    const version = controllers.length === 0 ? 2 : 1
    const mount = mounts.find((one) =>
      version === 2
        ? one.type === 'cgroup2'
        : one.type === 'cgroup' && controllers.every((name) => one.options.includes(name)),
    )
    if (!mount) return []
    const below = mount.root === '/' ? path : path.slice(mount.root.length)
    const own = `${mount.mountPoint}${below === '/' ? '' : below}`
    return [{ version, controllers, mountPoint: mount.mountPoint, own }]
  })
  const v1 = hierarchies.filter((one) => one.version === 1)
  return v1.length > 0 ? v1 : hierarchies
}

/** `4:memory:/a/b`, `9:name=systemd:/`, `0::/` */
function parseMembership(line: string) {
  const [, controllers = '', ...path] = line.split(':')
  return { controllers: controllers.split(',').filter(Boolean), path: path.join(':') }
}

/** proc(5): id, parent, device, root, mount point, options, optional fields, "-", type, source, super options. */
function parseMount(line: string): CgroupMount[] {
  const [before = '', after = ''] = line.split(' - ')
  const [, , , root = '/', mountPoint = ''] = before.split(' ')
  const [type = '', , options = ''] = after.split(' ')
  return type.startsWith('cgroup') ? [{ root, mountPoint, type, options: options.split(',') }] : []
}
