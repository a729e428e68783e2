'use client'
import { useEffect } from 'react'
import { setPreference } from './preference.ts'

/** Tells the server the browser's time zone, so that the pages it renders show local times without a second try. */
export function TimeZoneCookie() {
  useEffect(() => {
    setPreference('corral-time-zone', Intl.DateTimeFormat().resolvedOptions().timeZone)
  }, [])
  return null
}
