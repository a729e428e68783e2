import type { AgentMethod } from '../../lib/contract/agent-protocol.ts'

/** Methods that are not read with the others, but when one of them is asked for. */
export const RARELY_ASKED = [
  'agent-upgrade',
  'host-facts',
  'host-leave',
  'template-build',
  'template-call-off',
  'template-list',
  'template-remove',
  've-rescue',
  've-hibernate',
  've-resume',
  've-snapshot-create',
  've-snapshot-rollback',
  've-snapshot-delete',
  've-snapshot-mount',
  've-snapshot-unmount',
  've-snapshot-list',
  'move-look',
  'move-fits',
  'move-offer',
  'move-receive',
  'move-disk',
  'move-freeze',
  'move-activate',
  'move-done',
  'move-cancel',
  'user-beancounters',
  'quota-owners',
  'quota-set',
] as const satisfies readonly AgentMethod[]
export type RareMethod = (typeof RARELY_ASKED)[number]
