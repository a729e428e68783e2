import type { StorageDriver as StorageName } from '../../../lib/contract/storage.ts'
import type { StorageDriver } from './driver.ts'
import { image } from './image.ts'

const DRIVERS: Record<StorageName, StorageDriver> = { image }

export function loadStorage(name: StorageName): StorageDriver {
  return DRIVERS[name]
}
