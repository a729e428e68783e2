import { commonFiles } from '../common-files.ts'
import { hostManaged } from '../wish.ts'
import type { SetUpFamily } from './family.ts'
import { networkdFile } from './networkd-file.ts'

/** What is unknown gets what all have; its network is up before its init runs in any case. */
export const generic: SetUpFamily = (tree, wish) => [
  ...commonFiles(tree, wish),
  ...networkdFile(tree, hostManaged(wish)),
]
