import { expect, test } from 'vitest'
import { AGENT_METHOD_NAMES, agentRequest, PROTOCOL_VERSION } from '../../lib/contract/agent-protocol.ts'
import { answer } from './answer.ts'
import { call, parseRequest } from './call.ts'
import { RARE_METHODS } from './rare-registry.ts'
import { RARELY_ASKED } from './rarely-asked.ts'
import { USUAL_METHODS } from './registry.ts'
import { memorySys } from './testing/memory-sys.ts'

const GOOD = { jsonrpc: '2.0', id: 'op:1', method: 'ping', params: {}, protocol: PROTOCOL_VERSION }

const ENVELOPES: unknown[] = [
  GOOD,
  { ...GOOD, jsonrpc: '1.0' },
  { ...GOOD, id: '' },
  { ...GOOD, id: '../../etc/passwd' },
  { ...GOOD, id: '.hidden' },
  { ...GOOD, id: 7 },
  { ...GOOD, id: 'x'.repeat(129) },
  { ...GOOD, method: 3 },
  { ...GOOD, protocol: 1.5 },
  { ...GOOD, protocol: '1' },
  { jsonrpc: '2.0', id: 'op:1', method: 'ping', protocol: PROTOCOL_VERSION, params: null },
  { ...GOOD, extra: true },
  [],
  'text',
  null,
]

test.each(ENVELOPES)('the envelope %j is judged as the contract does', (envelope) => {
  const ours = !('problem' in parseRequest(JSON.stringify(envelope)))
  expect(ours).toBe(agentRequest.safeParse(envelope).success)
})

const problemOf = (line: string) => {
  const parsed = parseRequest(line)
  return 'problem' in parsed ? { id: parsed.id, code: parsed.problem.code } : null
}

test('what is no JSON is answered without an id', () => {
  expect(problemOf('{"jsonrpc"')).toEqual({ id: null, code: 'invalid-input' })
})

test('another protocol version is told apart, under the id of the request', () => {
  expect(problemOf(JSON.stringify({ ...GOOD, protocol: PROTOCOL_VERSION + 1 }))).toEqual({
    id: 'op:1',
    code: 'agent-version-mismatch',
  })
})

test('ping is answered without the second part of the bundle', () => {
  const sys = { ...memorySys(), readInputLine: () => JSON.stringify(GOOD) }
  call(sys)
  expect(sys.outputs.map((text) => JSON.parse(text))).toEqual([
    { jsonrpc: '2.0', id: 'op:1', result: { protocol: PROTOCOL_VERSION, agentVersion: 'unbundled' } },
  ])
})

test('no line at all is no request', () => {
  const sys = memorySys()
  call(sys)
  expect(sys.outputs).toEqual([])
})

const UUID = '0b7e7f4e-6c1b-4a53-9d0b-0d6f4b1f0a01'
const OTHER_UUID = '0b7e7f4e-6c1b-4a53-9d0b-0d6f4b1f0a02'

const ask = (method: string, params: unknown, sys = memorySys()) =>
  answer(
    { ...USUAL_METHODS, ...RARE_METHODS },
    sys,
    { jsonrpc: '2.0', id: 'op:1', method, params, protocol: PROTOCOL_VERSION },
    '9.9',
    () => {},
  )

test('an unknown method', () => {
  expect(ask('exec', { command: 'reboot' })).toMatchObject({
    error: { code: -32601, data: { code: 'unknown-method' } },
  })
  expect(ask('toString', {})).toMatchObject({ error: { data: { code: 'unknown-method' } } })
})

test('invalid parameters name their fields, and nothing is run or written', () => {
  const sys = memorySys()
  expect(ask('ve-stop', { veid: 7, uuid: UUID, epoch: 0, timeoutSeconds: 1 }, sys)).toMatchObject({
    id: 'op:1',
    error: {
      code: -32602,
      data: { code: 'invalid-input', fields: { veid: expect.stringContaining('reserved') } },
    },
  })
  expect(sys.runs).toEqual([])
  expect([...sys.files]).toEqual([])
})

test('a stale epoch is refused before anything is touched', () => {
  const digest = 'd'.repeat(64)
  const sys = memorySys({ '/var/lib/corral/ve/101/epoch': '3\n' }, () => ({ stdout: `${digest}  -\n` }))
  expect(ask('ve-destroy', { veid: 101, uuid: UUID, epoch: 2 }, sys)).toMatchObject({
    error: { data: { code: 'stale-epoch' } },
  })
  expect(sys.runs.map(({ argv }) => argv[0])).toEqual(['sha256sum'])
})

test('a newer epoch is on the disk before the work begins, and outlives the VE', () => {
  const sys = memorySys({ '/var/lib/corral/ve/101/epoch': '3\n' })
  expect(ask('ve-destroy', { veid: 101, uuid: UUID, epoch: 4 }, sys)).toMatchObject({ result: {} })
  expect(sys.files.get('/var/lib/corral/ve/101/epoch')).toBe('4\n')
})

test('what is done to a VE is not done to another that has its number: neither it nor its epoch is touched', () => {
  const files = {
    '/vz/ve/101/uuid': `${OTHER_UUID}\n`,
    '/vz/ve/101/spec.json': '{}',
    '/vz/ve/101/disk.img': 'data',
  }
  const sys = memorySys(files)
  const stop = { veid: 101, uuid: UUID, epoch: 9, timeoutSeconds: 0 }
  expect(ask('ve-stop', stop, sys)).toMatchObject({ error: { data: { code: 'veid-taken' } } })
  expect(ask('ve-destroy', { veid: 101, uuid: UUID, epoch: 9 }, sys)).toMatchObject({ result: {} })
  expect(Object.fromEntries(sys.files)).toMatchObject(files)
  expect(sys.files.has('/var/lib/corral/ve/101/epoch')).toBe(false)
})

test('each method is in one of the two tables, and those that are rarely asked for in theirs', () => {
  const tables = [Object.keys(USUAL_METHODS), Object.keys(RARE_METHODS)] as const
  expect([...tables[0], ...tables[1]].sort()).toEqual([...AGENT_METHOD_NAMES].sort())
  expect(tables[1].sort()).toEqual([...RARELY_ASKED].sort())
})
