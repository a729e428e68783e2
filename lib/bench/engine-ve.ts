import { EXAMPLE_SPEC } from '../../agents/host/testing/example-spec.ts'
import type { ObservedVe } from '../contract/agent-protocol.ts'
import { UNLIMITED_RATE } from '../contract/ve-interface.ts'
import type { VeLimits } from '../contract/ve-limits.ts'
import { ID_RANGE_FIRST, ID_RANGE_SIZE, type VeSpec } from '../contract/ve-spec.ts'
import type { EngineHost } from './engine-host.ts'

const FIRST_VEID = 101
/** Long enough for any single measurement. */
const EXEC_SECONDS = 120

let asked = 0
const newKey = () => `bench:${asked++}`

/** The `nth` VE of a host (from 0), with one routed interface; by default limited as a new VE is. */
export function veSpecOf(nth: number, address: string, limits: Partial<VeLimits> = {}): VeSpec {
  const veid = FIRST_VEID + nth
  return {
    ...EXAMPLE_SPEC,
    veid,
    uuid: `0b7e7f4e-6c1b-4a53-9d0b-${String(veid).padStart(12, '0')}`,
    idBase: ID_RANGE_FIRST + nth * ID_RANGE_SIZE,
    name: `bench-${veid}`,
    hostname: `bench-${veid}`,
    limits: { ...EXAMPLE_SPEC.limits, ...limits },
    interfaces: [
      {
        ...{ kind: 'routed', index: 0, ifname: 'eth0', prefixes: [], rate: UNLIMITED_RATE },
        addresses: [address],
      },
    ],
  }
}

export function createVe({ agent, template }: EngineHost, spec: VeSpec): Promise<ObservedVe> {
  const from = { cache: template.cache, digest: template.digest, access: { sshKeys: [] } }
  return agent.call('ve-create', { ...from, spec }, newKey())
}

export function startVe({ agent }: EngineHost, spec: VeSpec): Promise<ObservedVe> {
  return agent.call('ve-start', { spec }, newKey())
}

export async function destroyVe({ agent }: EngineHost, { veid, uuid, epoch }: VeSpec): Promise<void> {
  await agent.call('ve-destroy', { veid, uuid, epoch, kill: true }, newKey())
}

/** Runs a program in the VE as its root; gives what it printed. Throws what it complained of. */
export async function execInVe(
  { agent }: EngineHost,
  { veid, uuid, epoch }: VeSpec,
  command: string[],
): Promise<string> {
  const limits = { environment: {}, stdin: '', timeoutSeconds: EXEC_SECONDS, outputBytes: 1_000_000 }
  const ended = await agent.call('ve-exec', { veid, uuid, epoch, command, ...limits }, newKey())
  if (ended.exitCode === 0) return ended.stdout
  throw new Error(
    `${command.join(' ')} in the VE ended with ${ended.exitCode ?? ended.signal}: ${ended.stderr}`,
  )
}
