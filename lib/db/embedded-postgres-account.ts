import { spawnSync } from 'node:child_process'

/** Who runs PostgreSQL: ids to hand to spawn(), or none when we are an ordinary user and run it ourselves. */
export type PostgresAccount = { uid?: number; gid?: number }

/** PostgreSQL refuses to run as root. Any account that exists will do: nothing is added to the machine. */
export function findPostgresAccount(): PostgresAccount {
  if (process.getuid?.() !== 0) return {}
  for (const name of ['postgres', 'nobody']) {
    const uid = idOf('-u', name)
    const gid = idOf('-g', name)
    if (uid !== undefined && gid !== undefined) return { uid, gid }
  }
  return { uid: 65534, gid: 65534 }
}

function idOf(flag: '-u' | '-g', name: string): number | undefined {
  const id = spawnSync('id', [flag, name], { encoding: 'utf8' })
  return id.status === 0 ? Number(id.stdout) : undefined
}

/** Whether the account can enter a directory or run a file; asked of the kernel, so ACLs count too. */
export const canExecute = (account: PostgresAccount, path: string) =>
  spawnSync('test', ['-x', path], { ...account, stdio: 'ignore' }).status === 0

/** Makes the account the owner of everything under `path`. */
export function giveTo({ uid, gid }: PostgresAccount, path: string) {
  if (uid === undefined) return
  const chown = spawnSync('chown', ['-R', `${uid}:${gid}`, path], { encoding: 'utf8' })
  if (chown.status !== 0) throw new Error(`chown of ${path} failed: ${chown.stderr || chown.error}`)
}
