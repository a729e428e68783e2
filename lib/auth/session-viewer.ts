import { auth } from './auth.ts'
import { loadViewer } from './load-viewer.ts'
import type { Viewer } from './viewer.ts'

/** The viewer that a request's cookies belong to, or null. Knows nothing of Next, so that the server in front of it can ask too. */
export async function viewerOfSession(requestHeaders: Headers): Promise<Viewer | null> {
  const session = await auth().api.getSession({ headers: requestHeaders })
  if (!session) return null
  return loadViewer(session.user.id, { via: 'session', sessionId: session.session.id })
}
