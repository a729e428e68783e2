/** Two lab hosts with the agent and no panel, each asked by the worker's kind of connection: for figures of moves. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import ssh2 from 'ssh2'
import { buildAgent } from '../../agents/build.ts'
import { type LabAgent, labAgent } from '../../agents/testing/lab-agent.ts'
import { describeHostKey } from '../agent-link/host-key.ts'
import { newSshKey } from '../agent-link/new-ssh-key.ts'
import { SshHostLink } from '../agent-link/ssh-host-link.ts'
import { type AgentParams, HOST_PATHS, type TemplateCache } from '../contract/agent-protocol.ts'
import type { LabHost } from '../lab/lab-state.ts'
import { lowerLab } from '../lab/lower-lab.ts'
import { raiseLab } from '../lab/raise-lab.ts'

export type PairHost = { host: LabHost; agent: LabAgent; link: SshHostLink }
export type EnginePair = {
  hosts: [PairHost, PairHost]
  /** On the first. */
  template: TemplateCache
  veAddress: string
  lower(): Promise<void>
}

const TEMPLATE: AgentParams<'template-build'> = {
  cache: 'bench',
  definition: {
    family: 'debian',
    suite: 'trixie',
    arch: 'x86-64',
    init: 'sysvinit',
    packages: ['nginx-light'],
  },
  limits: { memoryBytes: 2 ** 31, diskBytes: 2 ** 32, processes: 512, timeoutSeconds: 540 },
}

async function place(
  host: LabHost,
  bundle: string,
  key: { private: string; public: string },
): Promise<PairHost> {
  const agent = await labAgent(host)
  await agent.run(`mkdir -p ${path.dirname(HOST_PATHS.agent)} && cat >${HOST_PATHS.agent}`, bundle)
  const line = `restrict,pty,command="qjs --std ${HOST_PATHS.agent} serve" ${key.public}\n`
  await agent.run('mkdir -p /root/.ssh && cat >>/root/.ssh/authorized_keys', line)
  const target = { address: host.address, port: host.sshPort, fingerprint: host.hostKeyFingerprint }
  return { host, agent, link: new SshHostLink(target, key.private) }
}

export async function raiseEnginePair(say: (line: string) => void): Promise<EnginePair> {
  const dir = mkdtempSync('/var/tmp/corral-pair-')
  const closing: (() => void)[] = []
  const lower = async () => {
    for (const close of closing) close()
    await lowerLab(dir, { erase: true })
    rmSync(dir, { recursive: true, force: true })
  }
  try {
    say('raising two lab hosts with the agent alone')
    const { hosts, network } = await raiseLab({ dir, hosts: 2, name: 'pair' })
    await buildAgent(path.join(dir, 'agent.js'))
    const bundle = readFileSync(path.join(dir, 'agent.js'), 'utf8')
    const secret = newSshKey()
    const parsed = ssh2.utils.parseKey(secret)
    if (parsed instanceof Error) throw parsed
    const key = { private: secret, public: describeHostKey(parsed.getPublicSSH()).hostKey }
    const first = await place(hosts[0] as LabHost, bundle, key)
    const second = await place(hosts[1] as LabHost, bundle, key)
    for (const { agent, link } of [first, second]) closing.push(agent.close, () => link.close())
    say('building a template with nginx')
    const template = await first.agent.call('template-build', TEMPLATE, 'bench:template')
    return { hosts: [first, second], template, veAddress: network.addressPool.first, lower }
  } catch (error) {
    await lower()
    throw error
  }
}
