import { spawn } from 'node:child_process'
import type { BenchPanel } from './panel.ts'

/** Enters a lab host's namespaces by its init: no connection to make, so that the peer's time is its own. */
const enter = (panel: BenchPanel): string[] => {
  const init = panel.labHost.init
  if (!init) throw new Error('The lab host is off.')
  return ['nsenter', '--target', String(init.pid), '--all', '--']
}

/** Runs a command on the lab host as root. Resolves with what it printed; rejects with what it complained of. */
export function onLabHost(panel: BenchPanel, argv: readonly string[], input?: Uint8Array): Promise<string> {
  const [program, ...rest] = [...enter(panel), ...argv]
  const child = spawn(program as string, rest, { stdio: ['pipe', 'pipe', 'pipe'] })
  let printed = ''
  let complaint = ''
  child.stdout.on('data', (chunk) => {
    printed += chunk
  })
  child.stderr.on('data', (chunk) => {
    complaint = `${complaint}${chunk}`.slice(-2000)
  })
  child.stdin.end(input)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => {
      if (code === 0) resolve(printed)
      else reject(new Error(`${argv.join(' ')} ended with ${code}: ${complaint}`))
    })
  })
}
