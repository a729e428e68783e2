import { expect, test } from 'vitest'
import { DEFAULT_LIMITS } from '../../../lib/contract/ve-limits.ts'
import { vePaths } from '../paths.ts'
import { CRUN_STATE, container } from '../runtime/crun-names.ts'
import { EXAMPLE_SPEC } from '../testing/example-spec.ts'
import { memorySys } from '../testing/memory-sys.ts'
import { answerShim, quotaShim } from './shim.ts'

const SPEC = { ...EXAMPLE_SPEC, limits: { ...DEFAULT_LIMITS, quotaOwners: 4 } }
const RUNNING = {
  [`${CRUN_STATE}/${container(SPEC.veid)}/status`]: '{"pid":7,"process-start-time":99}',
  '/proc/7/stat': `7 (init) S ${'0 '.repeat(18)}99`,
}

/** Of an owner with 100 KiB in 2 files, 200 KiB at most: what is asked of the kernel, and the answer. */
function ask(uid: number, line: string, files: Record<string, string> = RUNNING) {
  const asked: string[] = []
  const sys = memorySys(files, (argv) => {
    if (argv[0] === 'timeout') return { stdout: 'F etc/passwd\n.\netc/passwd:alice:x:1000:1000\n\0' }
    if (argv[0] !== 'perl') return {}
    const words = argv.slice(5)
    asked.push(words.join(' '))
    const owner = `${words[1]} ${words[2]} 200 0 102400 0 0 2 0 1800000000\n`
    return { stdout: words[0] === 'list' ? `grace 0 60 70\ncounted 1\n0 0 0 0 1 0 0 1 0 0\n` : owner }
  })
  const [verb = '', ...words] = line.split(' ')
  return { said: answerShim({ sys, spec: SPEC, peer: { uid, gid: uid }, words }, verb), asked }
}

const ALICE = 'ok\nowner user 1000 102400 2 - 204800 - - - 1800000000\n'

test('a user sees himself and his group, and root everybody', () => {
  expect(ask(1000, 'one user 1000').said).toBe(ALICE)
  expect(ask(1000, 'one group 1000').said).toMatch(/^ok\nowner group 1000 /)
  expect(ask(0, 'one user 1000').said).toBe(ALICE)
  expect(ask(0, 'list').said).toBe(
    'ok\ncounted 1 4\ngrace user 60 70\ngrace group 0 0\nowner user 0 1 1 - - - - - -\n',
  )
})

test.each(['one user 1001', 'one user 0', 'one group 0', 'list', 'set user 1000 0 0 0 0', 'grace user 1 1'])(
  'another user is refused "%s", and the kernel is not asked',
  (line) => {
    expect(ask(1000, line)).toEqual({ said: 'error Only root may do that.\n', asked: [] })
  },
)

test('root sets limits, of which 0 is none, and grace', () => {
  const { said, asked } = ask(0, 'set user 1000 1024 2048 0 7')
  expect(said).toBe('ok\n')
  expect(asked).toContain('set 0 1000 2 1 7 0')
  expect(ask(0, 'grace group 60 70').asked).toEqual(['grace 1 60 70'])
})

test.each([
  ['nothing', /Not known/],
  ['toString', /Not known/],
  ['one other 1', /Neither user nor group/],
  ['one user 65536', /Not a number/],
  ['one user -1', /Not a number/],
  ['set user 1000 2 1 0 0', /Above the hard limit/],
  ['set user 1000 99999999999999999 1 0 0', /Not a number/],
  ['set user 1000', /Not a number/],
  ['grace user 1 31536001', /At most a year/],
])('"%s" is refused, and nothing is set', (line, why) => {
  const { said, asked } = ask(0, line)
  expect(said).toMatch(/^error [^\n]+\n$/)
  expect(said).toMatch(why)
  expect(asked.some((each) => /^(set|grace)/.test(each))).toBe(false)
})

test('of a VE that does not run nothing is said', () => {
  expect(ask(0, 'list', {}).said).toMatch(/^error VE \d+ does not run/)
})

test('what changes limits takes the VE’s lock, and what only asks does not', () => {
  const said = (line: string, uid = '0') => {
    const sys = memorySys({ [vePaths(SPEC.veid).spec]: JSON.stringify(SPEC) })
    const busy = { ...sys, hold: () => ({ held: () => false, release: () => {} }) }
    quotaShim({ ...busy, args: ['quota', String(SPEC.veid), uid, uid, ...line.split(' ')] })
    return sys.outputs.join('')
  }
  const refused = 'error The host is at work on this VE: try again.\n'
  expect(said('set user 1000 0 0 0 0')).toBe(refused)
  expect(said('grace user 1 1')).toBe(refused)
  expect(said('list')).toMatch(/does not run/)
  expect(said('set user 1000 0 0 0 0', '1000')).toMatch(/does not run|Only root/)
})
