import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { SshHostLink } from '../agent-link/ssh-host-link.ts'
import { type Bench, ratios } from './figure.ts'
import type { BenchPanel } from './panel.ts'

const run = promisify(execFile)
const PAIRS = 60
/** One measurement is the mean of this many calls in a row: a single call is too short to time alone. */
const CALLS = 5

/**
 * An agent call that does nothing, on the worker's kind of warm connection, beside OpenSSH's `ssh host true` on a multiplexed
 * connection to the same host.
 */
export const agentCall: Bench = {
  names: ['agent-call-vs-ssh'],
  needsRoot: true,
  async measure({ panel: raised, say }) {
    const panel = await raised()
    const { address, sshPort, hostKeyFingerprint } = panel.labHost
    const link = new SshHostLink(
      { address, port: sshPort, fingerprint: hostKeyFingerprint },
      readFileSync(path.join(panel.dataDir, 'secrets/host-key'), 'utf8'),
    )
    const peer = await multiplexed(panel)
    try {
      say(`${PAIRS} pairs of an agent call and a multiplexed ssh`)
      const ours: number[] = []
      const peers: number[] = []
      for (let pair = 0; pair <= PAIRS; pair += 1) {
        const call = await timed((one) => link.call('ping', {}, { key: `bench-${pair}-${one}` }))
        const ssh = await timed(() => peer.command())
        if (pair === 0) continue // makes the connections
        ours.push(call)
        peers.push(ssh)
      }
      const mean = (times: number[]) => (times.reduce((sum, time) => sum + time, 0) / times.length).toFixed(1)
      const note = `agent call ${mean(ours)} ms, multiplexed "ssh host true" ${mean(peers)} ms on average`
      return { 'agent-call-vs-ssh': { unit: 'ratio', runs: ratios(ours, peers), note } }
    } finally {
      link.close()
      await peer.close()
    }
  },
}

/** Mean milliseconds of one call. */
async function timed(call: (one: number) => Promise<unknown>): Promise<number> {
  const began = performance.now()
  for (let one = 0; one < CALLS; one += 1) await call(one)
  return (performance.now() - began) / CALLS
}

/** OpenSSH with a master connection, as a person would set it up for speed (ssh_config(5), ControlMaster). */
async function multiplexed(
  panel: BenchPanel,
): Promise<{ command(): Promise<unknown>; close(): Promise<void> }> {
  const place = mkdtempSync(path.join(tmpdir(), 'corral-mux-'))
  const options = [
    ...[
      '-o',
      `ControlPath=${path.join(place, 'socket')}`,
      '-i',
      panel.labKeyFile,
      '-p',
      String(panel.labHost.sshPort),
    ],
    ...['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR'],
    `root@${panel.labHost.address}`,
  ]
  await run('ssh', ['-f', '-N', '-M', ...options])
  return {
    command: () => run('ssh', [...options, 'true']),
    async close() {
      await run('ssh', ['-O', 'exit', ...options])
      rmSync(place, { recursive: true, force: true })
    },
  }
}
