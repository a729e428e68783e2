import { inject } from 'vitest'
import type { TemplateCache } from '../../lib/contract/agent-protocol.ts'
import type { VeSpec } from '../../lib/contract/ve-spec.ts'
import { hostFootprint } from '../../lib/lab/host-footprint.ts'
import { openHostShell } from '../../lib/lab/host-shell.ts'
import { EXAMPLE_SPEC } from '../host/testing/example-spec.ts'
import { type LabAgent, labAgent } from './lab-agent.ts'
import { LabVe } from './lab-ve.ts'

/** The machine host that all its tests share, as one file of them sees it. */
export type MachinePlace = { agent: LabAgent; template: TemplateCache; address: string }

export async function machinePlace(): Promise<MachinePlace> {
  const machine = inject('machine')
  return { agent: await labAgent(machine), template: machine.template, address: '192.0.2.10' }
}

/** What a VE could leave on the host; the rest of what comes and goes there is systemd's. */
const OURS =
  /^(mount|link|ip|loop|nft|policy) |^cgroup \/sys\/fs\/cgroup\/corral|^file (\/run\/(corral|crun)|\/vz)\//
/** What stays on purpose: see agent-lab.ts. The last two mounts come with a login, and with the tests' own namespaces. */
const STAYS =
  /^mount (\/var\/lib\/lxcfs|\/run\/(user|netns)) |^file \/(run\/corral\/(lock|probed|(ve|network|user_beancounters)$|lxcfs)|vz\/ve$|vz\/template\/cache\/|run\/crun\/\.cache)/

const POLICY = '/sys/kernel/security/apparmor'

export async function machineFootprint({ agent }: MachinePlace): Promise<string[]> {
  const shell = await openHostShell(inject('machine'))
  try {
    const found = await hostFootprint(shell.execute)
    const policy = (await agent.run(`cat ${POLICY}/profiles; ls ${POLICY}/policy/namespaces`)).split('\n')
    return [...found, ...policy.map((line) => `policy ${line}`)]
      .filter((line) => OURS.test(line) && !STAYS.test(line))
      .map((line) => line.replace(/\b\d+sec\b/g, 'a while'))
  } finally {
    shell.close()
  }
}

/** For a still VE whose orphans are not to stay: of a parent that ignores their end the kernel asks nothing. It needs no process for that. */
export const REAPS = {
  command: ['perl', '-e', '$SIG{CHLD} = "IGNORE"; exec "sleep", "infinity"'],
  ...{ environment: {}, workingDirectory: '/', uid: 0, gid: 0 },
}

const PATIENCE_SECONDS = 300

/** A VE with nothing in it but a program that waits: ready at once also under emulation. The n-th is VE 100 + n. */
export function still(place: MachinePlace, n: number, more: Partial<VeSpec> = {}): LabVe {
  const application = {
    ...{ command: ['sleep', 'infinity'], environment: {}, workingDirectory: '/' },
    ...{ uid: 0, gid: 0 },
  }
  const spec: Partial<VeSpec> = {
    ...{ veid: 100 + n, uuid: EXAMPLE_SPEC.uuid.replace(/..$/, String(n).padStart(2, '0')) },
    ...{ idBase: EXAMPLE_SPEC.idBase + 65_536 * (n - 1), kind: 'application', application, interfaces: [] },
    ...more,
  }
  return new LabVe(place, spec, PATIENCE_SECONDS)
}
