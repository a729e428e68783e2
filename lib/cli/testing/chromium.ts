import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

export const CHROMIUM = '/usr/bin/chromium'

/** Debian's Chromium for the browser tests, installed if we may. A text says why there is none. */
export function ensureChromium(): true | string {
  if (existsSync(CHROMIUM)) return true
  if (process.getuid?.() !== 0) return `there is no ${CHROMIUM}: apt-get install chromium`
  if (!existsSync('/usr/bin/apt-get')) return `there is no ${CHROMIUM}, and no apt-get to install it with`
  console.log('Installing chromium with apt-get: the browser tests run in it')
  const apt = ['-q', '-y', '-o', 'DPkg::Lock::Timeout=300']
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const packages = ['chromium', 'fonts-liberation']
  for (const words of [['update'], ['install', '--no-install-recommends', ...packages]]) {
    const done = spawnSync('apt-get', [...apt, ...words], { env, encoding: 'utf8' })
    if (done.status !== 0) return `apt-get ${words[0]} failed: ${done.stderr.trim().split('\n').at(-1)}`
  }
  return existsSync(CHROMIUM) || `apt-get installed chromium, but there is no ${CHROMIUM}`
}
