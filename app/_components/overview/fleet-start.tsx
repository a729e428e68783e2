import { canAtProvider, type Viewer } from '@/lib/auth/viewer.ts'
import type { FleetOverview } from '@/lib/overview/queries.ts'
import { paths } from '@/lib/paths.ts'
import { Empty } from '../../_ui/empty.tsx'
import { NewLink } from '../new-link.tsx'

const any = (counts: Record<string, number>) => Object.values(counts).some((count) => count > 0)

/** On an empty fleet: where to begin. */
export function FleetStart({
  viewer,
  overview: { hosts, ves },
}: {
  viewer: Viewer
  overview: FleetOverview
}) {
  if (any(ves)) return null
  const needsHost = !any(hosts) && canAtProvider(viewer, 'host:manage')
  return (
    <div className="mb-5 rounded-lg border border-line bg-surface-raised">
      {needsHost ? (
        <Empty
          title="Start with a host"
          action={
            <NewLink viewer={viewer} permission="host:manage" href={paths.hostNew()}>
              Add host
            </NewLink>
          }
        >
          A host is a Linux machine that runs your VEs; Corral reaches it over SSH.
        </Empty>
      ) : (
        <Empty
          title="No VE yet"
          action={
            <NewLink viewer={viewer} permission="ve:create" href={paths.veNew()}>
              Create VE
            </NewLink>
          }
        >
          Create the first one; it is ready in seconds.
        </Empty>
      )}
    </div>
  )
}
