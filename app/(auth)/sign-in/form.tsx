'use client'
import { type FormEvent, useState } from 'react'
import { paths } from '@/lib/paths.ts'
import { inputClass } from '../../_forms/input-class.ts'
import { Button } from '../../_ui/button.tsx'
import { Callout } from '../../_ui/callout.tsx'

async function signIn(form: FormData): Promise<string | null> {
  const answer = await fetch('/api/auth/sign-in/email', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: form.get('email'), password: form.get('password') }),
  }).catch(() => null)
  if (answer === null) return 'Corral does not answer. Check the connection, then try again.'
  if (answer.ok) return null
  if (answer.status === 429) return 'Too many tries. Wait a minute, then try again.'
  if (answer.status >= 500)
    return 'Something failed inside Corral. Try again; the log of the web process says more.'
  return 'E-mail address or password is wrong.'
}

export function SignInForm() {
  const [pending, setPending] = useState(false)
  const [wrong, setWrong] = useState<string | null>(null)
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    setPending(true)
    const sentence = await signIn(new FormData(event.currentTarget))
    setWrong(sentence)
    // A full load, so that nothing of the signed-out page stays cached; the button stays off until it is there.
    if (sentence === null) window.location.assign(paths.home())
    else setPending(false)
  }
  return (
    <form method="post" aria-label="Sign in" onSubmit={(event) => void submit(event)} className="grid gap-4">
      <label className="grid gap-1">
        <span className="font-medium text-sm">E-mail address</span>
        <input
          name="email"
          type="email"
          required
          autoComplete="username"
          // biome-ignore lint/a11y/noAutofocus: the page has this one purpose
          autoFocus
          aria-invalid={wrong ? true : undefined}
          className={inputClass}
        />
      </label>
      <label className="grid gap-1">
        <span className="font-medium text-sm">Password</span>
        <input
          name="password"
          type="password"
          required
          autoComplete="current-password"
          aria-invalid={wrong ? true : undefined}
          className={inputClass}
        />
      </label>
      {wrong ? (
        <Callout tone="danger" role="alert">
          {wrong}
        </Callout>
      ) : null}
      <Button type="submit" look="primary" pending={pending}>
        {pending ? 'Signing in…' : 'Sign in'}
      </Button>
    </form>
  )
}
