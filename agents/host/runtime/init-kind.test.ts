import { expect, test } from 'vitest'
import { memorySys } from '../testing/memory-sys.ts'
import { haltSignal } from './init-kind.ts'

const running = (program: string | null) => ({ ...memorySys(), readlink: () => program })

test('systemd halts on SIGRTMIN+3, everything else on SIGPWR', () => {
  expect(haltSignal(running('/usr/lib/systemd/systemd'), 7)).toBe(37)
  expect(haltSignal(running('/usr/sbin/init'), 7)).toBe(30)
  expect(haltSignal(running(null), 7)).toBe(30)
})
