import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PROTOCOL_VERSION } from '../lib/contract/agent-constants.ts'
import { type AgentBuild, buildAgent } from './build.ts'

/**
 * A change here is a reviewed change: the agent is copied to every host, and its parts are compiled there at every request but a ping.
 * Of the time that a VE's creation takes, 10 KB of the first three cost 1.5 ms.
 */
const LARGEST = { file: 420_000, watching: 240_000, usual: 320_000 }

let folder: string
let build: AgentBuild
let file: string
beforeAll(async () => {
  folder = mkdtempSync('/tmp/corral-agent-')
  file = `${folder}/agent.js`
  build = await buildAgent(file)
})
afterAll(() => rmSync(folder, { recursive: true }))

const run = (args: string[], input: string, env: Record<string, string> = {}) =>
  spawnSync('node', [file, ...args], { input, encoding: 'utf8', env: { ...process.env, ...env } })
const request = (method: string, params: unknown) =>
  `${JSON.stringify({ jsonrpc: '2.0', id: 'a', protocol: PROTOCOL_VERSION, method, params })}\n`

test('the bundle stays small and says which it is', () => {
  const [first = 0, watching = 0, usual = 0] = partsOf(readFileSync(file, 'utf8'))
  expect(build.bytes).toBeLessThan(LARGEST.file)
  expect(first + watching).toBeLessThan(LARGEST.watching)
  expect(first + watching + usual).toBeLessThan(LARGEST.usual)
  expect(build.version).toMatch(/^\d+\.\d+\.\d+\+[0-9a-f]{12}$/)
  expect(run(['version'], '').stdout).toBe(`${build.version}\n`)
})

/** Their lengths: what the file begins with, and what is written behind it. */
function partsOf(text: string): number[] {
  const lines = text.trimEnd().split('\n')
  const behind = lines.slice(-3).map((line) => line.length)
  return [text.length - behind.reduce((sum, each) => sum + each, 0), ...behind]
}

test('what is written behind it makes no difference', () => {
  const longer = `${folder}/longer.js`
  writeFileSync(longer, `${readFileSync(file, 'utf8')}// signed by somebody\n`)
  const asked = spawnSync('node', [longer, 'call'], {
    input: request('user-beancounters', { veid: 1 }),
    encoding: 'utf8',
  })
  expect(JSON.parse(asked.stdout)).toMatchObject({ error: { data: { code: 'invalid-input' } } })
})

test('the same sources make the same bundle', async () => {
  expect(await buildAgent(`${folder}/again.js`)).toEqual(build)
})

test('it needs nothing beside itself', () => {
  const text = readFileSync(file, 'utf8')
  expect(text).not.toMatch(/(^|[;\n])\s*import[\s{*"']/)
  expect(text).not.toMatch(/\brequire\(|\bimport\(/)
})

test('one request, one answer, under Node too', () => {
  const { stdout, status } = run(['call'], request('ping', {}))
  expect(JSON.parse(stdout)).toEqual({
    jsonrpc: '2.0',
    id: 'a',
    result: { protocol: PROTOCOL_VERSION, agentVersion: build.version },
  })
  expect(status).toBe(0)
})

test.each(['ve-state', 'user-beancounters'])('the parts are read when a method needs them: %s', (method) => {
  const { stdout } = run(['call'], request(method, { veid: 1 }))
  expect(JSON.parse(stdout)).toMatchObject({
    error: { data: { code: 'invalid-input', fields: { veid: expect.anything() } } },
  })
})

test.each(['', 'sh', 'call; reboot', 'call extra', 'version'])(
  'under the forced command %j is refused',
  (command) => {
    const { stdout, status } = run(['serve'], request('ping', {}), { SSH_ORIGINAL_COMMAND: command })
    expect(stdout).toMatch(/^Refused/)
    expect(status).toBe(126)
  },
)

test('under the forced command a call passes', () => {
  const { stdout } = run(['serve'], request('ping', {}), { SSH_ORIGINAL_COMMAND: 'call' })
  expect(JSON.parse(stdout)).toMatchObject({ id: 'a', result: { protocol: PROTOCOL_VERSION } })
})
