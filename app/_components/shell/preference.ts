const YEAR_SECONDS = 31_536_000

/** Keeps how this browser wants to see things. Nothing in it is secret and nothing is decided by it. */
export function setPreference(name: 'corral-theme' | 'corral-time-zone', value: string): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in Firefox before 140 and on plain HTTP
  document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`
}
