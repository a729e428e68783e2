/** The table of OpenVZ's /proc/user_beancounters, of this host's VEs. */
import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { ARCH, archFromUname } from '../../../lib/contract/arch.ts'
import { type HostWord, tableHead, tableRow, tableRows } from '../../../lib/contract/beancounter-text.ts'
import { machineOf } from '../facts/machine.ts'
import { ensureDirectory, replaceFile } from '../sys/files.ts'
import type { Sys } from '../sys/sys.ts'
import { INDEX } from './counts.ts'
import { type CounterMemory, readingOf, type VeMemory } from './sample.ts'

export const TABLE_FILE = `${HOST_PATHS.run}/user_beancounters`

export function hostWord(sys: Sys, pageBytes: number): HostWord {
  const arch = archFromUname(machineOf(sys))
  return { pageBytes, wordBits: arch === null ? 64 : ARCH[arch].wordBits }
}

type Numbers = Pick<VeMemory, 'limits' | 'counts' | 'record'>
type VeLines = Numbers & { lines: string[]; text: string }

/** Lines of a VE and what they were made of: most are from one look to the next as they were. */
export type TableMemory = Map<number, VeLines>

const isSame = (a: Numbers, b: Numbers, index: number) =>
  a.counts.held[index] === b.counts.held[index] &&
  a.record.most[index] === b.record.most[index] &&
  a.record.failures[index] === b.record.failures[index]

function linesOf(veid: number, known: VeMemory, host: HostWord, last: VeLines | undefined): VeLines {
  const { limits, counts, record } = known
  if (last?.limits === limits && last.counts === counts && last.record === record) return last
  const before = last?.limits === limits ? last : undefined
  const lines: string[] = []
  const text = tableRows(
    veid,
    (uid, name) => {
      const index = INDEX[name]
      const same = before !== undefined && isSame(before, known, index) ? before.lines[index] : undefined
      lines[index] = same ?? tableRow(uid, name, { ...readingOf(known, index), ...limits[name] }, host)
      return lines[index] ?? ''
    },
    host,
  )
  return { limits, counts, record, lines, text }
}

/** Lines of all that were looked at, by number. */
export function tableText(sys: Sys, memory: CounterMemory, before: TableMemory = new Map()): string {
  const host = hostWord(sys, memory.host?.pageBytes ?? 4096)
  const veids = [...memory.ves.keys()].sort((a, b) => a - b)
  const texts = veids.map((veid) => {
    const made = linesOf(veid, memory.ves.get(veid) as VeMemory, host, before.get(veid))
    before.set(veid, made)
    return made.text
  })
  for (const veid of before.keys()) if (!memory.ves.has(veid)) before.delete(veid)
  return `${tableHead(host)}${texts.join('')}`
}

/** Kept by the watch, for tools that read such a file. */
export function writeTable(sys: Sys, memory: CounterMemory, before: TableMemory): void {
  ensureDirectory(sys, HOST_PATHS.run, 0o711)
  replaceFile(sys, TABLE_FILE, tableText(sys, memory, before))
}
