import { viewerOfToken } from '../auth/api-key.ts'
import { isSameOrigin } from '../auth/origin.ts'
import { viewerOfSession } from '../auth/session-viewer.ts'
import type { Viewer } from '../auth/viewer.ts'
import { Problem } from '../contract/problem.ts'

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Who sends a request: by bearer token, else by the browser's session. A session changes things only from our own
 * pages, whatever site the browser is on. Throws `unauthenticated`, `forbidden`.
 */
export async function requestViewer(request: Request): Promise<Viewer> {
  const authorization = request.headers.get('authorization')
  if (authorization !== null) return byToken(authorization)
  const viewer = await viewerOfSession(request.headers)
  if (!viewer) throw new Problem('unauthenticated', 'This needs a session or an API key.')
  if (!SAFE_METHODS.has(request.method) && !isSameOrigin(request))
    throw new Problem('forbidden', 'With a session, this can only be asked for by the pages of this panel.')
  return viewer
}

async function byToken(authorization: string): Promise<Viewer> {
  const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
  const viewer = token ? await viewerOfToken(token) : null
  if (!viewer) throw new Problem('unauthenticated', 'This API key is not valid.')
  return viewer
}
