/** What the checks of storage drivers have in common. */
import type { TemplateCache } from '../../../lib/contract/agent-protocol.ts'
import { Problem, type ProblemCode } from '../../../lib/contract/problem.ts'
import type { FileSystemUse } from '../../../lib/contract/quota.ts'
import type { StorageDriver as StorageName } from '../../../lib/contract/storage.ts'
import type { VeLimits } from '../../../lib/contract/ve-limits.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { vePaths } from '../paths.ts'
import { withRevert } from '../revert.ts'
import { ensureDirectory } from '../sys/files.ts'
import { mustRun } from '../sys/run.ts'
import type { RunResult, Sys } from '../sys/sys.ts'
import type { StorageDriver } from './driver.ts'

export const MIB = 1024 * 1024

/** `claims`: what the host says that its images can, or the driver says of itself. */
export type Subject = {
  sys: Sys
  name: StorageName
  driver: StorageDriver
  spec: VeSpec
  cache: TemplateCache
  claims: { inodes: boolean; soft: boolean }
}
export type Check = (subject: Subject) => void

export function expectSame(actual: unknown, expected: unknown): void {
  if (JSON.stringify(actual) === JSON.stringify(expected)) return
  throw new Error(`${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`)
}

export function print(sys: Sys, argv: string[]): string {
  return mustRun(sys, argv).stdout.trim()
}

export function asVeRoot({ idBase }: VeSpec): string[] {
  return ['setpriv', `--reuid=${idBase}`, `--regid=${idBase}`, '--clear-groups']
}

export function make({ sys, driver, spec, cache }: Subject): void {
  ensureDirectory(sys, vePaths(spec.veid).home)
  withRevert((revert) => driver.create(sys, spec, cache, revert))
}

/** Whether there is a file system, by what its driver tells. Reports lag behind what is not committed yet. */
export function isThere({ sys, driver, spec }: Subject): boolean {
  const { disk, tree, subvolume } = vePaths(spec.veid)
  const found = [disk, tree, subvolume].some((path) => sys.stat(path) !== null)
  if (!found) return (driver.use(sys, [spec]).get(spec.veid)?.diskUsedBytes ?? null) !== null
  sys.run(['sync', '--file-system', vePaths(spec.veid).home])
  return (driver.use(sys, [spec]).get(spec.veid)?.diskUsedBytes ?? 0) > 0
}

export function presentUse({ sys, driver, spec }: Subject): FileSystemUse {
  sys.run(['sync', '--file-system', vePaths(spec.veid).root])
  const use = driver.use(sys, [spec]).get(spec.veid)?.fileSystem
  if (!use) throw new Error('it does not tell what it takes')
  return use
}

/** The limit of space, less what a file system needs for itself. */
export function fits(subject: Subject, { limits }: VeSpec): void {
  const { usedBytes, totalBytes } = presentUse({ ...subject, spec: { ...subject.spec, limits } })
  const share = totalBytes / limits.diskBytes
  if (share < 0.85 || share > 1) throw new Error(`${share} of it`)
  if (usedBytes <= 0 || usedBytes > totalBytes) throw new Error(`${usedBytes} of ${totalBytes} are used`)
}

export function limited(subject: Subject, limits: Partial<VeLimits>): VeSpec {
  return { ...subject.spec, limits: { ...subject.spec.limits, ...limits } }
}

/** As the VE's root writes it, who has no rights on the host. */
export function fill({ sys, spec }: Subject, name: string, mebibytes: number): RunResult {
  const file = `${vePaths(spec.veid).root}/${name}`
  const argv = [
    'dd',
    'if=/dev/zero',
    `of=${file}`,
    'bs=1M',
    `count=${mebibytes}`,
    'conv=fsync',
    'status=none',
  ]
  return sys.run([...asVeRoot(spec), ...argv])
}

export function expectFull(result: RunResult): void {
  if (result.code === 0) throw new Error('there was room beyond the limit')
  if (!/quota exceeded|No space left/i.test(result.stderr)) throw new Error(result.stderr.trim())
}

export function expectRoom(result: RunResult): void {
  if (result.code !== 0) throw new Error(`there was no room: ${result.stderr.trim()}`)
}

export function away({ sys, spec }: Subject, ...names: string[]): void {
  const { root } = vePaths(spec.veid)
  mustRun(sys, [...asVeRoot(spec), 'rm', '-rf', ...names.map((name) => `${root}/${name}`)])
  sys.run(['sync', '--file-system', root])
}

export function expectRefused(code: ProblemCode, field: string, work: () => void): void {
  try {
    work()
  } catch (error) {
    const problem = Problem.from(error)
    expectSame([problem.code, field in (problem.fields ?? {})], [code, true])
    return
  }
  throw new Error('it was not refused')
}
