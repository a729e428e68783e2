'use client'
import { Button } from '../_ui/button.tsx'
import { Callout } from '../_ui/callout.tsx'
import { PageHeader } from '../_ui/page-header.tsx'

/** A page that could not be rendered. `digest` is what the web process's log has it under. */
export default function PanelError({
  error,
  reset,
}: {
  error: Error & { digest?: string }
  reset: () => void
}) {
  return (
    <>
      <PageHeader title="This page cannot be shown" />
      <Callout tone="danger" role="alert" title="Something failed inside Corral">
        <p>Nothing was changed: this page only reads. What runs on the hosts goes on.</p>
        <p className="mt-1">
          <span className="text-content-muted">Next: </span>
          Try again; if it stays, look in the log of the web process for the reference.
        </p>
        {error.digest ? (
          <p className="mt-2 font-mono text-content-muted text-xs">reference {error.digest}</p>
        ) : null}
      </Callout>
      <Button look="primary" className="mt-4" onClick={reset}>
        Try again
      </Button>
    </>
  )
}
