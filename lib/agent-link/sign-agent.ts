import { spawn } from 'node:child_process'
import { Problem } from '../contract/problem.ts'

/** Signs an agent's bundle with the release key, as hosts check it: `ssh-keygen -Y verify`, namespace "corral-agent". */
export function signAgent(bundle: string, releaseKeyPath: string): Promise<string> {
  const child = spawn('ssh-keygen', ['-q', '-Y', 'sign', '-n', 'corral-agent', '-f', releaseKeyPath], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  return new Promise((resolve, reject) => {
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (chunk) => {
      stdout += chunk
    })
    child.stderr.on('data', (chunk) => {
      stderr += chunk
    })
    child.on('error', (error) =>
      reject(
        new Problem('internal', 'ssh-keygen, which signs agents, is missing on the panel’s machine.', {
          cause: error,
        }),
      ),
    )
    child.on('close', (code) => {
      if (code === 0) return resolve(stdout)
      reject(new Problem('internal', 'The agent could not be signed.', { context: { code, stderr } }))
    })
    child.stdin.on('error', () => {})
    child.stdin.end(bundle)
  })
}
