/** Limits are felt inside by a write that fails, and change while the VE runs as far as its driver says. */
import { Problem } from '../../../lib/contract/problem.ts'
import { STORAGE } from '../../../lib/contract/storage.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { vePaths } from '../paths.ts'
import type { RunResult } from '../sys/sys.ts'
import {
  asVeRoot,
  away,
  type Check,
  expectFull,
  expectRefused,
  expectRoom,
  expectSame,
  fill,
  fits,
  limited,
  MIB,
  presentUse,
  type Subject,
} from './conformance-subject.ts'

const GROWN_MIB = 128
const INODES = 400
const GRACE_SECONDS = 1
const GRACE_WAIT_MS = 2_200

const grown = (subject: Subject) =>
  limited(subject, { diskBytes: subject.spec.limits.diskBytes + GROWN_MIB * MIB })

/** More than is left below the ordinary limit, less than below the grown one. */
function tooMuch(subject: Subject): number {
  const { diskBytes } = subject.spec.limits
  return Math.ceil((diskBytes - presentUse(subject).usedBytes) / MIB) + GROWN_MIB / 4
}

/** Twice, as after an agent that was killed; detached where only that works: image-resize.ts says of the lab why. */
function apply({ sys, driver, spec }: Subject, to: VeSpec): void {
  try {
    driver.limit(sys, to)
  } catch (error) {
    expectSame(Problem.from(error).code, 'capability-missing')
    driver.detach(sys, spec.veid)
    driver.limit(sys, to)
    driver.attach(sys, to)
  }
  driver.limit(sys, to)
}

function shrink(subject: Subject, from: VeSpec): void {
  const { sys, name, driver, spec } = subject
  const stopped = STORAGE[name].shrinks === 'when-stopped'
  if (stopped) {
    const ask = () => driver.demand(sys, { from, to: spec, running: true })
    expectRefused('ve-state-forbids', 'spec.limits.diskBytes', ask)
    driver.detach(sys, spec.veid)
  }
  driver.demand(sys, { from, to: spec, running: !stopped })
  driver.limit(sys, spec)
  driver.limit(sys, spec)
  driver.attach(sys, spec)
}

/** Empty files, by the VE's root. */
function files({ sys, spec }: Subject, name: string, count: number): RunResult {
  const { root } = vePaths(spec.veid)
  sys.run([...asVeRoot(spec), 'mkdir', `${root}/${name}`])
  const names = Array.from({ length: count }, (_, n) => `${root}/${name}/${n}`)
  return sys.run([...asVeRoot(spec), 'touch', ...names])
}

export const LIMIT_CHECKS: Record<string, Check> = {
  'a write at the limit fails inside, and what was written can be removed': (subject) => {
    expectFull(fill(subject, 'fill', tooMuch(subject)))
    away(subject, 'fill')
    expectRoom(fill(subject, 'fill', 8))
    away(subject, 'fill')
  },
  'grown, it takes more': (subject) => {
    const much = tooMuch(subject)
    const to = grown(subject)
    subject.driver.demand(subject.sys, { from: subject.spec, to, running: true })
    apply(subject, to)
    fits(subject, to)
    expectRoom(fill(subject, 'fill', much))
    away(subject, 'fill')
  },
  'shrunk, it takes less again': (subject) => {
    const much = tooMuch(subject)
    shrink(subject, grown(subject))
    fits(subject, subject.spec)
    expectFull(fill(subject, 'fill', much))
    away(subject, 'fill')
  },
  'a size below present use is refused': (subject) => {
    const { sys, driver, spec } = subject
    const to = limited(subject, { diskBytes: Math.floor(presentUse(subject).usedBytes / 2) })
    const ask = () => driver.demand(sys, { from: spec, to, running: false })
    expectRefused('invalid-input', 'spec.limits.diskBytes', ask)
  },
  'inodes are limited, or the wish is refused': (subject) => {
    const { sys, driver, spec, claims } = subject
    const { usedInodes } = presentUse(subject)
    const to = limited(subject, { diskInodes: usedInodes + INODES / 4 })
    const ask = () => driver.demand(sys, { from: spec, to, running: true })
    if (!claims.inodes) {
      expectRefused('capability-missing', 'spec.limits.diskInodes', ask)
      return
    }
    ask()
    apply(subject, to)
    expectFull(files(subject, 'few', INODES))
    const below = limited(subject, { diskInodes: Math.floor(usedInodes / 2) })
    const lower = () => driver.demand(sys, { from: to, to: below, running: true })
    expectRefused('invalid-input', 'spec.limits.diskInodes', lower)
    apply(subject, limited(subject, { diskInodes: usedInodes + INODES * 2 }))
    expectRoom(files(subject, 'more', INODES))
    apply(subject, spec)
    away(subject, 'few', 'more')
  },
  'a soft limit is exceeded for its grace, or the wish is refused': (subject) => {
    const { sys, driver, spec, claims } = subject
    const { usedBytes } = presentUse(subject)
    const soft = { diskSoftBytes: usedBytes + 8 * MIB, diskGraceSeconds: GRACE_SECONDS }
    const to = limited(subject, soft)
    const ask = () => driver.demand(sys, { from: spec, to, running: true })
    if (!claims.soft) {
      expectRefused('capability-missing', 'spec.limits.diskSoftBytes', ask)
      return
    }
    ask()
    expectSame(presentUse(subject).bytesGraceEndsAt, null)
    apply(subject, to)
    expectRoom(fill(subject, 'soft', 16))
    expectSame(presentUse({ ...subject, spec: to }).bytesGraceEndsAt === null, false)
    sys.sleep(GRACE_WAIT_MS)
    expectFull(fill(subject, 'late', 1))
    away(subject, 'soft', 'late')
    expectRoom(fill(subject, 'soft', 4))
    apply(subject, spec)
    expectSame(presentUse(subject).bytesGraceEndsAt, null)
    away(subject, 'soft')
  },
}
