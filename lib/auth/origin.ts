/** Where the panel is reached, and which origins may send it requests with a session. */

export function panelUrl(): string | undefined {
  return process.env.CORRAL_URL || undefined
}

/**
 * The origins a request with a session may come from: the panel's own URL, and whatever host name the browser itself
 * used for this request (a browser cannot be made to send another site's Origin together with our Host).
 */
export function trustedOrigins(request?: Pick<Request, 'headers'>): string[] {
  const origins: string[] = []
  const url = panelUrl()
  if (url) origins.push(new URL(url).origin)
  const host = request?.headers.get('host')
  if (host) origins.push(`http://${host}`, `https://${host}`)
  return origins
}

/**
 * Whether a request that changes something may use the browser's session: it must say that it comes from our own pages.
 * `Sec-Fetch-Site` is set by the browser and cannot be forged by a page; older browsers send Origin alone.
 */
export function isSameOrigin(request: Pick<Request, 'headers'>): boolean {
  const site = request.headers.get('sec-fetch-site')
  if (site !== null && site !== 'same-origin') return false
  const origin = request.headers.get('origin')
  return origin !== null && trustedOrigins(request).includes(origin)
}
