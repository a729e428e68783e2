'use client'
import './globals.css'
import { Button } from './_ui/button.tsx'

/** When even the frame of the panel cannot be rendered: most often the database is away. */
export default function GlobalError({ error }: { error: Error & { digest?: string } }) {
  return (
    <html lang="en">
      <body>
        <main className="grid min-h-dvh content-center justify-items-center gap-3 px-4 text-center">
          <h1 className="font-semibold text-xl">Corral cannot show this</h1>
          <p className="max-w-[52ch] text-content-muted">
            Its web process answers, but something behind it does not; most often that is the database. Your
            VEs are not touched by this.
          </p>
          {error.digest ? (
            <p className="font-mono text-content-muted text-xs">reference {error.digest}</p>
          ) : null}
          <Button look="primary" onClick={() => window.location.reload()}>
            Try again
          </Button>
        </main>
      </body>
    </html>
  )
}
