/**
 * What has to work before node_modules exists: plain Node, built-ins only. Checks Node, installs the
 * dependencies if they are missing or differ from package-lock.json, and hands over to the TypeScript entry
 * in the same process, so that signals and exit codes need no forwarding.
 */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const CHECKOUT = path.resolve(import.meta.dirname, '../..')
const OLDEST_MINOR = { 20: 19, 22: 12 }

/** @param {string} entry a TypeScript file in this folder, such as `up.ts` */
export async function handOver(entry) {
  refuseOldNode()
  process.chdir(CHECKOUT)
  if (!dependenciesAreCurrent()) await installDependencies()
  const { register } = await import('tsx/esm/api')
  register()
  await import(pathToFileURL(path.join(import.meta.dirname, entry)).href)
}

/** As in package.json: what the packages that we use support. */
function refuseOldNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major >= 24 || minor >= (OLDEST_MINOR[major] ?? Number.POSITIVE_INFINITY)) return
  giveUp(
    `This is Node ${process.versions.node}, and Corral needs 20.19, 22.12, or 24 and newer.`,
    'Install it from nodejs.org or your package manager, then run the command again.',
  )
}

/** npm writes node_modules/.package-lock.json last: it is missing after an interrupted install. */
export function dependenciesAreCurrent(checkout = CHECKOUT) {
  const read = (file) => JSON.parse(readFileSync(path.join(checkout, file), 'utf8')).packages
  try {
    const installed = read('node_modules/.package-lock.json')
    return Object.entries(read('package-lock.json')).every(
      ([name, wanted]) =>
        name === '' || (installed[name] ? installed[name].version === wanted.version : wanted.optional),
    )
  } catch {
    return false
  }
}

/** npm as the one that runs us, or the one on the PATH. */
function npmArgv() {
  const script = process.env.npm_execpath
  return script?.endsWith('npm-cli.js') ? [process.execPath, script] : ['npm']
}

async function installDependencies() {
  const began = Date.now()
  process.stdout.write('  … Dependencies: npm ci, about half a minute\n')
  const [program, ...first] = npmArgv()
  const child = spawn(program, [...first, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: CHECKOUT,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk
    })
  }
  const code = await new Promise((resolve) => {
    child.once('error', (error) => {
      output += error.message
      resolve(-1)
    })
    child.once('close', resolve)
  })
  if (code !== 0) installFailed(output)
  process.stdout.write(`  ✓ Dependencies installed (${((Date.now() - began) / 1000).toFixed(1)} s)\n`)
}

function installFailed(output) {
  if (/ENOSPC|no space left/i.test(output)) {
    giveUp(`The disk that holds ${CHECKOUT} is full.`, 'Free some space there, then run the command again.')
  }
  process.stderr.write(`${output.trim().split('\n').slice(-15).join('\n')}\n`)
  giveUp(
    'The dependencies could not be installed: npm ci failed, with what is printed above.',
    'Check that this machine reaches its npm registry, then run the command again.',
  )
}

function giveUp(sentence, wayOn) {
  process.stderr.write(`\n${sentence}\n${wayOn}\n`)
  process.exit(1)
}
