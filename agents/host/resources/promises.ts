/**
 * Guarantees of memory in v2 hold as far as the group above has as much of its own: it gets what those of all VEs come to, and no
 * more, since the kernel shares out the rest among them (cgroup v2, "Memory": memory.low, memory_recursiveprot).
 */
import { CGROUP_PARENT } from '../paths.ts'
import type { Sys } from '../sys/sys.ts'
import { ROOT } from './cgroup.ts'

const PARENT = `${ROOT}${CGROUP_PARENT}`
/** Others may be setting theirs meanwhile: whoever writes the sum last has seen all. */
const TRIES = 20

const FILES = ['memory.low', 'memory.min'] as const

/** As the kernel writes it: bytes, or "max". */
function sum(sys: Sys, file: string): string {
  let bytes = 0
  const groups = sys.list(PARENT).filter((name) => sys.stat(`${PARENT}/${name}`)?.kind === 'directory')
  for (const name of groups) {
    const text = sys.read(`${PARENT}/${name}/${file}`)?.trim()
    if (text === 'max') return text
    bytes += Number(text ?? 0)
  }
  return String(bytes)
}

export function sumGuarantees(sys: Sys): void {
  for (const file of FILES) {
    const path = `${PARENT}/${file}`
    for (let tries = 0; tries < TRIES; tries += 1) {
      const value = sum(sys, file)
      const now = sys.read(path)?.trim()
      if (now === undefined || now === value) break
      sys.write(path, value)
    }
  }
}
