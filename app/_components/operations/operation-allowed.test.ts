import { expect, test } from 'vitest'
import type { Role } from '@/lib/auth/permissions.ts'
import type { AccountKind, Viewer } from '@/lib/auth/viewer.ts'
import type { StepStatus } from '@/lib/operations/definition.ts'
import type { OperationResource } from '@/lib/operations/resource.ts'
import { operationActions } from './operation-allowed.ts'

const person = (accountKind: AccountKind, role: Role = 'admin'): Viewer => ({
  ...{ userId: 'u', name: 'N', email: 'n@example.org', via: 'session' },
  memberships: [{ accountId: 'a', accountKind, role, subtree: null, ancestors: [] }],
})
const move = (activate: StepStatus, cancelRequested = false) =>
  ({
    type: 've-move',
    status: 'running',
    cancelRequested,
    steps: [{ name: 'activate', status: activate }],
  }) as unknown as OperationResource

test('a move can be cancelled until it is let go on at its destination', () => {
  const reasonOf = (operation: OperationResource) =>
    operationActions(person('provider'), operation).cancel?.reason
  expect(reasonOf(move('waiting'))).toBeNull()
  expect(reasonOf(move('waiting', true))).toBe('It has been asked to stop.')
  expect(reasonOf(move('running', true))).toBe('It is too far to turn back.')
})

test('what the provider decides on is nobody else’s to cancel', () => {
  const { cancel } = operationActions(person('customer'), move('waiting'))
  expect(cancel?.reason).toBe('Only the provider decides on this operation.')
  expect(operationActions(person('provider', 'viewer'), move('waiting')).cancel?.reason).toMatch(/Your role/)
})
