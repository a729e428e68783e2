/** Lists of numbers as the kernel writes those of CPUs and memory nodes: "0-3,8" (cpuset(7), "List format"). */
import * as z from 'zod/mini'

const HIGHEST = 8191

/** Ascending and without doubles; null for what is no such list. */
export function parseNumberList(text: string): number[] | null {
  const found = new Set<number>()
  for (const part of text.trim().split(',')) {
    const [, first, last = first] = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(part) ?? []
    if (first === undefined || Number(first) > Number(last) || Number(last) > HIGHEST) return null
    for (let each = Number(first); each <= Number(last); each += 1) found.add(each)
  }
  return [...found].sort((a, b) => a - b)
}

export function formatNumberList(numbers: readonly number[]): string {
  const runs: [number, number][] = []
  for (const each of [...new Set(numbers)].sort((a, b) => a - b)) {
    const run = runs.at(-1)
    if (run && each === run[1] + 1) run[1] = each
    else runs.push([each, each])
  }
  return runs.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',')
}

export const numberList = z
  .string()
  .check(z.refine((text) => parseNumberList(text) !== null, 'Numbers such as 0-3,8.'))
