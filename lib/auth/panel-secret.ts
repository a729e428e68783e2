/** The web process's own secret: signs sessions, keys digests. Throws when it is missing or short. */
export function panelSecret(): string {
  const value = process.env.CORRAL_SECRET ?? process.env.BETTER_AUTH_SECRET
  if (!value || value.length < 32)
    throw new Error('CORRAL_SECRET is not set, or shorter than 32 characters. `npm run up` makes one.')
  return value
}
