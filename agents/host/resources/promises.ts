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

const RECURSIVE = /^.* \/sys\/fs\/cgroup .* - cgroup2 .*\bmemory_recursiveprot\b/m
const isRecursive = (sys: Sys) => RECURSIVE.test(sys.read('/proc/self/mountinfo') ?? '')

/**
 * Whether guarantees reach the groups that a system makes below its own. It is an option of the one hierarchy, which systemd sets and
 * any later mount of it without the option takes away (cgroups(7), "nsdelegate"): then it is set again, as systemd does.
 */
export function passGuaranteesOn(sys: Sys): boolean {
  if (isRecursive(sys)) return true
  sys.run(['mount', '-o', 'remount,nsdelegate,memory_recursiveprot', ROOT])
  return isRecursive(sys)
}

export function sumGuarantees(sys: Sys): void {
  for (const file of FILES) {
    const path = `${PARENT}/${file}`
    for (let tries = 0; tries < TRIES; tries += 1) {
      const value = sum(sys, file)
      const now = sys.read(path)?.trim()
      if (now === undefined || now === value) break
      passGuaranteesOn(sys)
      sys.write(path, value)
    }
  }
}
