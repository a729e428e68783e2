/** A snapshot is of one instant, stays as it is, counts for nobody, and becomes the VE's file system again with the limits of that day. */
import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { vePaths } from '../paths.ts'
import { ensureDirectory } from '../sys/files.ts'
import { mustRun } from '../sys/run.ts'
import {
  asVeRoot,
  away,
  type Check,
  expectFull,
  expectRefused,
  expectSame,
  fill,
  fits,
  limited,
  MIB,
  presentUse,
  print,
  type Subject,
} from './conformance-subject.ts'

const GROWN_MIB = 64

const folderOf = ({ spec }: Subject) => `${vePaths(spec.veid).home}/taken`
const inRoot = ({ spec }: Subject, name: string) => `${vePaths(spec.veid).root}/${name}`
const at = `${HOST_PATHS.run}/conformance-mount`

function write(subject: Subject, name: string): void {
  mustRun(subject.sys, [...asVeRoot(subject.spec), 'cp', '/etc/passwd', inRoot(subject, name)])
}

/** What `work` gives while the snapshot is mounted, where it can be looked into. */
function mounted<T>(subject: Subject, work: () => T): T {
  const { sys, driver } = subject
  const { words, options } = driver.snapshots.mountWords(folderOf(subject))
  ensureDirectory(sys, at)
  const how = ['ro', 'nodev', 'nosuid', ...options].join(',')
  mustRun(sys, ['mount', ...words.slice(0, -1), '-o', how, words.at(-1) ?? '', at])
  try {
    return work()
  } finally {
    mustRun(sys, ['umount', at])
    sys.remove(at)
  }
}

/** As after an agent that was killed when all was done: once more. */
function putBack(subject: Subject, to: VeSpec): void {
  const { sys, driver, spec } = subject
  driver.detach(sys, spec.veid)
  driver.snapshots.restore(sys, to, folderOf(subject))
  driver.snapshots.restore(sys, to, folderOf(subject))
  driver.attach(sys, to)
}

function expectEarly(subject: Subject): void {
  const { sys, spec } = subject
  mustRun(sys, ['cmp', '/etc/passwd', inRoot(subject, 'early')])
  expectSame(sys.stat(inRoot(subject, 'late')), null)
  const owner = print(sys, ['stat', '-c', '%u:%g', inRoot(subject, 'early')])
  expectSame(owner, `${spec.idBase}:${spec.idBase}`)
}

export const SNAPSHOT_CHECKS: Record<string, Check> = {
  'a snapshot is taken while it is attached, and counts for nobody': (subject) => {
    const { sys, driver, spec } = subject
    ensureDirectory(sys, folderOf(subject))
    write(subject, 'early')
    const { usedBytes } = presentUse(subject)
    driver.snapshots.prepare(sys, spec, folderOf(subject))
    driver.snapshots.take(sys, spec, folderOf(subject))
    driver.snapshots.finish(sys, folderOf(subject))
    const more = presentUse(subject).usedBytes - usedBytes
    if (more > MIB) throw new Error(`${more} bytes of it`)
  },
  'mounted, it shows what was there with the ids of the VE, and nothing can be written': (subject) => {
    const { sys } = subject
    write(subject, 'late')
    mounted(subject, () => {
      mustRun(sys, ['cmp', '/etc/passwd', `${at}/early`])
      expectSame(sys.stat(`${at}/late`), null)
      expectSame(print(sys, ['stat', '-c', '%u:%g', `${at}/early`]), '0:0')
      expectSame(sys.run(['touch', `${at}/early`]).code === 0, false)
    })
  },
  'put back, what was there is there, what came later is not, and the limit holds': (subject) => {
    putBack(subject, subject.spec)
    expectEarly(subject)
    fits(subject, subject.spec)
    const { usedBytes, totalBytes } = presentUse(subject)
    expectFull(fill(subject, 'fill', Math.ceil((totalBytes - usedBytes) / MIB) + 32))
    away(subject, 'fill')
  },
  'put back with another limit than it had, it has that': (subject) => {
    const { diskBytes } = subject.spec.limits
    const to = limited(subject, { diskBytes: diskBytes + GROWN_MIB * MIB })
    putBack(subject, to)
    fits(subject, to)
    expectEarly(subject)
    putBack(subject, subject.spec)
    fits(subject, subject.spec)
  },
  'one that does not fit is not put back, and nothing is changed': (subject) => {
    const { sys, driver, spec } = subject
    write(subject, 'late')
    const to = limited(subject, { diskBytes: Math.floor(presentUse(subject).usedBytes / 2) })
    driver.detach(sys, spec.veid)
    const ask = () => driver.snapshots.restore(sys, to, folderOf(subject))
    expectRefused('invalid-input', 'spec.limits.diskBytes', ask)
    driver.attach(sys, spec)
    fits(subject, spec)
    mustRun(sys, ['cmp', '/etc/passwd', inRoot(subject, 'late')])
  },
  'a snapshot removed twice leaves nothing': (subject) => {
    const { sys, driver, spec } = subject
    driver.snapshots.remove(sys, folderOf(subject))
    driver.snapshots.remove(sys, folderOf(subject))
    driver.snapshots.clear(sys, spec.veid)
    expectSame(sys.list(folderOf(subject)), [])
    sys.remove(folderOf(subject))
    away(subject, 'early', 'late')
  },
}
