'use client'
import { useEffect, useEffectEvent } from 'react'
import { Toaster as Sonner, toast } from 'sonner'
import { listenNotices, type Notice } from './notify.ts'

function show({ title, description, danger }: Notice): void {
  toast.dismiss()
  if (danger) toast.error(title, { description, duration: Number.POSITIVE_INFINITY, closeButton: true })
  else toast(title, { description })
}

/** The toaster, in the colours of our tokens. */
export default function ToasterSheet({ onReady }: { onReady: () => void }) {
  const ready = useEffectEvent(onReady)
  useEffect(() => {
    const stop = listenNotices(show)
    ready()
    return stop
  }, [])
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
          closeButton:
            'order-last ml-auto grid size-6 shrink-0 place-items-center rounded hover:bg-surface-hover [&_svg]:size-3.5',
        },
      }}
    />
  )
}
