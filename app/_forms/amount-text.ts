/** Amounts as they are typed and shown in fields: exact both ways, unlike the rounded text of tables. */
import { formatBytes, parseBytes } from '@/lib/contract/units.ts'

/** What reading gives: the amount, or what is wrong with the text. */
export type Read = { value: number } | { wrong: string }

const SUFFIXES = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/** In the greatest unit that says it in two decimals: 1610612736 → "1.5 GiB", 2752512 → "2688 KiB". */
export function exactBytes(bytes: number): string {
  if (bytes === 0) return '0'
  for (let power = SUFFIXES.length - 1; power > 0; power -= 1) {
    const text = `${Number((bytes / 1024 ** power).toFixed(2))} ${SUFFIXES[power]}`
    if (bytes >= 1024 ** power && parseBytes(text) === bytes) return text
  }
  return `${bytes} B`
}

/** A bare number so small can only be one whose unit was forgotten. */
const UNIT_FORGOTTEN_BELOW = 4096

export function readBytes(text: string): Read {
  const value = parseBytes(text)
  if (value === null) return { wrong: 'A size such as 512 MiB or 4G.' }
  if (/^\d+$/.test(text) && value > 0 && value < UNIT_FORGOTTEN_BELOW)
    return { wrong: `That is ${formatBytes(value)}: give a unit, such as ${value} MiB.` }
  return { value }
}

export function readCount(text: string): Read {
  if (!/^\d+$/.test(text)) return { wrong: 'A whole number without a unit, such as 256.' }
  const value = Number(text)
  return Number.isSafeInteger(value) ? { value } : { wrong: 'Too large.' }
}

const SECONDS = { s: 1, min: 60, h: 3600, d: 86_400 } as const
type TimeUnit = keyof typeof SECONDS

/** 259200 → "3 d". */
export function exactSeconds(seconds: number): string {
  const unit =
    (['d', 'h', 'min'] as const).find((each) => seconds > 0 && seconds % SECONDS[each] === 0) ?? 's'
  return `${seconds / SECONDS[unit]} ${unit}`
}

/** A number alone is seconds. */
export function readSeconds(text: string): Read {
  const [, number, unit = 's'] =
    /^(\d+)\s*(s|min|h|d)?(?:ays?|ours?|utes?|econds?)?$/.exec(text.toLowerCase()) ?? []
  if (number === undefined) return { wrong: 'A time such as 3 d, 12 h or 90 min.' }
  const value = Number(number) * SECONDS[unit as TimeUnit]
  return Number.isSafeInteger(value) ? { value } : { wrong: 'Too large.' }
}
