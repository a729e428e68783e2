/**
 * Limits as they are typed, and back. A text has the name of its field: "limits.memoryBytes", "limits.beancounters.numpty.barrier".
 * Pure: the form uses it to judge what stands there, its server action to read what came.
 */
import {
  OTHER_BEANCOUNTERS,
  type OtherBeancounter,
  type VeLimits,
  type VeLimitsPart,
} from '@/lib/contract/ve-limits.ts'
import {
  exactBytes,
  exactSeconds,
  type Read,
  readBytes,
  readCount,
  readSeconds,
} from '../../_forms/amount-text.ts'
import { LIMIT_INPUT, type LimitUnit, type PlainLimit, pairUnit } from './limit-inputs.ts'

export type Typed = Record<string, string>
/** By the field's name: a sentence. */
export type Wrong = Record<string, string>

export const SIDES = ['barrier', 'limit'] as const
export const PLAIN_LIMITS = Object.keys(LIMIT_INPUT) as PlainLimit[]
export const plainName = (field: PlainLimit) => `limits.${field}`
export const pairName = (name: OtherBeancounter) => `limits.beancounters.${name}`

function shown(unit: LimitUnit, value: number | string | null): string {
  if (value === null) return ''
  if (typeof value === 'string') return value
  if (unit === 'bytes') return exactBytes(value)
  return unit === 'seconds' ? exactSeconds(value) : String(value)
}

export function typedOf(limits: VeLimits): Typed {
  const typed: Typed = {}
  for (const field of PLAIN_LIMITS) {
    const { unit, empty } = LIMIT_INPUT[field]
    typed[plainName(field)] = limits[field] === empty?.value ? '' : shown(unit, limits[field])
  }
  for (const name of OTHER_BEANCOUNTERS)
    for (const side of SIDES)
      typed[`${pairName(name)}.${side}`] = shown(pairUnit(name), limits.beancounters[name][side])
  return typed
}

const READERS: Record<Exclude<LimitUnit, 'list'>, (text: string) => Read> = {
  bytes: readBytes,
  items: readCount,
  seconds: readSeconds,
}

const FOR_NOTHING = ['unlimited', 'none', 'nowhere', 'all']
const isEmpty = (text: string) => text === '' || FOR_NOTHING.includes(text.toLowerCase())

function readPlain(field: PlainLimit, text: string): { value: number | string | null } | { wrong: string } {
  const { unit, empty } = LIMIT_INPUT[field]
  if (isEmpty(text)) return empty === null ? { wrong: 'Required.' } : { value: empty.value }
  return unit === 'list' ? { value: text } : READERS[unit](text)
}

/** Of what was typed only: a field that is not there is left out. Of a pair both sides, `limits` giving the one that is not there. */
export function readLimits(typed: Readonly<Typed>, limits?: VeLimits): { part: VeLimitsPart; wrong: Wrong } {
  const part: Record<string, unknown> = {}
  const wrong: Wrong = {}
  for (const field of PLAIN_LIMITS) {
    const text = typed[plainName(field)]
    if (text === undefined) continue
    const read = readPlain(field, text.trim())
    if ('wrong' in read) wrong[plainName(field)] = read.wrong
    else part[field] = read.value
  }
  const beancounters: NonNullable<VeLimitsPart['beancounters']> = {}
  for (const name of OTHER_BEANCOUNTERS) {
    const pair = readPair(typed, name, limits, wrong)
    if (pair) beancounters[name] = pair
  }
  if (Object.keys(beancounters).length > 0) part.beancounters = beancounters
  return { part: part as VeLimitsPart, wrong }
}

function readPair(
  typed: Readonly<Typed>,
  name: OtherBeancounter,
  limits: VeLimits | undefined,
  wrong: Wrong,
) {
  const texts = SIDES.map((side) => typed[`${pairName(name)}.${side}`])
  if (texts.every((text) => text === undefined)) return null
  const sides = SIDES.map((side, index) => {
    const text = texts[index]?.trim()
    if (text === undefined) return limits?.beancounters[name][side] ?? null
    if (isEmpty(text)) return null
    const read = READERS[pairUnit(name) === 'items' ? 'items' : 'bytes'](text)
    if ('value' in read) return read.value
    wrong[`${pairName(name)}.${side}`] = read.wrong
    return null
  })
  return { barrier: sides[0] ?? null, limit: sides[1] ?? null }
}

/** What of the part is not so already. */
export function changedPart(limits: VeLimits, part: VeLimitsPart): VeLimitsPart {
  const { beancounters = {}, ...plain } = part
  const changed: Record<string, unknown> = Object.fromEntries(
    Object.entries(plain).filter(([field, value]) => limits[field as PlainLimit] !== value),
  )
  const pairs = OTHER_BEANCOUNTERS.filter((name) => {
    const [pair, is] = [beancounters[name], limits.beancounters[name]]
    return pair && (pair.barrier !== is.barrier || pair.limit !== is.limit)
  })
  if (pairs.length > 0)
    changed.beancounters = Object.fromEntries(pairs.map((name) => [name, beancounters[name]]))
  return changed as VeLimitsPart
}

/** The names, as the server says them too, of the fields in a part: "memoryBytes", "beancounters.numpty". */
export function fieldsOf({ beancounters, ...plain }: VeLimitsPart): string[] {
  return [...Object.keys(plain), ...Object.keys(beancounters ?? {}).map((name) => `beancounters.${name}`)]
}

/** The typed texts of a form. */
export function typedOfForm(form: FormData): Typed {
  return Object.fromEntries(
    [...form.entries()].filter(
      (entry): entry is [string, string] => entry[0].startsWith('limits.') && typeof entry[1] === 'string',
    ),
  )
}

/** "limits.beancounters.numpty.barrier" → "beancounters.numpty" */
export const fieldOfText = (name: string) => name.replace(/^limits\./, '').replace(/\.(barrier|limit)$/, '')

/** The form without the limits that are not among the fields. Of a pair both sides go. */
export function withoutOthers(form: FormData, fields: readonly string[]): FormData {
  const sent = new FormData()
  for (const [name, value] of form.entries()) {
    if (!name.startsWith('limits.') || fields.includes(fieldOfText(name))) sent.append(name, value)
  }
  return sent
}
