/** What enrolment finds on a simulated host, by the host's name. */
import { setTimeout as delay } from 'node:timers/promises'
import { HOST_TOOL_NAMES, type HostTool } from '../../lib/contract/host-facts.ts'
import { Problem } from '../../lib/contract/problem.ts'
import { GIB, MIB } from '../../lib/contract/units.ts'
import { hostSentinel } from './sentinels.ts'

const KEY = { hostKey: 'simulated', keyType: 'simulated', fingerprint: 'simulated' }
/** What a fresh machine typically lacks. */
const USUALLY_MISSING: readonly HostTool[] = ['qjs', 'crun', 'criu', 'mmdebstrap']

/** Throws as a sign-in with a wrong password, to a dead host and so on would. */
export async function enrolSimulatedHost(name: string) {
  const sentinel = hostSentinel(name)
  await delay(200)
  if (sentinel === 'unreachable')
    throw new Problem('host-unreachable', `${name} (simulated) does not answer.`)
  if (sentinel === 'refused') throw new Problem('host-refused', `${name} (simulated) refuses the connection.`)
  if (sentinel === 'key-changed')
    throw new Problem('host-key-changed', `${name} (simulated) shows another key.`)
  if (sentinel === 'wrong-password')
    throw new Problem('sign-in-failed', `${name} (simulated) does not accept the password.`)
  const lacks = (tool: HostTool) => sentinel === 'missing-packages' || USUALLY_MISSING.includes(tool)
  return {
    hostKey: KEY,
    async inspect() {
      await delay(150)
      return {
        root: sentinel === 'no-root' ? ('none' as const) : ('direct' as const),
        machine: 'x86_64',
        kernel: sentinel === 'old-kernel' ? '4.19.0-simulated' : '6.12.0-simulated',
        distribution: { id: 'simulated', version: '0', name: 'Simulated host' },
        packageManager: sentinel === 'missing-packages' ? 'dnf' : 'apt-get',
        tools: Object.fromEntries(HOST_TOOL_NAMES.map((tool) => [tool, !lacks(tool)])) as Record<
          HostTool,
          boolean
        >,
        rootFreeBytes: 20 * GIB,
        vzFreeBytes: sentinel === 'small-disk' ? 100 * MIB : 500 * GIB,
        cgroups: 'v2' as const,
        userNamespaces: true,
      }
    },
    async installPackages(packages: readonly string[], onLine: (line: string) => void) {
      for (const name of packages) {
        await delay(100)
        onLine(`Setting up ${name} (simulated) ...`)
      }
      return { unavailable: [] }
    },
    installAgent: () => delay(150),
    removeAgent: () => delay(50),
  }
}
