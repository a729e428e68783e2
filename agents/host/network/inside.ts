/**
 * The VE's end of its interfaces. The VE's root owns the network namespace: it may have renamed an interface, made another of
 * that name, deleted it (then the host's end is gone too) or moved it into a namespace of its own. So an interface is known by
 * the two ends' numbers, and what cannot be found is made anew.
 */
import { linkWord, parseIpJson } from '../sys/ip-json.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'

// Not -U: the host's root sets it up, with the host's programs, whatever the VE's own root may do there.
const enter = (pid: number, argv: readonly string[]) => ['nsenter', '-t', String(pid), '-n', ...argv]

/** False for an application container on the host's own network, or when the process has gone. */
export function hasOwnNetwork(sys: Sys, initPid: number): boolean {
  const its = sys.readlink(`/proc/${initPid}/ns/net`)
  return its !== null && its !== sys.readlink('/proc/self/ns/net')
}

/** Lines for ip(8). Throws `command-failed`, unless `force`: then each line is tried, and none has to work. */
export function ipInside(sys: Sys, initPid: number, lines: readonly string[], force = false): void {
  if (lines.length === 0) return
  const argv = enter(initPid, ['ip', ...(force ? ['-force'] : []), '-batch', '-'])
  const stdin = `${lines.join('\n')}\n`
  if (force) sys.run(argv, { stdin })
  else mustRun(sys, argv, { stdin })
}

/** The same, none of which has to work, beside what the caller does until it waits. */
export function startInside(sys: Sys, initPid: number, lines: readonly string[]): { wait(): unknown } {
  if (lines.length === 0) return { wait: () => {} }
  return sys.start(enter(initPid, ['ip', '-force', '-batch', '-']), { stdin: `${lines.join('\n')}\n` })
}

/** Writes a 0 to files below /proc/sys/net: those of the namespace that is entered. */
export function zeroInside(sys: Sys, initPid: number, files: readonly string[]): void {
  if (files.length > 0) sys.run(enter(initPid, ['tee', ...files]), { stdin: '0\n' })
}

type Link = { ifname: string; ifindex: number; link_index?: number }

const number = (sys: Sys, end: string, name: 'ifindex' | 'iflink') =>
  Number(sys.read(`/sys/class/net/${end}/${name}`) ?? 0)

/** Host's end → the word for its other end now; without those that are not in the VE's first network namespace. */
export function namesInside(sys: Sys, initPid: number, ends: readonly string[]): Map<string, string> {
  const there = ends.filter((end) => sys.stat(`/sys/class/net/${end}`) !== null)
  if (there.length === 0) return new Map()
  const { stdout } = mustRun(sys, enter(initPid, ['ip', '-json', 'link']))
  const links = parseIpJson<Link>(stdout)
  return new Map(
    there.flatMap((end) => {
      const [own, other] = [number(sys, end, 'ifindex'), number(sys, end, 'iflink')]
      const link = links.find(({ ifindex, link_index }) => ifindex === other && link_index === own)
      return link === undefined ? [] : [[end, linkWord(link)] as const]
    }),
  )
}
