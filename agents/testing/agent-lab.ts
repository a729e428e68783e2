import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'vitest'
import { HOST_PATHS, type TemplateCache } from '../../lib/contract/agent-protocol.ts'
import { Problem, type ProblemCode } from '../../lib/contract/problem.ts'
import type { HostLimits } from '../../lib/lab/cgroups.ts'
import { hostFootprint, leaks } from '../../lib/lab/host-footprint.ts'
import { openHostShell } from '../../lib/lab/host-shell.ts'
import type { FileSystem, LabHost } from '../../lib/lab/lab-state.ts'
import { lowerLab } from '../../lib/lab/lower-lab.ts'
import { raiseLab } from '../../lib/lab/raise-lab.ts'
import { buildAgent } from '../build.ts'
import { type LabAgent, labAgent } from './lab-agent.ts'

export const PASSWORD = 'sesame-open'

export const TEMPLATE = {
  cache: 'debian-13-test',
  definition: {
    family: 'debian' as const,
    suite: 'trixie' as const,
    arch: 'x86-64' as const,
    init: 'sysvinit' as const,
    packages: [],
  },
  limits: { memoryBytes: 2 ** 31, diskBytes: 2 ** 32, processes: 512, timeoutSeconds: 540 },
}

/** A lab of one host with the agent and a template on it. */
export type AgentLab = {
  dir: string
  host: LabHost
  agent: LabAgent
  template: TemplateCache
  /** Text of the agent that is installed. */
  bundle: string
  /** An address for a VE. */
  address: string
  /** A key pair for VEs: private key file, public key. */
  keyFile: string
  publicKey: string
  lower(): Promise<void>
}

/** `fileSystem`: what /vz is; `hostLimits`: what the host as a whole may take of this machine. */
export async function raiseAgentLab(
  fileSystem: FileSystem = 'xfs',
  hostLimits?: Partial<HostLimits>,
): Promise<AgentLab> {
  const dir = mkdtempSync(path.join(tmpdir(), 'corral-agent-'))
  const keyFile = path.join(dir, 'key')
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', keyFile])
  try {
    const lab = await raiseLab({ dir, hosts: 1, name: 'agent', fileSystem, hostLimits })
    const host = lab.hosts[0] as LabHost
    await buildAgent(path.join(dir, 'agent.js'))
    const bundle = readFileSync(path.join(dir, 'agent.js'), 'utf8')
    const agent = await labAgent(host)
    await agent.run(`mkdir -p /usr/local/lib/corral && cat >${HOST_PATHS.agent}`, bundle)
    const template = await agent.call('template-build', TEMPLATE, 'lab:template')
    return {
      ...{ dir, host, agent, template, bundle, keyFile },
      address: lab.network.addressPool.first,
      publicKey: readFileSync(`${keyFile}.pub`, 'utf8').trim(),
      lower: async () => {
        agent.close()
        await lower(dir)
      },
    }
  } catch (error) {
    await lower(dir)
    throw error
  }
}

async function lower(dir: string): Promise<void> {
  await lowerLab(dir, { erase: true })
  rmSync(dir, { recursive: true, force: true })
}

/** Another one each time the host boots. */
const VZ_DEVICE = /(?<=^mount \/vz \S+) \/dev\/loop\d+$/

/** Everything that a VE or a build could leave behind. */
export async function footprint({ host }: Pick<AgentLab, 'host'>): Promise<string[]> {
  const shell = await openHostShell(host)
  try {
    const found = await hostFootprint(shell.execute)
    return found.filter(leaks).map((line) => line.replace(VZ_DEVICE, ''))
  } finally {
    shell.close()
  }
}

/** The kernel takes a link of a dying network namespace down a moment later. */
export async function expectFootprint(lab: Pick<AgentLab, 'host'>, before: string[]): Promise<void> {
  await expect.poll(() => footprint(lab), { timeout: 10_000, interval: 200 }).toEqual(before)
}

/** The code of the problem that a call ends with; null when it succeeds. */
export async function problemOf(work: Promise<unknown>): Promise<ProblemCode | null> {
  try {
    await work
    return null
  } catch (error) {
    if (error instanceof Problem) return error.code
    throw error
  }
}

/** A line for the shell of the VE at the lab's address, over SSH with its root's password; waits for its sshd. */
export async function inVe({ host, address }: AgentLab, line: string): Promise<string> {
  for (let tries = 0; ; tries += 1) {
    try {
      const shell = await openHostShell({ ...host, address, sshPort: 22, rootPassword: PASSWORD })
      try {
        return (await shell.execute(['sh', '-c', line])).trim()
      } finally {
        shell.close()
      }
    } catch (error) {
      if (tries === 60 || !/ECONN|EHOST|refused|handshake/i.test(String(error))) throw error
      await delay(100)
    }
  }
}

/** The same with the lab's key, as a person with OpenSSH does it. */
export function inVeWithKey({ keyFile, address }: AgentLab, line: string): string {
  const options = [
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    'BatchMode=yes',
    'LogLevel=ERROR',
  ]
  const argv = [...options.flatMap((option) => ['-o', option]), '-i', keyFile, `root@${address}`, line]
  return execFileSync('ssh', argv, { encoding: 'utf8' }).trim()
}
