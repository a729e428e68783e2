/**
 * What every storage driver has to hold, on a real host: run by the agent's own interpreter, against its own `Sys`. A new
 * driver gets a row in load.ts and passes this.
 */
import type { TemplateCache } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { vePaths } from '../paths.ts'
import { withRevert } from '../revert.ts'
import { ensureDirectory } from '../sys/files.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import type { StorageDriver } from './driver.ts'

export type Verdict = { check: string; ok: boolean; detail: string }

type Subject = { sys: Sys; driver: StorageDriver; spec: VeSpec; cache: TemplateCache }
type Check = (subject: Subject) => void

function expectSame(actual: unknown, expected: unknown): void {
  if (JSON.stringify(actual) === JSON.stringify(expected)) return
  throw new Error(`${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`)
}

function print(sys: Sys, argv: string[]): string {
  return mustRun(sys, argv).stdout.trim()
}

function asVeRoot({ idBase }: VeSpec): string[] {
  return ['setpriv', `--reuid=${idBase}`, `--regid=${idBase}`, '--clear-groups']
}

function make({ sys, driver, spec, cache }: Subject): void {
  ensureDirectory(sys, vePaths(spec.veid).home)
  withRevert((revert) => driver.create(sys, spec, cache, revert))
}

/** In order: each goes on from where the one before it left the file system. */
const CHECKS: Record<string, Check> = {
  'a size below the template is refused and leaves nothing': (subject) => {
    const { sys, driver, spec, cache } = subject
    const small = { ...spec, limits: { ...spec.limits, diskBytes: 64 * 1024 * 1024 } }
    try {
      make({ sys, driver, spec: small, cache })
    } catch (error) {
      expectSame(Problem.from(error).code, 'invalid-input')
      return expectSame(driver.usedBytes(sys, spec.veid), null)
    }
    throw new Error('it was not refused')
  },
  'created, it takes space and is not attached': (subject) => {
    make(subject)
    const { sys, driver, spec } = subject
    expectSame(
      [driver.isAttached(sys, spec.veid), (driver.usedBytes(sys, spec.veid) ?? 0) > 0],
      [false, true],
    )
  },
  'attached twice, it is mounted once, with shifted ids and without device nodes': ({
    sys,
    driver,
    spec,
  }) => {
    driver.attach(sys, spec)
    driver.attach(sys, spec)
    const { root } = vePaths(spec.veid)
    const mounts = (sys.read('/proc/self/mountinfo') ?? '')
      .split('\n')
      .filter((line) => line.includes(` ${root} `))
    expectSame([mounts.length, driver.isAttached(sys, spec.veid)], [1, true])
    expectSame(print(sys, ['stat', '-c', '%u:%g', `${root}/etc/passwd`]), `${spec.idBase}:${spec.idBase}`)
    if (!/\bnodev\b/.test(mounts[0] ?? '')) throw new Error(`device nodes would work: ${mounts[0]}`)
  },
  'it has the size that was asked for': ({ sys, spec }) => {
    const [blocks = 0, size = 0] = print(sys, ['stat', '-f', '-c', '%b %S', vePaths(spec.veid).root])
      .split(' ')
      .map(Number)
    const share = (blocks * size) / spec.limits.diskBytes
    if (share < 0.85 || share > 1) throw new Error(`${share} of it`)
  },
  'nobody but the host’s root and the VE’s reach it': ({ sys, spec }) => {
    const { root } = vePaths(spec.veid)
    const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', 'ls', root]
    if (sys.run(asNobody).code === 0) throw new Error('an ordinary user can list it')
    mustRun(sys, [...asVeRoot(spec), 'ls', root])
    const asHostRoot = sys.run(['cp', '/etc/passwd', `${root}/written-by-host`])
    if (asHostRoot.code === 0) throw new Error('the host’s root can write into it by mistake')
  },
  'what was written is there when it is attached again': ({ sys, driver, spec }) => {
    const { root } = vePaths(spec.veid)
    mustRun(sys, [...asVeRoot(spec), 'cp', '/etc/passwd', `${root}/kept`])
    driver.detach(sys, spec.veid)
    driver.attach(sys, spec)
    mustRun(sys, ['cmp', '/etc/passwd', `${root}/kept`])
  },
  'detached twice, nothing of it is mounted': ({ sys, driver, spec }) => {
    driver.detach(sys, spec.veid)
    driver.detach(sys, spec.veid)
    expectSame([driver.isAttached(sys, spec.veid), sys.stat(vePaths(spec.veid).runHome)], [false, null])
  },
  'another VE from the same cache does not see it': (subject) => {
    const { sys, driver } = subject
    const spec = { ...subject.spec, veid: subject.spec.veid + 1 }
    make({ ...subject, spec })
    driver.attach(sys, spec)
    expectSame(sys.stat(`${vePaths(spec.veid).root}/kept`), null)
    driver.detach(sys, spec.veid)
    driver.remove(sys, spec.veid)
    sys.remove(vePaths(spec.veid).home)
  },
  'removed twice, nothing is left': ({ sys, driver, spec }) => {
    driver.remove(sys, spec.veid)
    driver.remove(sys, spec.veid)
    expectSame([driver.usedBytes(sys, spec.veid), sys.list(vePaths(spec.veid).home)], [null, []])
    sys.remove(vePaths(spec.veid).home)
  },
}

/** Every check in order; one that fails does not keep the others from running. */
export function storageConformance(subject: Subject): Verdict[] {
  return Object.entries(CHECKS).map(([check, run]) => {
    try {
      run(subject)
      return { check, ok: true, detail: '' }
    } catch (error) {
      return { check, ok: false, detail: error instanceof Error ? error.message : String(error) }
    }
  })
}
