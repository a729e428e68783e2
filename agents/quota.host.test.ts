/** Quota of users and groups on a host of the lab: reported as the kernel has it, and refused where it has none. Needs root on Linux. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Problem } from '../lib/contract/problem.ts'
import { type AgentLab, expectFootprint, footprint, raiseAgentLab } from './testing/agent-lab.ts'
import { LabVe, newKey } from './testing/lab-ve.ts'

let lab: AgentLab
let ve: LabVe

beforeAll(async () => {
  lab = await raiseAgentLab()
  ve = new LabVe(lab, { interfaces: [] })
})
afterAll(() => lab?.lower())

const counting = (quotaOwners: number) => ({ limits: { ...ve.spec.limits, quotaOwners } })

async function refusal(work: Promise<unknown>): Promise<Problem> {
  const thrown = await work.then(() => null, Problem.from)
  if (thrown === null) throw new Error('It was not refused.')
  return thrown
}

/** By hand: the kernel mounts no ext4 that counts without counting. */
const BY_HAND = `
  truncate -s 8M /root/q.img && mkfs.ext4 -q -O quota /root/q.img && mkdir /root/q
  mount -o loop,usrquota,grpquota /root/q.img /root/q && umount /root/q && echo has || echo lacks
  rm -r /root/q /root/q.img`

test('what the kernel cannot do is reported with the reason, and nothing half-made is left of what asks for it', async ({
  skip,
}) => {
  const has = (await lab.agent.run(BY_HAND)).trim() === 'has'
  const { capabilities } = await lab.agent.call('host-facts', {}, newKey())
  const report = capabilities['quota-owners']
  expect(report.available).toBe(has)
  skip(has, 'The kernel of this machine has quota: see quota.machine.test.ts.')
  expect(report.reason).toMatch(/CONFIG_QFMT_V2/)

  const before = await footprint(lab)
  const refused = { code: 'capability-missing', fields: { 'spec.limits.quotaOwners': expect.any(String) } }
  const plain = ve.spec
  ve.spec = { ...plain, ...counting(10) }
  expect((await refusal(ve.create())).toJson()).toMatchObject(refused)
  await expectFootprint(lab, before)

  ve.spec = plain
  await ve.create()
  for (const state of ['stopped', 'running']) {
    if (state === 'running') await ve.start()
    expect((await refusal(ve.configure(counting(10)))).toJson()).toMatchObject(refused)
    expect(await ve.seen()).toMatchObject({ state })
    expect((await refusal(lab.agent.call('quota-owners', ve.key, newKey()))).code).toBe('ve-state-forbids')
  }
  expect(await ve.shell('ls /dev/.corral/quota 2>&1')).toMatch(/No such file/)
  await ve.destroy()
  await expectFootprint(lab, before)
})
