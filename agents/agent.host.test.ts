/** The agent on a real host of the lab, beside VEs: real QuickJS, mmdebstrap, ext4. Needs root on Linux. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { HOST_PATHS } from '../lib/contract/agent-protocol.ts'
import { CAPABILITY_NAMES } from '../lib/contract/capabilities.ts'
import { Problem } from '../lib/contract/problem.ts'
import {
  type AgentLab,
  expectFootprint,
  footprint,
  problemOf,
  raiseAgentLab,
  TEMPLATE,
} from './testing/agent-lab.ts'
import { storageVerdicts } from './testing/conformance.ts'
import type { LabAgent } from './testing/lab-agent.ts'

let lab: AgentLab
let agent: LabAgent
let counter = 0
const key = () => `test:${counter++}`

beforeAll(async () => {
  lab = await raiseAgentLab()
  agent = lab.agent
})
afterAll(() => lab?.lower())

test('the template came out whole', async () => {
  expect(lab.template).toMatchObject({
    cache: TEMPLATE.cache,
    digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
  })
  expect(lab.template.packages).toBeGreaterThan(80)
  const { caches } = await agent.call('template-list', {}, key())
  expect(caches).toEqual([lab.template])
  expect(await agent.run(`sha256sum ${HOST_PATHS.templateCache}/${TEMPLATE.cache}.img`)).toContain(
    lab.template.digest.slice(7),
  )
})

test('the host has every capability but those its kernel may lack', async () => {
  const { facts, capabilities } = await agent.call('host-facts', {}, key())
  expect(facts).toMatchObject({ hostname: lab.host.name, arch: 'x86-64', vz: { fileSystem: 'xfs' } })
  expect(Object.values(facts.tools)).not.toContain(null)
  const missing = CAPABILITY_NAMES.filter((name) => !capabilities[name].available)
  const quota = ['storage-project', 'disk-inodes', 'disk-soft-limits', 'quota-owners']
  const cgroups = ['memory-throttle', 'memory-guarantee', 'io-priority']
  const modules = ['storage-btrfs', 'dirty-tracking', 'apparmor', 'net-vlan', 'nfs']
  const kernelMayLack = [...quota, ...cgroups, ...modules]
  expect(missing.filter((name) => !kernelMayLack.includes(name))).toEqual([])
  for (const name of missing) expect(capabilities[name].reason).toMatch(/\w+/)
})

test('what a killed probe left mounted is gone after the next', async () => {
  const before = await footprint(lab)
  const umount = '/usr/local/sbin/umount'
  await agent.run(`cat >${umount}; chmod 755 ${umount}`, '#!/bin/sh\nkill -9 $PPID\n')
  await expect(agent.call('host-facts', {}, key())).rejects.toThrow()
  await agent.run(`rm ${umount}`)
  expect(await agent.run('grep -c " /run/corral/trial " /proc/self/mountinfo')).toBe('1\n')
  const { capabilities } = await agent.call('host-facts', {}, key())
  expect(capabilities['storage-image']).toEqual({ available: true, reason: null })
  await expectFootprint(lab, before)
})

test('images conform', async () => {
  const before = await footprint(lab)
  const verdicts = await storageVerdicts(lab, 'image')
  expect(verdicts.filter(({ ok }) => !ok)).toEqual([])
  expect(verdicts.length).toBeGreaterThan(10)
  await expectFootprint(lab, before)
})

test('a build that fails leaves nothing and keeps the old cache', async () => {
  const before = await footprint(lab)
  const definition = { ...TEMPLATE.definition, packages: ['no-such-package-at-all'] }
  const params = { ...TEMPLATE, definition }
  const problem = await agent.call('template-build', params, key()).catch((error: Problem) => error)
  expect(problem).toBeInstanceOf(Problem)
  expect((problem as Problem).code).toBe('template-build-failed')
  expect((problem as Problem).context?.stderrTail).toContain('no-such-package-at-all')
  await expectFootprint(lab, before)
  expect((await agent.call('template-list', {}, key())).caches).toEqual([lab.template])
})

test('watch streams samples and ends with its input', async () => {
  const text = await agent.run(
    `(echo '{"intervalSeconds":0.2}'; sleep 0.7) | qjs --std ${HOST_PATHS.agent} watch`,
  )
  const samples = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(samples.length).toBeGreaterThan(1)
  expect(samples[0]).toMatchObject({
    method: 'sample',
    params: { ves: [], memoryFreeBytes: expect.any(Number) },
  })
})

test('an upgrade is taken only with the signature of the release key', async () => {
  await agent.run(`cd /root && rm -f rk rk.pub && ssh-keygen -q -t ed25519 -N '' -f rk`)
  await agent.run(`(printf 'corral '; cat /root/rk.pub) >${HOST_PATHS.releaseKeys}`)
  const next = `${lab.bundle}\n// a later agent\n`
  const sign = (text: string) => agent.run('ssh-keygen -q -Y sign -n corral-agent -f /root/rk', text)
  const forged = { bundle: `${next}// changed`, signature: await sign(next) }
  expect(await problemOf(agent.call('agent-upgrade', forged, key()))).toBe('forbidden')
  expect(await agent.run(`cat ${HOST_PATHS.agent}`)).toBe(lab.bundle)
  const signed = { bundle: next, signature: await sign(next) }
  expect(await agent.call('agent-upgrade', signed, key())).toEqual({
    agentVersion: expect.stringMatching(/\+/),
  })
  expect(await agent.run(`cat ${HOST_PATHS.agent}`)).toBe(next)
  expect(await agent.run(`cat ${HOST_PATHS.agent}.previous`)).toBe(lab.bundle)
})
