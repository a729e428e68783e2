/** A lab host with the agent and no panel: for figures of what the kernel is asked to do, not of what asks it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { buildAgent } from '../../agents/build.ts'
import { type LabAgent, labAgent } from '../../agents/testing/lab-agent.ts'
import { type AgentParams, HOST_PATHS, type TemplateCache } from '../contract/agent-protocol.ts'
import { type HostShell, openHostShell } from '../lab/host-shell.ts'
import { lowerLab } from '../lab/lower-lab.ts'
import { raiseLab } from '../lab/raise-lab.ts'

export type EngineHost = {
  agent: LabAgent
  /** Runs a program on the host as root; gives what it printed. */
  shell: HostShell['execute']
  template: TemplateCache
  /** Free on the lab's link, for one VE. */
  veAddress: string
  /** The host's own address on that link. */
  address: string
  /** Takes everything down, VEs that still run too. */
  lower(): Promise<void>
}

/** What measures, in the VE and on the bare host: the same programs from the same image. */
const TOOLS = ['openssl', 'fio', 'iperf3']

const TEMPLATE: AgentParams<'template-build'> = {
  cache: 'bench',
  definition: { family: 'debian', suite: 'trixie', arch: 'x86-64', init: 'sysvinit', packages: TOOLS },
  limits: { memoryBytes: 2 ** 31, diskBytes: 2 ** 32, processes: 512, timeoutSeconds: 540 },
}

export async function raiseEngineHost(say: (line: string) => void): Promise<EngineHost> {
  const dir = mkdtempSync('/var/tmp/corral-engine-')
  const lower = async () => {
    await lowerLab(dir, { erase: true })
    rmSync(dir, { recursive: true, force: true })
  }
  try {
    say('raising a lab host with the agent alone')
    const { hosts, network } = await raiseLab({ dir, hosts: 1, name: 'engine' })
    const [host] = hosts
    if (!host) throw new Error('The lab came up without a host.')
    const agent = await labAgent(host)
    await buildAgent(path.join(dir, 'agent.js'))
    const bundle = readFileSync(path.join(dir, 'agent.js'), 'utf8')
    await agent.run(`mkdir -p ${path.dirname(HOST_PATHS.agent)} && cat >${HOST_PATHS.agent}`, bundle)
    say(`building a template with ${TOOLS.join(', ')}`)
    const template = await agent.call('template-build', TEMPLATE, 'bench:template')
    const { execute, close } = await openHostShell(host)
    return {
      ...{ agent, shell: execute, template },
      ...{ veAddress: network.addressPool.first, address: host.address },
      lower: () => {
        agent.close()
        close()
        return lower()
      },
    }
  } catch (error) {
    await lower()
    throw error
  }
}
