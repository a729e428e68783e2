import { alpine } from './families/alpine.ts'
import { debian } from './families/debian.ts'
import { type Family, familyOf, type SetUpFamily } from './families/family.ts'
import { generic } from './families/generic.ts'
import { redhat } from './families/redhat.ts'
import type { GuestChange, GuestTree } from './guest-tree.ts'
import type { GuestWish } from './wish.ts'

const SET_UP: Record<Family, SetUpFamily> = { debian, redhat, alpine, generic }

/** Which files of a VE have to change for the wish, and to what. Pure; asked again of its own result it answers: none. */
export function planGuest(tree: GuestTree, wish: GuestWish): GuestChange[] {
  return SET_UP[familyOf(tree)](tree, wish).filter(({ path, text }) => {
    const entry = tree.get(path)
    return entry?.kind !== 'file' || entry.text !== text
  })
}
