import { findViewer } from '@/lib/auth/session.ts'
import { Problem } from '@/lib/contract/problem.ts'
import { problemResponse } from '@/lib/http/problem-response.ts'
import { getOperation, getOperationLog } from '@/lib/operations/queries.ts'
import type { OperationNews } from '../../../../_components/operations/operation-news.ts'

/** What is new of an operation, for its page: the steps as they are, and the log lines after a given one. */
export async function GET(request: Request, { params }: { params: Promise<{ operation: string }> }) {
  try {
    const viewer = await findViewer()
    if (!viewer) throw new Problem('unauthenticated', 'Your session has ended.')
    const after = Number(new URL(request.url).searchParams.get('after') ?? 0)
    if (!Number.isSafeInteger(after) || after < 0)
      throw new Problem('invalid-input', 'after: a whole number.')
    const { operation: id } = await params
    const [{ status, problem, steps }, log] = await Promise.all([
      getOperation(viewer, id),
      getOperationLog(viewer, id, after),
    ])
    const news: OperationNews = { status, problem, steps, log }
    return Response.json(news, { headers: { 'cache-control': 'no-store' } })
  } catch (error) {
    return problemResponse(error)
  }
}
