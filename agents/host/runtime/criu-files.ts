import { vePaths } from '../paths.ts'

/** What CRIU and those who call it are told of a running VE, root's alone. */
export function criuFiles(veid: number) {
  const { bundle, home } = vePaths(veid)
  return {
    /** CRIU's own settings, criu(8), "Configuration files". */
    settings: `${bundle}/criu.conf`,
    /** Of a restored VE: where something of the host's is mounted in it. Its config.json no longer says so. */
    mounts: `${bundle}/mounts.json`,
    /** Where programs may be run from, which /run need not be. */
    script: `${home}/restore-action`,
  }
}
