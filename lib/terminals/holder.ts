import type { Viewer } from '../auth/viewer.ts'

const KEY_MARK = 'api-key:'

/** What a terminal is bound to: the browser's session, or the API key. */
export function holderOf(viewer: Viewer): string {
  if (viewer.sessionId) return viewer.sessionId
  if (viewer.keyId) return KEY_MARK + viewer.keyId
  throw new Error('a viewer has a session or an API key')
}
