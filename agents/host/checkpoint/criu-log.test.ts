import { expect, test } from 'vitest'
import { lastErrors } from './criu-log.ts'

const line = (text: string) => `(00.021363)      1: Error (criu/net.c:1737): ${text}\n`

test('the cause is told, not what came of it nor what does no harm', () => {
  const log = [
    line("rlimit: Can't setup RLIMIT_NOFILE for self: Operation not permitted"),
    '(00.05) Warn  (criu/net.c:534): net: The eth0 veth is in an external netns\n',
    line('sockets: BUG! Unknown socket collected (family 40)'),
    '(00.023252) Error (criu/cr-restore.c:2331): Restoring FAILED.\n',
  ]
  expect(lastErrors(log.join(''))).toBe('sockets: BUG! Unknown socket collected (family 40)')
})

test('the last three, and all that failed when nothing says why', () => {
  expect(lastErrors(['a', 'b', 'c', 'd'].map(line).join(''))).toBe('b; c; d')
  expect(lastErrors(line('Restoring FAILED.'))).toBe('Restoring FAILED.')
  expect(lastErrors('(00.1) Dumping finished successfully\n')).toBeNull()
})

test('what nobody would understand is explained', () => {
  const log = 'pie: 99: Error (criu/pie/parasite.c:588): send_fds failed (-22)\n'
  expect(lastErrors(log)).toBe(
    'a process holds a descriptor that cannot be saved, such as an io_uring; send_fds failed (-22)',
  )
})
