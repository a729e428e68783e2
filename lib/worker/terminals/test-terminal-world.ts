/** For tests of terminals: people who signed in as browsers do, and a VE that runs. */
import * as signInRoute from '@/app/api/auth/[...all]/route.ts'
import { viewerOfSession } from '../../auth/session-viewer.ts'
import type { Viewer } from '../../auth/viewer.ts'
import { db } from '../../db/client.ts'
import { PANEL_URL, type TestWorld } from '../../http/test-world.ts'

/** The cookies that the panel gives. */
export async function signIn(email: string, password: string): Promise<string> {
  const response = await signInRoute.POST(
    new Request(`${PANEL_URL}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: PANEL_URL, host: 'panel.test' },
      body: JSON.stringify({ email, password }),
    }),
  )
  return response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
}

export async function viewerWith(cookie: string): Promise<Viewer> {
  const viewer = await viewerOfSession(new Headers({ cookie }))
  if (!viewer) throw new Error('not signed in')
  return viewer
}

/** Its id. */
export async function makeRunningVe(world: TestWorld, name: string, veid: number): Promise<string> {
  const ve = await db().ve.create({
    data: {
      accountId: world.provider,
      hostId: world.hosts.one,
      templateId: world.template,
      veid,
      name,
      hostname: `${name}.example.org`,
      arch: 'x86-64',
      state: 'running',
      idBase: 1_048_576 + veid * 65_536,
      storage: 'image',
      diskBytes: 1,
      memoryBytes: 1,
      swapBytes: 0,
      processes: 1024,
      cpuUnits: 1000,
      dnsServers: [],
      searchDomains: [],
      sshKeys: [],
    },
  })
  return ve.id
}
