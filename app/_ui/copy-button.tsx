'use client'
import { Check, Copy } from 'lucide-react'
import { useState } from 'react'

/** Copies `text`; says so in place. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false)
  async function copy() {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    setTimeout(() => setCopied(false), 1500)
  }
  // Without a secure origin the browser offers no clipboard; the text itself stays selectable.
  return (
    <button
      type="button"
      aria-label={copied ? 'Copied' : label}
      title={label}
      onClick={() => void copy().catch(() => setCopied(false))}
      className="inline-grid size-6 shrink-0 place-items-center rounded text-content-faint hover:bg-surface-hover hover:text-content"
    >
      {copied ? <Check className="size-3.5" /> : <Copy className="size-3.5" />}
    </button>
  )
}
