/**
 * What `ip -json` printed. Names and aliases may hold any character but a few, and ip(8) prints control characters as they are,
 * which JSON does not allow: each becomes a space.
 */
export function parseIpJson<T>(printed: string): T[] {
  const plain = Array.from(printed, (character) => (character < ' ' ? ' ' : character)).join('')
  return JSON.parse(plain.trim() || '[]') as T[]
}
