/** The viewer of a page: from the browser's session. */
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { cache } from 'react'
import { paths } from '../paths.ts'
import { viewerOfSession } from './session-viewer.ts'
import type { Viewer } from './viewer.ts'

/** The viewer of the page that is being rendered, or null; asked once however many components want to know. */
export const findViewer = cache(async (): Promise<Viewer | null> => viewerOfSession(await headers()))

/** The viewer of the page that is being rendered; whoever is not signed in goes to the sign-in page. */
export async function requireViewer(): Promise<Viewer> {
  const viewer = await findViewer()
  if (!viewer) redirect(paths.signIn())
  return viewer
}
