/** Beancounters as OpenVZ writes them: values of vzctl and its config files, and the table of /proc/user_beancounters. Pure. */
import {
  BEANCOUNTER_NAMES,
  BEANCOUNTERS,
  type BeancounterName,
  type BeancounterPair,
  type BeancounterReading,
} from './beancounters.ts'
import { KIB } from './units.ts'

/** What the numbers of a host mean: its page, and the word whose largest number says "unlimited". */
export type HostWord = { pageBytes: number; wordBits: 32 | 64 }

/** LONG_MAX of both kinds of hosts: a config may have been written on either. */
const UNLIMITED = new Set(['unlimited', '2147483647', '9223372036854775807'])
const SUFFIX = { B: 1, K: KIB, M: KIB ** 2, G: KIB ** 3, T: KIB ** 4 } as const

export class BadBeancounter extends Error {}

function value(name: BeancounterName, text: string, pageBytes: number): number | null {
  if (UNLIMITED.has(text.toLowerCase())) return null
  const match = /^(\d+(?:\.\d+)?)([BKMGTP])?$/i.exec(text)
  if (!match?.[1]) throw new BadBeancounter(`"${text}" is no number, no size and not "unlimited".`)
  const { unit } = BEANCOUNTERS[name]
  const suffix = match[2]?.toUpperCase() as keyof typeof SUFFIX | 'P' | undefined
  if (unit === 'items' && (suffix !== undefined || match[1].includes('.'))) {
    throw new BadBeancounter(`${name} counts things: a whole number without a unit, not "${text}".`)
  }
  const native = unit === 'pages' ? pageBytes : 1
  const size = suffix === undefined ? native : suffix === 'P' ? pageBytes : SUFFIX[suffix]
  const amount = Math.round(Number(match[1]) * size)
  if (!Number.isSafeInteger(amount))
    throw new BadBeancounter(`"${text}" is larger than any host has: say "unlimited".`)
  return amount
}

/**
 * "barrier:limit", or one value for both: bytes or items, null for unlimited. Without a suffix bytes, pages or items, as the
 * parameter is counted. Throws BadBeancounter with a sentence that says what is wrong.
 */
export function parsePair(name: BeancounterName, text: string, pageBytes: number): BeancounterPair {
  const [barrier, limit = barrier, ...more] = text.trim().split(':')
  if (barrier === undefined || limit === undefined || more.length > 0) {
    throw new BadBeancounter(`"${text}" is neither a value nor barrier:limit.`)
  }
  return { barrier: value(name, barrier, pageBytes), limit: value(name, limit, pageBytes) }
}

const longMax = ({ wordBits }: HostWord) => (wordBits === 32 ? '2147483647' : '9223372036854775807')

/** In the kernel's own unit; more than the host's word holds is its "unlimited". */
function native(name: BeancounterName, amount: number | null, host: HostWord): string {
  if (amount === null) return longMax(host)
  const units = BEANCOUNTERS[name].unit === 'pages' ? Math.floor(amount / host.pageBytes) : amount
  return host.wordBits === 32 && units >= 2 ** 31 ? longMax(host) : String(units)
}

/** "barrier:limit" in the kernel's units, as vzctl saves it: one value where both are the same. */
export function formatPair(
  name: BeancounterName,
  { barrier, limit }: BeancounterPair,
  host: HostWord,
): string {
  const [low, high] = [barrier, limit].map((each) => (each === null ? 'unlimited' : native(name, each, host)))
  return low === high ? `${low}` : `${low}:${high}`
}

export type BeancounterRows = Record<BeancounterName, BeancounterPair & BeancounterReading>

/** Rows of the kernel's table; "dummy" holds the place of what was never used. */
const ROWS = [
  ...BEANCOUNTER_NAMES.slice(0, 4),
  'dummy',
  ...BEANCOUNTER_NAMES.slice(4, 19),
  ...['dummy', 'dummy', 'dummy'],
  ...BEANCOUNTER_NAMES.slice(19),
] as (BeancounterName | 'dummy')[]

const line = (host: HostWord, uid: string, [name = '', ...numbers]: readonly string[]) => {
  const width = host.wordBits === 32 ? 10 : 20
  return `${uid.padStart(10)}  ${name.padEnd(12)}${numbers.map((each) => ` ${each.padStart(width)}`).join('')}\n`
}

/** The two lines above the rows. */
export function tableHead(host: HostWord): string {
  return `Version: 2.5\n${line(host, 'uid', ['resource', 'held', 'maxheld', 'barrier', 'limit', 'failcnt'])}`
}

/** One row; `uid` is the VE's number and a colon in its first one, else nothing. */
export function tableRow(
  uid: string,
  name: BeancounterName,
  { held, maxheld, barrier, limit, failcnt }: BeancounterRows[BeancounterName],
  host: HostWord,
): string {
  const amounts = [held, maxheld, barrier, limit].map((each) => native(name, each, host))
  return line(host, uid, [name, ...amounts, String(failcnt)])
}

/** Of one VE: a row a parameter, as `rowOf` gives it, and those that were never used. */
export function tableRows(
  veid: number,
  rowOf: (uid: string, name: BeancounterName) => string,
  host: HostWord,
): string {
  const dummy = line(host, '', ['dummy', '0', '0', '0', '0', '0'])
  return ROWS.map((name, index) =>
    name === 'dummy' ? dummy : rowOf(index === 0 ? `${veid}:` : '', name),
  ).join('')
}

/**
 * The text of /proc/user_beancounters (version 2.5) for some VEs. Columns are as wide as the host's words; readers split at white
 * space.
 */
export function userBeancounters(
  ves: readonly { veid: number; rows: BeancounterRows }[],
  host: HostWord,
): string {
  return `${tableHead(host)}${ves.map(({ veid, rows }) => tableRows(veid, (uid, name) => tableRow(uid, name, rows[name], host), host)).join('')}`
}
