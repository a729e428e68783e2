import { findViewer } from '@/lib/auth/session.ts'
import { Problem } from '@/lib/contract/problem.ts'
import { problemResponse } from '@/lib/http/problem-response.ts'
import { readRunningOperations } from '../../../_components/operations/read-running-operations.ts'

/** For the tray of the panel: what is running now. */
export async function GET(): Promise<Response> {
  const viewer = await findViewer()
  if (!viewer) return problemResponse(new Problem('unauthenticated', 'Your session has ended.'))
  return Response.json(await readRunningOperations(viewer), { headers: { 'cache-control': 'no-store' } })
}
