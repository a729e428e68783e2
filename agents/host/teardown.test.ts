import { expect, test } from 'vitest'
import { equipmentPaths } from './equipment-paths.ts'
import { vePaths } from './paths.ts'
import { CRUN_STATE } from './runtime/crun-names.ts'
import { tearDown } from './teardown.ts'
import { type MemorySys, memorySys } from './testing/memory-sys.ts'

const { root } = vePaths(101)
const { home } = equipmentPaths(101)
const INIT = 77
/** proc_pid_stat(5): the start time is the 22nd field. */
const STAT = `${INIT} (init) D ${Array.from({ length: 18 }, () => '0').join(' ')} 555 0\n`

/** A VE's traces; `stuck`: the paths that cannot be unmounted. */
function host(stuck: string[] = [], files: Record<string, string> = {}): MemorySys {
  const mounted = new Set([root, home])
  const sys = memorySys(
    {
      '/sys/class/net/ve101.0/ifindex': '7\n',
      '/run/corral/network/101.json': '{"states":[[]]}',
      [`${CRUN_STATE}/ve101/status`]: JSON.stringify({ pid: INIT, 'process-start-time': 555 }),
      ...files,
    },
    (argv, { stdin = '' }) => {
      if (stdin.includes('link del ve101.0')) sys.files.delete('/sys/class/net/ve101.0/ifindex')
      if (argv[0] === 'crun' || argv[0] === 'rm') sys.files.delete(`${CRUN_STATE}/ve101/status`)
      if (argv[0] !== 'umount') return undefined
      const path = argv.at(-1) ?? ''
      if (stuck.includes(path)) return { code: 32, stderr: `umount: ${path}: target is busy.` }
      mounted.delete(path)
      return undefined
    },
  )
  const read = sys.read
  sys.read = (path) =>
    path === '/proc/self/mountinfo'
      ? [...mounted].map((each) => `1 1 0:1 / ${each} rw - tmpfs x rw\n`).join('')
      : read(path)
  return sys
}

const ran = (sys: MemorySys) =>
  sys.runs.map(({ argv, stdin = '' }) => `${argv.join(' ')} ${stdin}`).join('\n')

test('what cannot be taken away keeps nothing else from going, and is told', () => {
  const sys = host([home])
  expect(() => tearDown(sys, { veid: 101 })).toThrow(`umount: ${home}: target is busy.`)
  expect(ran(sys)).toContain('link del ve101.0')
  expect(ran(sys)).toContain(`umount ${root}`)
  expect(sys.files.has('/run/corral/network/101.json')).toBe(false)
})

test('all that could not be taken away is told', () => {
  expect(() => tearDown(host([home, root]), { veid: 101 })).toThrow(
    `umount: ${home}: target is busy. umount failed: umount: ${root}: target is busy.`,
  )
})

test('an init that does not end is not waited for without end, and keeps what it uses', () => {
  const sys = host([], { [`/proc/${INIT}/stat`]: STAT })
  expect(() => tearDown(sys, { veid: 101 })).toThrow(`Processes of VE 101 do not end, even killed: ${INIT}.`)
  expect(sys.signals).toContainEqual({ pid: INIT, signal: 9 })
  expect(ran(sys)).not.toContain('link del')
  expect(ran(sys)).not.toContain('umount')
})
