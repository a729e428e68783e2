/**
 * Runs a part of this agent in a control group with limits: itself and all it starts. Afterwards whatever still runs there
 * is killed, the agent goes back to where it was, and the group is removed.
 */

import type { Sys } from '../sys/sys.ts'
import { cgroupVersion, handDown, makeIn, ROOT, removeCgroup } from './cgroup.ts'

export type Confinement = { memoryBytes: number; processes: number }

type Place = { folder: string; home: string; settings: [string, string][] }

/** This process's own group in each hierarchy, by controller; "" is v2. */
export function parseProcCgroup(text: string): Record<string, string> {
  const groups: Record<string, string> = {}
  for (const line of text.split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(.+)$/.exec(line) ?? []
    for (const controller of (controllers ?? '').split(',')) {
      if (path !== undefined) groups[controller] = path
    }
  }
  return groups
}

function places(sys: Sys, path: string, limits: Confinement): Place[] {
  const own = parseProcCgroup(sys.read('/proc/self/cgroup') ?? '')
  const home = (hierarchy: string, controller: string) => `${hierarchy}${own[controller] ?? '/'}`
  const memory = String(limits.memoryBytes)
  const processes = String(limits.processes)
  if (cgroupVersion(sys) === 2) {
    const settings: [string, string][] = [
      ['memory.max', memory],
      ['memory.swap.max', '0'],
      ['pids.max', processes],
    ]
    return [{ folder: `${ROOT}${path}`, home: home(ROOT, ''), settings }]
  }
  return [
    {
      folder: `${ROOT}/memory${path}`,
      home: home(`${ROOT}/memory`, 'memory'),
      settings: [
        ['memory.limit_in_bytes', memory],
        ['memory.memsw.limit_in_bytes', memory],
      ],
    },
    {
      folder: `${ROOT}/pids${path}`,
      home: home(`${ROOT}/pids`, 'pids'),
      settings: [['pids.max', processes]],
    },
  ]
}

function killRest(sys: Sys, folder: string): void {
  for (let tries = 0; tries < 500; tries += 1) {
    const pids = (sys.read(`${folder}/cgroup.procs`) ?? '').split('\n').filter((line) => line !== '')
    const rest = pids.map(Number).filter((pid) => pid !== sys.pid)
    if (rest.length === 0) return
    for (const pid of rest) sys.kill(pid, 9)
    sys.sleep(10)
  }
}

/** Kills what an agent that died left running there. */
export function clearConfinement(sys: Sys, path: string): void {
  for (const { folder } of places(sys, path, { memoryBytes: 0, processes: 0 })) {
    if (sys.stat(folder) !== null) killRest(sys, folder)
  }
  removeCgroup(sys, path)
}

export function confined<T>(sys: Sys, path: string, limits: Confinement, work: () => T): T {
  clearConfinement(sys, path)
  const all = places(sys, path, limits)
  for (const { folder, settings } of all) {
    makeIn(sys, folder.slice(0, -path.length), path)
    if (cgroupVersion(sys) === 2) handDown(sys, ['memory', 'pids'])
    for (const [name, value] of settings) {
      if (sys.stat(`${folder}/${name}`) !== null) sys.write(`${folder}/${name}`, value)
    }
  }
  try {
    for (const { folder } of all) sys.write(`${folder}/cgroup.procs`, String(sys.pid))
    return work()
  } finally {
    for (const { folder, home } of all) {
      killRest(sys, folder)
      sys.write(`${home}/cgroup.procs`, String(sys.pid))
    }
    removeCgroup(sys, path)
  }
}
