import type { TemplateCache } from '../../lib/contract/agent-protocol.ts'
import type { StorageDriver } from '../../lib/contract/storage.ts'
import { bundle } from '../build.ts'
import type { Verdict } from '../host/storage/conformance.ts'
import { EXAMPLE_SPEC } from '../host/testing/example-spec.ts'
import type { LabAgent } from './lab-agent.ts'

/** What the conformance suite of storage drivers says of one on that host. It makes VEs 900 and 901 there, and removes them. */
export async function storageVerdicts(
  { agent, template }: { agent: LabAgent; template: TemplateCache },
  driver: StorageDriver,
): Promise<Verdict[]> {
  const file = '/run/conformance.js'
  const entryPoints = ['agents/host/testing/storage-conformance-main.ts']
  await agent.run(`cat >${file}`, await bundle({ entryPoints, format: 'esm' }))
  const subject = { driver, spec: { ...EXAMPLE_SPEC, veid: 900, storage: driver }, cache: template }
  try {
    return JSON.parse(await agent.run(`qjs --std ${file}`, `${JSON.stringify(subject)}\n`)) as Verdict[]
  } finally {
    await agent.run(`rm ${file}`)
  }
}
