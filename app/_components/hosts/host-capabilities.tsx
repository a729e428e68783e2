import { Check, Minus } from 'lucide-react'
import { CAPABILITIES, CAPABILITY_NAMES, type CapabilityReport } from '@/lib/contract/capabilities.ts'

/** What the host can do, and why not where it cannot. */
export function HostCapabilities({ report }: { report: CapabilityReport | null }) {
  if (report === null) return <p className="text-content-muted">Not known before the host is enrolled.</p>
  return (
    <ul className="grid gap-x-5 gap-y-1.5 sm:grid-cols-2">
      {CAPABILITY_NAMES.map((name) => {
        const found = report[name]
        return (
          <li key={name} className="flex gap-2">
            {found?.available ? (
              <Check aria-label="can" className="mt-0.5 size-4 shrink-0 text-positive" />
            ) : (
              <Minus aria-label="cannot" className="mt-0.5 size-4 shrink-0 text-content-faint" />
            )}
            <span className="wrap-long">
              {CAPABILITIES[name]}
              {found?.available && found.reason === null ? null : (
                <span className="block text-content-muted text-sm">
                  {found?.reason ?? 'The agent did not report on it.'}
                </span>
              )}
            </span>
          </li>
        )
      })}
    </ul>
  )
}
