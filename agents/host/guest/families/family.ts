import type { GuestChange, GuestTree } from '../guest-tree.ts'
import { textOf } from '../guest-tree.ts'
import type { GuestWish } from '../wish.ts'

export const FAMILIES = ['debian', 'redhat', 'alpine', 'generic'] as const
export type Family = (typeof FAMILIES)[number]

/** Pure: the files that the tree is to have. Applied to its own result it changes nothing more. */
export type SetUpFamily = (tree: GuestTree, wish: GuestWish) => GuestChange[]

/** ID and ID_LIKE of os-release(5), the nearer first. */
const FAMILY_OF: Record<string, Family> = {
  debian: 'debian',
  ubuntu: 'debian',
  devuan: 'debian',
  rhel: 'redhat',
  fedora: 'redhat',
  centos: 'redhat',
  almalinux: 'redhat',
  rocky: 'redhat',
  ol: 'redhat',
  alpine: 'alpine',
}

export function familyOf(tree: GuestTree): Family {
  const text = textOf(tree, 'etc/os-release') ?? textOf(tree, 'usr/lib/os-release') ?? ''
  const value = (name: string) => new RegExp(`^${name}="?([^"\\n]*)"?$`, 'm').exec(text)?.[1] ?? ''
  const ids = `${value('ID')} ${value('ID_LIKE')}`.trim().split(/\s+/)
  return ids.map((id) => FAMILY_OF[id]).find((family) => family !== undefined) ?? 'generic'
}
