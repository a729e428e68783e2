/** VEs on a stock Debian: its own kernel, systemd, cgroup v2. Under software emulation: needs root on Linux, and minutes. */
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { VeSpec } from '../lib/contract/ve-spec.ts'
import { EXAMPLE_SPEC } from './host/testing/example-spec.ts'
import { type AgentMachine, raiseAgentMachine } from './testing/agent-machine.ts'

let machine: AgentMachine
let counter = 0
const key = () => `test:${counter++}`

beforeAll(async () => {
  machine = await raiseAgentMachine()
})
afterAll(() => machine?.stop())

const inVe = (line: string) => machine.agent.run(`crun exec ve101 /bin/sh -c '${line}'`)

async function until(line: string, wanted: RegExp): Promise<string> {
  let said = ''
  for (let tries = 0; tries < 120; tries += 1) {
    said = (await inVe(`${line} || true`).catch((error: Error) => error.message)).trim()
    if (wanted.test(said)) return said
    await delay(1_000)
  }
  return said
}

test('a Debian with systemd boots to the end on cgroup v2, is sealed, halts and leaves nothing', async () => {
  const { agent, template } = machine
  const spec: VeSpec = EXAMPLE_SPEC
  const ve = { veid: spec.veid, uuid: spec.uuid, epoch: spec.epoch }
  const before = await agent.run(
    'ls /sys/fs/cgroup; ip -o link | cut -d: -f2; losetup -a; nft list tables; mount | wc -l',
  )
  const access = { sshKeys: [], rootPassword: 'sesame-open' }
  await agent.call(
    've-create',
    { spec, cache: template.cache, digest: template.digest, access, start: false },
    key(),
  )
  expect(await agent.call('ve-start', { spec }, key())).toMatchObject({ state: 'running' })
  expect(await until('systemctl is-system-running', /^(running|degraded)$/)).toBe('running')
  expect(await inVe('systemctl --failed --no-legend')).toBe('')
  expect(await inVe('hostname; cat /proc/1/comm')).toBe('web1.example.org\nsystemd\n')
  expect(await inVe('stat -f -c %T /sys/fs/cgroup; cat /proc/self/cgroup')).toMatch(/^cgroup2fs\n0::\//)
  expect(await agent.run('cat /sys/fs/cgroup/corral/ve101/memory.max')).toBe(`${spec.limits.memoryBytes}\n`)
  expect(await agent.call('ve-halt', ve, key())).toEqual({ asked: true })
  for (let tries = 0; tries < 60; tries += 1) {
    const { ves } = await agent.call('ve-state', { veid: 101 }, key())
    if (ves[0]?.state === 'stopped') break
    await delay(500)
  }
  expect(await agent.call('ve-stop', ve, key())).toMatchObject({ state: 'stopped' })
  await agent.call('ve-destroy', ve, key())
  const after = await agent.run(
    'ls /sys/fs/cgroup; ip -o link | cut -d: -f2; losetup -a; nft list tables; mount | wc -l',
  )
  expect(after).toBe(before)
})
