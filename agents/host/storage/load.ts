import type { StorageDriver as StorageName } from '../../../lib/contract/storage.ts'
import { btrfs } from './btrfs.ts'
import type { StorageDriver } from './driver.ts'
import { image } from './image.ts'
import { project } from './project.ts'

const DRIVERS: Record<StorageName, StorageDriver> = { image, project, btrfs }

export function loadStorage(name: StorageName): StorageDriver {
  return DRIVERS[name]
}
