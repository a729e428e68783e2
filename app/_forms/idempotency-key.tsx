'use client'
import { useContext, useEffect, useRef, useState } from 'react'
import { FormContext } from './form-context.ts'

/** 128 random bits; `crypto.randomUUID` would need a secure origin, this does not. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
}

/**
 * One key until the form was sent with success: pressing twice, or sending again after a silence, does it once. A form that stays
 * on screen then asks for something new, under another key.
 */
export function IdempotencyKey() {
  const { pending, problem } = useContext(FormContext)
  const [key, setKey] = useState('')
  const sent = useRef(false)
  useEffect(() => setKey(newKey()), [])
  useEffect(() => {
    if (!pending && sent.current && problem === null) setKey(newKey())
    sent.current = pending
  }, [pending, problem])
  return <input type="hidden" name="idempotencyKey" value={key} readOnly />
}
