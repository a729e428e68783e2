'use client'
import { lazy, Suspense, useEffect, useState } from 'react'
import { listenNotices, type Notice, notify } from './notify.ts'

const ToasterSheet = lazy(() => import('./toaster-sheet.tsx'))

/** Where notices appear. */
export function Toaster() {
  const [first, setFirst] = useState<Notice | null>(null)
  useEffect(() => listenNotices(setFirst), [])
  if (first === null) return null
  return (
    <Suspense fallback={null}>
      {/* It listens itself once it is there, so the first one is handed on to it. */}
      <ToasterSheet onReady={() => notify(first)} />
    </Suspense>
  )
}
