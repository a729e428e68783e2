import { ID_RANGE_SIZE, type VeGuestAccess, type VeSpec } from '../../../lib/contract/ve-spec.ts'
import { vePaths } from '../paths.ts'
import { mustRun } from '../sys/run.ts'
import { ENVIRONMENT, type Sys } from '../sys/sys.ts'
import { hostsFile, interfacesFile, resolvFile } from './guest-files.ts'
import { DEBIAN_SETUP_SCRIPT, ENTER_SCRIPT } from './setup-scripts.ts'

/** unshare(1) as the VE's root: in the VE's ids and in namespaces of its own, so that a hostile tree reaches nothing. */
function asVeRoot(idBase: number): string[] {
  const map = `0:${idBase}:${ID_RANGE_SIZE}`
  const namespaces = ['--user', '--mount', '--pid', '--fork', '--ipc', '--uts', '--net', '--cgroup']
  const ids = [`--map-users=${map}`, `--map-groups=${map}`, '--setuid=0', '--setgid=0']
  return ['unshare', ...namespaces, ...ids]
}

/** Writes name, addresses, keys and password into the attached root. The password goes through standard input only. */
export function setUpGuest(sys: Sys, spec: VeSpec, access: VeGuestAccess): void {
  const password = access.rootPassword
  mustRun(sys, [...asVeRoot(spec.idBase), 'busybox', 'sh', '-c', ENTER_SCRIPT], {
    cwd: vePaths(spec.veid).root,
    stdin: password === undefined ? '' : `root:${password}\n`,
    env: {
      ...ENVIRONMENT,
      CORRAL_INSIDE: DEBIAN_SETUP_SCRIPT,
      CORRAL_HOSTNAME: spec.hostname,
      CORRAL_HOSTS: hostsFile(spec),
      CORRAL_RESOLV: resolvFile(spec.dns),
      CORRAL_INTERFACES: interfacesFile(spec),
      CORRAL_KEYS: access.sshKeys.map((key) => `${key}\n`).join(''),
      CORRAL_PASSWORD: password === undefined ? 'none' : 'stdin',
    },
  })
}
