'use client'
import { Toaster as Sonner } from 'sonner'

/** Where short messages appear after something was asked for. Styled by our tokens. */
export function Toaster() {
  return (
    <Sonner
      position="bottom-right"
      visibleToasts={4}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            'flex w-[min(24rem,calc(100vw-2rem))] items-start gap-2 rounded-lg bg-surface-raised p-3 text-base text-content shadow-overlay',
          title: 'font-medium wrap-long',
          description: 'text-content-muted text-sm wrap-long',
          error: '[&_[data-title]]:text-danger',
          actionButton: 'ml-auto shrink-0 self-center font-medium text-accent text-sm hover:underline',
        },
      }}
    />
  )
}
