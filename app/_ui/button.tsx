'use client'
import { type ComponentProps, type MouseEvent, useId } from 'react'
import { type ButtonLook, buttonClass } from './button-class.ts'

type ButtonProps = Omit<ComponentProps<'button'>, 'disabled'> & {
  look?: ButtonLook
  /** Work is under way: further presses are swallowed. */
  pending?: boolean
  /** Why it cannot be pressed now. It stays focusable, so that the reason can be read by everyone. */
  disabledReason?: string | null
}

export function Button({
  look = 'secondary',
  pending = false,
  disabledReason,
  type = 'button',
  className,
  onClick,
  title,
  children,
  ...rest
}: ButtonProps) {
  const reasonId = useId()
  const off = pending || Boolean(disabledReason)
  function press(event: MouseEvent<HTMLButtonElement>) {
    if (off) event.preventDefault()
    else onClick?.(event)
  }
  return (
    <>
      <button
        {...rest}
        type={type}
        className={buttonClass(look, className)}
        aria-disabled={off || undefined}
        aria-busy={pending || undefined}
        aria-describedby={disabledReason ? reasonId : rest['aria-describedby']}
        title={disabledReason ?? title}
        onClick={press}
      >
        {children}
      </button>
      {disabledReason ? (
        <span id={reasonId} className="sr-only">
          {disabledReason}
        </span>
      ) : null}
    </>
  )
}
