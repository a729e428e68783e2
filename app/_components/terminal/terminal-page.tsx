import type { ReactNode } from 'react'
import type { Viewer } from '@/lib/auth/viewer.ts'
import type { VeResource } from '@/lib/ves/resource.ts'
import { VeFrame, type VeTab } from '../ves/ve-frame.tsx'

/** A page of a VE that is as high as the window, for a terminal to fill what is left of it. */
export function TerminalPage(page: { viewer: Viewer; ve: VeResource; tab: VeTab; children: ReactNode }) {
  return (
    <div className="flex h-[calc(100dvh-3rem)] flex-col *:shrink-0 max-md:h-[calc(100dvh-8.25rem)]">
      <VeFrame {...page} />
    </div>
  )
}
