'use client'
import { useEffect, useState } from 'react'

/** 128 random bits; `crypto.randomUUID` would need a secure origin, this does not. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
}

/** One key for as long as the form is on screen: pressing twice, or sending again after a silence, does it once. */
export function IdempotencyKey() {
  const [key, setKey] = useState('')
  useEffect(() => setKey(newKey()), [])
  return <input type="hidden" name="idempotencyKey" value={key} readOnly />
}
