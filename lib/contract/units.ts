/** Sizes. Everywhere inside Corral a size is a number of bytes, "unlimited" is null; text only at the edge. */

const SUFFIXES = ['', 'K', 'M', 'G', 'T'] as const
const WORDS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

export const KIB = 1024
export const MIB = 1024 ** 2
export const GIB = 1024 ** 3

/**
 * Text to bytes: "512", "256M", "2.5G", "10 GiB"; powers of 1024, any letter case.
 * Returns null for text that is no size, is negative, or is beyond what a number holds exactly.
 */
export function parseBytes(text: string): number | null {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([kmgt])?(?:i?b)?\s*$/i.exec(text)
  if (!match?.[1]) return null
  const power = SUFFIXES.findIndex((suffix) => suffix === (match[2] ?? '').toUpperCase())
  const bytes = Math.round(Number(match[1]) * 1024 ** power)
  return Number.isSafeInteger(bytes) ? bytes : null
}

/** Bytes to a short text with at most one decimal: 1610612736 → "1.5 GiB"; null → "unlimited". */
export function formatBytes(bytes: number | null): string {
  if (bytes === null) return 'unlimited'
  let power = 0
  while (power < WORDS.length - 1 && bytes >= 1024 ** (power + 1)) power += 1
  const value = bytes / 1024 ** power
  return `${value >= 100 || Number.isInteger(value) ? Math.round(value) : value.toFixed(1)} ${WORDS[power]}`
}

/** Bytes to whole pages of a host, rounded down: a limit may never become larger on the way. */
export function bytesToPages(bytes: number, pageBytes: number): number {
  return Math.floor(bytes / pageBytes)
}

/** "12,345". */
export const formatCount = (count: number): string => count.toLocaleString('en')
