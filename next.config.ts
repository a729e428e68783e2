import type { NextConfig } from 'next'

/** What every answer carries; the Content-Security-Policy needs a nonce a request and is set in `proxy.ts`. */
const SECURITY_HEADERS = [
  { key: 'X-Content-Type-Options', value: 'nosniff' },
  { key: 'X-Frame-Options', value: 'DENY' },
  { key: 'Referrer-Policy', value: 'same-origin' },
  { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
  { key: 'Permissions-Policy', value: 'camera=(), microphone=(), geolocation=(), payment=(), usb=()' },
]

export default {
  poweredByHeader: false,
  reactStrictMode: true,
  // `npm run check` looks at the types of the whole checkout; `npm run up` need not do it again.
  typescript: { ignoreBuildErrors: true },
  // Next would otherwise write instructions for coding assistants into the checkout.
  agentRules: false,
  // Native or dynamic requires that a bundle breaks; the worker and the custom server load the same copies.
  serverExternalPackages: [
    'pg',
    'pino',
    'prisma',
    '@prisma/client',
    '@prisma/adapter-pg',
    'better-auth',
    'graphile-worker',
  ],
  // Nothing of a panel is worth keeping in memory between requests.
  cacheMaxMemorySize: 0,
  experimental: {
    // A page of this panel shows what was last seen: never an old one out of the browser's router cache.
    staleTimes: { dynamic: 0, static: 30 },
  },
  headers: async () => [{ source: '/:path*', headers: SECURITY_HEADERS }],
} satisfies NextConfig
