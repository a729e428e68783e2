import { findViewer } from '@/lib/auth/session.ts'
import { Problem } from '@/lib/contract/problem.ts'
import { problemResponse } from '@/lib/http/problem-response.ts'
import { getOperationLog } from '@/lib/operations/queries.ts'

/** New lines of an operation's log, for the log on its page. */
export async function GET(request: Request, { params }: { params: Promise<{ operation: string }> }) {
  try {
    const viewer = await findViewer()
    if (!viewer) throw new Problem('unauthenticated', 'Your session has ended.')
    const after = Number(new URL(request.url).searchParams.get('after') ?? 0)
    if (!Number.isSafeInteger(after) || after < 0)
      throw new Problem('invalid-input', 'after: a whole number.')
    const log = await getOperationLog(viewer, (await params).operation, after)
    return Response.json(log, { headers: { 'cache-control': 'no-store' } })
  } catch (error) {
    return problemResponse(error)
  }
}
