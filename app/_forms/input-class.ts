/** The look of what can be typed in. In a module of its own: server components cannot read what a client module exports. */
export const inputClass =
  'h-8 w-full min-w-0 rounded border border-line-control bg-surface-raised px-2.5 text-content placeholder:text-content-faint aria-invalid:border-danger-mark'
