'use client'
import { useRouter } from 'next/navigation'
import { useTransition } from 'react'
import { Button } from '../../../_ui/button.tsx'

/** A button, not a link: it is a decision. */
export function ConfirmButton({ href }: { href: string }) {
  const router = useRouter()
  const [pending, start] = useTransition()
  return (
    <Button look="primary" pending={pending} onClick={() => start(() => router.push(href))}>
      Yes, the fingerprints are the same
    </Button>
  )
}
