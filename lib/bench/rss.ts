import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Bench, type Measured, median } from './figure.ts'
import { onLabHost } from './lab-host-shell.ts'
import type { BenchPanel } from './panel.ts'

const READINGS = 5
const PAGES_VISITED = 100

/** Resident memory (VmRSS) of web and worker after use, and the peak (VmHWM) of the agent's long-lived `watch`. */
export const rss: Bench = {
  names: ['rss-web-mb', 'rss-worker-mb', 'rss-agent-mb'],
  needsRoot: true,
  async measure({ panel: raised, say }) {
    const panel = await raised()
    say(`visiting ${PAGES_VISITED} pages`)
    for (let visit = 0; visit < PAGES_VISITED; visit += 1) {
      await fetch(`${panel.url}/sign-in`).then((response) => response.text())
      await panel.api('GET', '/ves')
    }
    return {
      'rss-web-mb': await read(panel.pids.web),
      'rss-worker-mb': await read(panel.pids.worker),
      'rss-agent-mb': await readAgent(panel),
    }
  },
}

async function read(pid: number): Promise<Measured> {
  const runs: number[] = []
  for (let reading = 0; reading < READINGS; reading += 1) {
    runs.push(megabytes(readFileSync(`/proc/${pid}/status`, 'utf8'), 'VmRSS'))
    await sleep(500)
  }
  return {
    unit: 'MB',
    runs,
    note: `VmRSS after ${PAGES_VISITED} pages and as many API calls, median ${median(runs)}`,
  }
}

/** The watch that the worker keeps open on the lab host. */
async function readAgent(panel: BenchPanel): Promise<Measured> {
  const pids = await onLabHost(panel, ['pidof', 'qjs'])
  const runs: number[] = []
  for (const pid of pids.trim().split(/\s+/)) {
    runs.push(megabytes(await onLabHost(panel, ['cat', `/proc/${pid}/status`]), 'VmHWM'))
  }
  return { unit: 'MB', runs, note: 'VmHWM of every agent process on the lab host (watch among them)' }
}

/** A field of /proc/PID/status (proc_pid_status(5)), which the kernel gives in KiB, in 10^6 bytes. */
function megabytes(status: string, field: 'VmRSS' | 'VmHWM'): number {
  const kib = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]
  if (!kib) throw new Error(`No ${field} in /proc/PID/status.`)
  return Math.round((Number(kib) * 1024) / 100_000) / 10
}
