import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { AgentParams, TemplateCache } from '../../lib/contract/agent-protocol.ts'
import { HOST_PATHS } from '../../lib/contract/agent-protocol.ts'
import { run } from '../../lib/lab/command.ts'
import type { ShellAddress } from '../../lib/lab/host-shell.ts'
import type { LabHost } from '../../lib/lab/lab-state.ts'
import { lowerLab } from '../../lib/lab/lower-lab.ts'
import { raiseLab } from '../../lib/lab/raise-lab.ts'
import { freePort } from '../../lib/lab/tcp.ts'
import { bootMachine } from '../../lib/machines/machine-host.ts'
import { buildAgent } from '../build.ts'
import { labAgent } from './lab-agent.ts'

const CACHE_DIR = '/var/cache/corral'

/** A machine host (stock kernel, systemd, cgroup v2) with the agent and a systemd template on it. */
export type AgentMachine = ShellAddress & { template: TemplateCache }

const TEMPLATE: AgentParams<'template-build'> = {
  cache: 'debian-13-systemd',
  definition: {
    family: 'debian',
    suite: 'trixie',
    arch: 'x86-64',
    init: 'systemd',
    // The last loads policies of its own where the host has AppArmor.
    packages: ['iputils-ping', 'iputils-arping', 'nftables', 'apparmor'],
  },
  limits: { memoryBytes: 2 ** 31, diskBytes: 2 ** 32, processes: 512, timeoutSeconds: 540 },
}

/** Under emulation a build would take minutes: a lab host of this machine makes the template. */
async function buildTemplate(
  dir: string,
  bundle: string,
): Promise<{ template: TemplateCache; files: string[] }> {
  const lab = path.join(dir, 'lab')
  const { hosts } = await raiseLab({ dir: lab, hosts: 1, name: 'forge', cacheDir: CACHE_DIR })
  try {
    const agent = await labAgent(hosts[0] as LabHost)
    await agent.run(`mkdir -p /usr/local/lib/corral && cat >${HOST_PATHS.agent}`, bundle)
    const template = await agent.call('template-build', TEMPLATE, 'machine:template')
    agent.close()
    await lowerLab(lab)
    return { template, files: await takeOut(path.join(lab, 'hosts', 'forge1', 'vz.img'), dir) }
  } finally {
    await lowerLab(lab, { erase: true })
  }
}

/** The cache's files out of the image that the host's /vz was on. */
async function takeOut(vz: string, dir: string): Promise<string[]> {
  const at = path.join(dir, 'vz')
  const files = ['img', 'json'].map((ending) => path.join(dir, `${TEMPLATE.cache}.${ending}`))
  mkdirSync(at)
  await run(['mount', '-o', 'loop,ro', vz, at])
  try {
    for (const file of files)
      await run(['cp', '--sparse=always', path.join(at, 'template/cache', path.basename(file)), file])
  } finally {
    await run(['umount', at])
  }
  return files
}

export async function raiseAgentMachine(): Promise<AgentMachine & { stop(): Promise<void> }> {
  const dir = mkdtempSync(path.join(tmpdir(), 'corral-machine-'))
  const erase = () => rmSync(dir, { recursive: true, force: true })
  try {
    await buildAgent(path.join(dir, 'agent.js'))
    const bundle = readFileSync(path.join(dir, 'agent.js'), 'utf8')
    const { template, files } = await buildTemplate(dir, bundle)
    const { stop, ...address } = await bootMachine({
      dir: path.join(dir, 'machine'),
      cacheDir: CACHE_DIR,
      sshPort: await freePort(),
      memoryMib: 2048,
      vzFiles: files.map((from) => ({ path: `template/cache/${path.basename(from)}`, from })),
    })
    const end = () => stop().finally(erase)
    try {
      await install(address, bundle)
      return { ...address, template, stop: end }
    } catch (error) {
      await end()
      throw error
    }
  } catch (error) {
    erase()
    throw error
  }
}

async function install(address: ShellAddress, bundle: string): Promise<void> {
  const agent = await labAgent(address)
  await agent.run(`mkdir -p /usr/local/lib/corral && cat >${HOST_PATHS.agent}`, bundle)
  agent.close()
}
