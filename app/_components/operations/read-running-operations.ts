import type { Viewer } from '@/lib/auth/viewer.ts'
import { listOperations } from '@/lib/operations/queries.ts'
import { paths } from '@/lib/paths.ts'
import type { RunningOperations } from './running-operations.tsx'

const SHOWN = 6

export async function readRunningOperations(viewer: Viewer): Promise<RunningOperations> {
  const page = await listOperations(viewer, { status: 'live', limit: SHOWN })
  return {
    total: page.total,
    items: page.items.map(({ id, title }) => ({ id, title, href: paths.operation(id) })),
  }
}
