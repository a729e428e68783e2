/** A host of the lab whose /vz is not mounted: its VEs are neither gone nor destroyed. Needs root on Linux. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { HOST_PATHS } from '../lib/contract/agent-protocol.ts'
import { EXAMPLE_SPEC } from './host/testing/example-spec.ts'
import { type AgentLab, expectFootprint, footprint, raiseAgentLab, TEMPLATE } from './testing/agent-lab.ts'

const ASIDE = '/run/aside'
let lab: AgentLab
let before: string[]

beforeAll(async () => {
  lab = await raiseAgentLab()
  before = await footprint(lab)
})
afterEach(mountAgain)
afterAll(() => lab?.lower())

/** Its file system stays alive elsewhere. */
const unmount = () => lab.agent.run(`mkdir ${ASIDE} && mount --bind /vz ${ASIDE} && umount /vz`)
async function mountAgain(): Promise<void> {
  await lab.agent.run(
    `if [ -d ${ASIDE} ]; then mount --bind ${ASIDE} /vz && umount ${ASIDE} && rmdir ${ASIDE}; fi`,
  )
}

const VE = { veid: EXAMPLE_SPEC.veid, uuid: EXAMPLE_SPEC.uuid, epoch: EXAMPLE_SPEC.epoch }
const create = (veid: number, key: string) => {
  const spec = { ...EXAMPLE_SPEC, veid, interfaces: [] }
  return lab.agent.call(
    've-create',
    { spec, access: { sshKeys: [] }, cache: TEMPLATE.cache, digest: lab.template.digest },
    key,
  )
}
const missing = { code: 'storage-missing', detail: expect.stringContaining('mounted on /vz') }

test('without /vz every look is an error, nothing is made or destroyed; with it all is as it was', async () => {
  await create(VE.veid, 'make')
  await unmount()
  await expect(lab.agent.call('ve-state', {}, 'look')).rejects.toMatchObject(missing)
  await expect(lab.agent.call('ve-destroy', VE, 'destroy')).rejects.toMatchObject(missing)
  await expect(create(VE.veid + 1, 'another')).rejects.toMatchObject(missing)
  const watched = await lab.agent.run(
    `echo '{"intervalSeconds":1}' | qjs --std ${HOST_PATHS.agent} watch || true`,
  )
  expect(JSON.parse(watched)).toMatchObject({ error: { data: missing } })
  await mountAgain()
  const { ves } = await lab.agent.call('ve-state', {}, 'look-again')
  expect(ves).toMatchObject([{ veid: VE.veid, state: 'stopped' }])
  await lab.agent.call('ve-destroy', VE, 'destroy-again')
  await expectFootprint(lab, before)
})
