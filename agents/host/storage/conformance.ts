/**
 * What every storage driver has to hold, on a real host: run by the agent's own interpreter, against its own `Sys`. A new
 * driver gets a row in load.ts and passes this.
 */

import { Problem } from '../../../lib/contract/problem.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { vePaths } from '../paths.ts'
import { mustRun } from '../sys/run.ts'
import { LIMIT_CHECKS } from './conformance-limits.ts'
import { SNAPSHOT_CHECKS } from './conformance-snapshots.ts'
import {
  asVeRoot,
  type Check,
  expectSame,
  fits,
  isThere,
  MIB,
  make,
  print,
  type Subject,
} from './conformance-subject.ts'

export type Verdict = { check: string; ok: boolean; detail: string }

/** In order: each goes on from where the one before it left the file system. */
const CHECKS: Record<string, Check> = {
  'a size below the template is refused and leaves nothing': (subject) => {
    const { spec } = subject
    const small = { ...spec, limits: { ...spec.limits, diskBytes: 64 * MIB } }
    try {
      make({ ...subject, spec: small })
    } catch (error) {
      expectSame(Problem.from(error).code, 'invalid-input')
      expectSame(isThere(subject), false)
      return
    }
    throw new Error('it was not refused')
  },
  'created, it takes space and is not attached': (subject) => {
    make(subject)
    const { sys, driver, spec } = subject
    expectSame([driver.isAttached(sys, spec.veid), isThere(subject)], [false, true])
  },
  'attached twice, it is mounted once, with shifted ids and without device nodes': (subject) => {
    const { sys, driver, spec } = subject
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
  'it has the size that was asked for, and tells what it takes': (subject) => fits(subject, subject.spec),
  'nobody but the host’s root and the VE’s reach it': ({ sys, name, spec }) => {
    const { root } = vePaths(spec.veid)
    const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', 'ls', root]
    if (sys.run(asNobody).code === 0) throw new Error('an ordinary user can list it')
    mustRun(sys, [...asVeRoot(spec), 'ls', root])
    // Where the mount does not shift ids there is nothing to keep the host's root from mistakes.
    if (name === 'project') return
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
  ...LIMIT_CHECKS,
  ...SNAPSHOT_CHECKS,
  'detached twice, nothing of it is mounted': ({ sys, driver, spec }) => {
    driver.detach(sys, spec.veid)
    driver.detach(sys, spec.veid)
    expectSame([driver.isAttached(sys, spec.veid), sys.stat(vePaths(spec.veid).runHome)], [false, null])
  },
  'another VE from the same cache does not see it': (subject) => {
    const { sys, driver } = subject
    const other = { ...subject, spec: { ...subject.spec, veid: subject.spec.veid + 1 } }
    make(other)
    driver.attach(sys, other.spec)
    expectSame(sys.stat(`${vePaths(other.spec.veid).root}/kept`), null)
    driver.detach(sys, other.spec.veid)
    gone(other)
  },
  'removed twice, nothing is left': gone,
}

function gone(subject: Subject): void {
  const { sys, driver, spec } = subject
  driver.remove(sys, spec.veid)
  driver.remove(sys, spec.veid)
  expectSame([isThere(subject), sys.list(vePaths(spec.veid).home)], [false, []])
  sys.remove(vePaths(spec.veid).home)
}

/** Every check in order; one that fails does not keep the others from running. */
export function storageConformance(subject: Subject): Verdict[] {
  const { cache } = subject
  // Room for what is written, and not so much that filling it takes long.
  const diskBytes = Math.ceil(cache.sizeBytes / MIB + 128) * MIB
  const spec: VeSpec = { ...subject.spec, limits: { ...subject.spec.limits, diskBytes } }
  return Object.entries(CHECKS).map(([check, run]) => {
    try {
      run({ ...subject, spec })
      return { check, ok: true, detail: '' }
    } catch (error) {
      return { check, ok: false, detail: error instanceof Error ? error.message : String(error) }
    }
  })
}
