/** Short messages in a corner. The toaster itself is fetched with the first one: most pages are left without any. */
export type Notice = {
  title: string
  description?: string
  /** A refusal: it stays until it is read. */
  danger?: boolean
}

type Listener = (notice: Notice) => void
let listener: Listener | null = null
const waiting: Notice[] = []

export function notify(notice: Notice): void {
  if (listener) listener(notice)
  else waiting.push(notice)
}

/** The toaster takes what waited, and everything from now on. */
export function listenNotices(next: Listener): () => void {
  listener = next
  for (const notice of waiting.splice(0)) next(notice)
  return () => {
    if (listener === next) listener = null
  }
}
