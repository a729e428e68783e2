import ssh2 from 'ssh2'

/**
 * A new ed25519 key, the private half in OpenSSH's format. About one in 400 that ssh2 1.17 makes is malformed by its own
 * parser's verdict, so each is read back before it counts.
 */
export function newSshKey(): string {
  for (;;) {
    const key = ssh2.utils.generateKeyPairSync('ed25519').private
    if (!(ssh2.utils.parseKey(key) instanceof Error)) return key
  }
}
