import { findViewer } from '@/lib/auth/session.ts'
import { readRunningOperations } from '../../../_components/read-running-operations.ts'

/** For the tray of the panel: what is running now. */
export async function GET(): Promise<Response> {
  const viewer = await findViewer()
  if (!viewer) return new Response(null, { status: 401 })
  return Response.json(await readRunningOperations(viewer), { headers: { 'cache-control': 'no-store' } })
}
