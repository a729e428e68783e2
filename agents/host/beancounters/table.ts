/** The table of OpenVZ's /proc/user_beancounters, of this host's VEs. */
import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { ARCH, archFromUname } from '../../../lib/contract/arch.ts'
import {
  type BeancounterRows,
  type HostWord,
  tableHead,
  tableRows,
} from '../../../lib/contract/beancounter-text.ts'
import { BEANCOUNTER_NAMES } from '../../../lib/contract/beancounters.ts'
import { machineOf } from '../facts/machine.ts'
import { ensureDirectory, replaceFile } from '../sys/files.ts'
import type { Sys } from '../sys/sys.ts'
import { type CounterMemory, readingsOf, type VeMemory } from './sample.ts'

export const TABLE_FILE = `${HOST_PATHS.run}/user_beancounters`

export function hostWord(sys: Sys, pageBytes: number): HostWord {
  const arch = archFromUname(machineOf(sys))
  return { pageBytes, wordBits: arch === null ? 64 : ARCH[arch].wordBits }
}

function rowsOf(known: VeMemory): BeancounterRows {
  const readings = readingsOf(known)
  const rows = {} as BeancounterRows
  for (const name of BEANCOUNTER_NAMES) rows[name] = { ...readings[name], ...known.limits[name] }
  return rows
}

/** Lines of a VE and what they were made of: most VEs are from one look to the next as they were. */
export type TableMemory = Map<number, { key: string; text: string }>

function textOf(
  veid: number,
  known: VeMemory,
  host: HostWord,
  before: TableMemory,
): { key: string; text: string } {
  const { counts, record, limits } = known
  const key = `${counts.held.join()};${record.most.join()};${record.failures.join()};${JSON.stringify(limits)}`
  const same = before.get(veid)
  return same?.key === key ? same : { key, text: tableRows(veid, rowsOf(known), host) }
}

/** Lines of all that were looked at, by number. */
export function tableText(sys: Sys, memory: CounterMemory, before: TableMemory = new Map()): string {
  const host = hostWord(sys, memory.host?.pageBytes ?? 4096)
  const veids = [...memory.ves.keys()].sort((a, b) => a - b)
  const texts = veids.map((veid) => {
    const made = textOf(veid, memory.ves.get(veid) as VeMemory, host, before)
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
