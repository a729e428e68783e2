import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import ssh2 from 'ssh2'
import { afterAll, expect, test } from 'vitest'
import { newSshKey } from './new-ssh-key.ts'
import { signAgent } from './sign-agent.ts'

const dir = mkdtempSync(path.join(os.tmpdir(), 'corral-sign-test-'))
afterAll(() => rmSync(dir, { recursive: true }))

/** As a host does it with the file that enrolment lays down. */
function verify(bundle: string, releaseLine: string, signature: string) {
  writeFileSync(path.join(dir, 'release-keys'), `${releaseLine}\n`)
  writeFileSync(path.join(dir, 'signature'), signature)
  const argv = ['-Y', 'verify', '-n', 'corral-agent', '-I', 'corral', '-f', path.join(dir, 'release-keys')]
  return spawnSync('ssh-keygen', [...argv, '-s', path.join(dir, 'signature')], { input: bundle }).status
}

test('a signature holds for the bundle and the key it was made with, and for nothing else', async () => {
  const keyPath = path.join(dir, 'release-key')
  writeFileSync(keyPath, newSshKey(), { mode: 0o600 })
  const bundle = 'console.log("agent – 1")\n'
  const signature = await signAgent(bundle, keyPath)
  const line = (key: string) => {
    const parsed = ssh2.utils.parseKey(key)
    if (parsed instanceof Error) throw parsed
    return `corral namespaces="corral-agent" ssh-ed25519 ${parsed.getPublicSSH().toString('base64')}`
  }
  const releaseLine = line(readFileSync(keyPath, 'utf8'))
  expect(verify(bundle, releaseLine, signature)).toBe(0)
  expect(verify(`${bundle} `, releaseLine, signature)).not.toBe(0)
  expect(verify(bundle, line(newSshKey()), signature)).not.toBe(0)
})
