/**
 * The consistency formulas of beancounters (vzctl, src/validate.c; the intent, not its quirks), as advice: what breaks which, and
 * the least change that mends it. Pure; bytes and items, null for unlimited.
 */
import {
  BEANCOUNTER_NAMES,
  BEANCOUNTERS,
  type BeancounterName,
  type BeancounterPair,
  type Beancounters,
} from './beancounters.ts'
import { formatBytes, formatCount, KIB } from './units.ts'

export const FINDING_LEVELS = ['error', 'warning', 'recommendation'] as const
export type FindingLevel = (typeof FINDING_LEVELS)[number]

/** `mended` is the parameter as it would pass this formula. */
export type Finding = { name: BeancounterName; level: FindingLevel; text: string; mended: BeancounterPair }

/** Numbers with "no limit" above all. */
const atMost = (low: number | null, high: number | null) => high === null || (low !== null && low <= high)
const least = (value: number | null, floor: number) => (value === null ? null : Math.max(value, floor))
const larger = (a: number | null, b: number | null) => (a === null || b === null ? null : Math.max(a, b))

/** A guest's processes on an ordinary day: half of those it may have, where nobody knows better. */
export function usualProcesses(set: Beancounters): number {
  return Math.ceil((set.numproc.limit ?? 0) / 2)
}

function amount(name: BeancounterName, value: number | null): string {
  if (value === null) return 'unlimited'
  return BEANCOUNTERS[name].unit === 'items' ? formatCount(value) : formatBytes(value)
}

/** Barrier and limit of one parameter among themselves. */
function pairFindings(name: BeancounterName, { barrier, limit }: BeancounterPair): Finding[] {
  const error = (text: string, mended: BeancounterPair): Finding[] => [{ name, level: 'error', text, mended }]
  switch (BEANCOUNTERS[name].pair) {
    case 'equal':
      if (barrier === limit) return []
      return error('Barrier and limit are one number here.', { barrier: limit, limit })
    case 'ordered':
      if (atMost(barrier, limit)) return []
      return error('The barrier is above the limit.', { barrier, limit: barrier })
    case 'guarantee':
      if (limit === null) return []
      return error('What is guaranteed has no limit.', { barrier, limit: null })
    case 'limit':
      if (barrier !== null && atMost(barrier, limit)) return []
      return error('The barrier is above the limit.', { barrier: 0, limit })
  }
}

/** Raises the limit so that it is so far above the barrier. */
function room(
  set: Beancounters,
  name: BeancounterName,
  sockets: BeancounterName,
  level: FindingLevel,
): Finding[] {
  const { barrier, limit } = set[name]
  const count = set[sockets].limit
  if (limit === null || barrier === null || count === null) return []
  const needed = Math.ceil(2.5 * KIB * count)
  if (limit - barrier >= needed) return []
  const text = `Each of ${amount(sockets, count)} sockets needs 2.5 KiB between barrier and limit: ${formatBytes(needed)}.`
  return [{ name, level, text, mended: { barrier, limit: barrier + needed } }]
}

/** Raises the barrier to a floor, and the limit with it. */
function floor(
  set: Beancounters,
  name: BeancounterName,
  level: FindingLevel,
  value: number,
  why: string,
): Finding[] {
  const { barrier, limit } = set[name]
  if (barrier === null || barrier >= value) return []
  const text = `${why}: at least ${amount(name, value)}.`
  const mended =
    BEANCOUNTERS[name].pair === 'equal'
      ? { barrier: value, limit: value }
      : { barrier: value, limit: least(limit, value) }
  return [{ name, level, text, mended }]
}

function kernelMemory(set: Beancounters, processes: number): Finding[] {
  const cache = set.dcachesize.limit ?? 0
  const why = `${formatCount(processes)} processes take 40 KiB each, beside the directory cache`
  return floor(set, 'kmemsize', 'error', 40 * KIB * processes + cache, why)
}

function directoryCache(set: Beancounters): Finding[] {
  const { barrier, limit } = set.dcachesize
  const files = set.numfile.limit
  if (limit === null || files === null || limit >= 384 * files) return []
  const text = `Each of ${amount('numfile', files)} files takes 384 bytes: at least ${formatBytes(384 * files)}.`
  return [{ name: 'dcachesize', level: 'warning', text, mended: { barrier, limit: 384 * files } }]
}

function privateMemory(set: Beancounters): Finding[] {
  const { barrier, limit } = set.privvmpages
  const promised = set.vmguarpages.barrier
  if (atMost(promised, barrier)) return []
  const text = `Less may be asked for than is guaranteed: ${amount('vmguarpages', promised)}.`
  return [
    {
      name: 'privvmpages',
      level: 'warning',
      text,
      mended: { barrier: promised, limit: larger(limit, promised) },
    },
  ]
}

function files(set: Beancounters, processes: number): Finding[] {
  const sockets = (set.numtcpsock.limit ?? 0) + (set.numothersock.limit ?? 0) + (set.numpty.limit ?? 0)
  const why = '32 files a process, or all sockets and terminals'
  return floor(set, 'numfile', 'warning', Math.max(32 * processes, sockets), why)
}

function buffers(set: Beancounters): Finding[] {
  return [
    ...room(set, 'tcpsndbuf', 'numtcpsock', 'error'),
    ...room(set, 'othersockbuf', 'numothersock', 'error'),
    ...room(set, 'tcprcvbuf', 'numtcpsock', 'warning'),
    ...(['tcpsndbuf', 'tcprcvbuf'] as const).flatMap((name) =>
      floor(set, name, 'warning', 64 * KIB, 'One connection at full speed'),
    ),
    ...(['dgramrcvbuf', 'othersockbuf'] as const).flatMap((name) => {
      const warning = floor(set, name, 'warning', 32 * KIB, 'One datagram of full size')
      return warning.length > 0
        ? warning
        : floor(set, name, 'recommendation', 129 * KIB, 'Datagrams of full size without waiting')
    }),
  ]
}

/** What does not fit, in the order of the catalogue; those of one parameter with the gravest first. */
export function checkBeancounters(set: Beancounters, processes = usualProcesses(set)): Finding[] {
  const found = [
    ...BEANCOUNTER_NAMES.flatMap((name) => pairFindings(name, set[name])),
    ...kernelMemory(set, processes),
    ...directoryCache(set),
    ...privateMemory(set),
    ...files(set, processes),
    ...buffers(set),
  ]
  const rank = ({ name, level }: Finding) =>
    BEANCOUNTER_NAMES.indexOf(name) * 10 + FINDING_LEVELS.indexOf(level)
  return found.sort((a, b) => rank(a) - rank(b))
}

/** The set with the least raised that makes every formula hold. What is raised may ask for more of another: so until nothing is found. */
export function mendBeancounters(set: Beancounters, processes = usualProcesses(set)): Beancounters {
  let mended = set
  for (
    let found = checkBeancounters(mended, processes);
    found[0];
    found = checkBeancounters(mended, processes)
  ) {
    mended = { ...mended, [found[0].name]: found[0].mended }
  }
  return mended
}
