#!/usr/bin/env node
/**
 * Stands in for Prisma's native schema engine, which its CLI would fetch from Prisma's own server: the CLI's
 * JSON-RPC over stdio in front of the WebAssembly engine (@prisma/schema-engine-wasm) on adapter-pg.
 * prisma.config.ts points the CLI here. It leans on internals of the CLI and of the adapter, so those
 * packages are pinned exactly; try migrate dev, deploy, status, diff and reset after raising one.
 */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import readline from 'node:readline'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils'
import * as wasm from '@prisma/schema-engine-wasm/schema_engine_bg'
import pg from 'pg'
import { parseIntoClientConfig } from 'pg-connection-string'

const require = createRequire(import.meta.url)
const INTERNAL_CHAR_OID = 18
const BPCHAR_OID = 1042

const invocation = parseInvocation(process.argv.slice(2))
const target = parseTarget(invocation.url)

if (invocation.command) await runDatabaseCommand(invocation.command)
else await serve()

// ---- the command line ------------------------------------------------------------------------------------

function parseInvocation(argv) {
  const datamodels = []
  let url = process.env.DATABASE_URL
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at]
    if (word === '--version' || word === '-v') {
      console.log('schema-engine-wasm')
      process.exit(0)
    } else if (word === '--datamodels' || word === '-d') {
      const file = argv[++at]
      datamodels.push([file, readFileSync(file, 'utf8')])
    } else if (word === '--datasource') url = JSON.parse(argv[++at]).url || url
    else if (word === '--enabled-preview-features' || word === '--extension-types') at++
    else if (word === 'cli') return { datamodels, url: url || nowhere(), command: argv[++at] }
  }
  return { datamodels, url: url || nowhere() }
}

/** `prisma generate` and `validate` start the engine too, and need no database. */
function nowhere() {
  return 'postgresql://nobody@127.0.0.1:1/none'
}

function parseTarget(url) {
  const parsed = new URL(url)
  const schema = parsed.searchParams.get('schema') ?? 'public'
  parsed.searchParams.delete('schema')
  const admin = new URL(parsed)
  admin.pathname = '/postgres'
  return {
    database: decodeURIComponent(parsed.pathname.slice(1)),
    schema,
    url: parsed.toString(),
    adminUrl: admin.toString(),
  }
}

// ---- creating, dropping and reaching a database: not part of the WebAssembly engine -----------------------

async function runDatabaseCommand(command) {
  try {
    if (command === 'can-connect-to-database') await withClient(target.url, async () => {})
    else if (command === 'create-database') await createDatabase(target)
    else if (command === 'drop-database') await dropDatabase(target.database)
    else throw new Error(`unknown command ${command}`)
    process.exit(0)
  } catch (error) {
    const { code, message } = describe(error)
    log('INFO', 'schema engine') // the CLI drops the first line of stderr
    log('ERROR', message, code ? { error_code: code } : {})
    process.exit(1)
  }
}

async function withClient(connectionString, work) {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

async function createDatabase({ database, adminUrl }) {
  const duplicate = '42P04'
  try {
    await withClient(adminUrl, (client) => client.query(`CREATE DATABASE ${quoted(database)}`))
  } catch (error) {
    if (error.code !== duplicate) throw error
  }
  return database
}

const dropDatabase = (database) =>
  withClient(target.adminUrl, (client) =>
    client.query(`DROP DATABASE IF EXISTS ${quoted(database)} WITH (FORCE)`),
  )

function quoted(identifier) {
  return `"${identifier.replaceAll('"', '""')}"`
}

/** PostgreSQL's and the socket's codes as the Prisma codes that the CLI knows what to do with. */
function describe(error) {
  const codes = {
    '3D000': 'P1003',
    '28P01': 'P1000',
    28000: 'P1000',
    ECONNREFUSED: 'P1001',
    ENOTFOUND: 'P1001',
    ETIMEDOUT: 'P1001',
  }
  if (typeof error?.code === 'string' && /^P\d/.test(error.code))
    return { code: error.code, message: error.message }
  const code = codes[error?.code]
  if (code === 'P1003') return { code, message: `Database \`${target.database}\` does not exist` }
  return { code, message: error?.message || String(error?.code ?? error) }
}

function log(level, message, extra = {}) {
  const line = {
    timestamp: new Date().toISOString(),
    level,
    fields: { message, ...extra },
    target: 'schema_engine::logger',
  }
  process.stderr.write(`${JSON.stringify(line)}\n`)
}

// ---- the adapter, mended ---------------------------------------------------------------------------------

/** adapter-pg 7.9 does not know PostgreSQL's internal "char" type: read it as character, and remember that it was one. */
function teachInternalChar() {
  const original = pg.Query.prototype.handleRowDescription
  pg.Query.prototype.handleRowDescription = function (message) {
    for (const field of message.fields) {
      if (field.dataTypeID !== INTERNAL_CHAR_OID) continue
      field.dataTypeID = BPCHAR_OID
      field.isInternalChar = true
    }
    return original.call(this, message)
  }
}

function mended(adapter) {
  const performIO = adapter.performIO.bind(adapter)
  const queryRaw = adapter.queryRaw.bind(adapter)
  let fields = []
  adapter.performIO = async (query) => {
    const result = await performIO(query)
    fields = result.fields ?? []
    return result
  }
  adapter.queryRaw = async (query) => {
    const result = await queryRaw(query)
    fields.forEach((field, column) => {
      if (field.isInternalChar) result.columnTypes[column] = ColumnTypeEnum.Character
    })
    return result
  }
  // The adapter's own splits a script on every ';', inside function bodies too.
  adapter.executeScript = async (sql) => {
    try {
      await adapter.underlyingDriver().query(sql)
    } catch (error) {
      adapter.onError(error)
    }
  }
  return adapter
}

/**
 * Discrete fields, never a connectionString: for the shadow database only `database` is replaced, which a
 * connectionString would put back, and the shadow replay would hit the main database.
 */
function adapterFactory() {
  const { host, port, user, password, database, ssl } = parseIntoClientConfig(target.url)
  const open = (name) =>
    new PrismaPg({ host, port, user, password, database: name, ssl, max: 1 }, { schema: target.schema })
  const main = open(database)
  return bindMigrationAwareSqlAdapterFactory({
    provider: main.provider,
    adapterName: main.adapterName,
    connect: async () => mended(await main.connect()),
    connectToShadowDb: async () => {
      const shadow = `prisma_migrate_shadow_db_${randomUUID()}`
      await withClient(target.adminUrl, (client) => client.query(`CREATE DATABASE ${quoted(shadow)}`))
      const adapter = mended(await open(shadow).connect())
      const dispose = adapter.dispose.bind(adapter)
      adapter.dispose = async () => {
        await dispose()
        await dropDatabase(shadow)
      }
      return adapter
    },
  })
}

// ---- the engine ------------------------------------------------------------------------------------------

function loadEngine() {
  const file = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg').replace(/\.js$/, '.wasm')
  const instance = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(file)), {
    './schema_engine_bg.js': wasm,
  })
  wasm.__wbg_set_wasm(instance.exports)
  instance.exports.__wbindgen_start()
  // The engine reports the text of a Rust panic here.
  globalThis.PRISMA_WASM_PANIC_REGISTRY = {
    last: '',
    set_message(message) {
      this.last = message
    },
  }
  teachInternalChar()
  const datamodels = invocation.datamodels.length ? invocation.datamodels : undefined
  let engine
  return () => {
    engine ??= wasm.SchemaEngine.new({ datamodels }, () => {}, adapterFactory())
    return engine
  }
}

// ---- JSON-RPC over stdio ---------------------------------------------------------------------------------

async function serve() {
  const engine = loadEngine()
  let current
  // A Rust panic inside a poll surfaces here and not in the promise that is awaited.
  process.on('uncaughtException', (error) => {
    const message = `schema engine panic: ${globalThis.PRISMA_WASM_PANIC_REGISTRY.last || error.stack}`
    send(failure(current, { message }), () => process.exit(101))
  })
  let queue = Promise.resolve()
  const lines = readline.createInterface({ input: process.stdin })
  lines.on('line', (line) => {
    queue = queue.then(async () => {
      const request = line.trim() ? JSON.parse(line) : {}
      if (!request.method) return // the CLI's answer to a "print" of ours
      current = request.id
      send(await answer(engine, request))
    })
  })
  lines.on('close', () => queue.finally(() => process.exit(0)))
}

async function answer(engine, { id, method, params }) {
  try {
    const result = await call(engine, method, params)
    // The native engine prints a diff through the CLI's "print" callback.
    if (method === 'diff' && result?.stdout != null) {
      send({ jsonrpc: '2.0', id: 9_000_000 + id, method: 'print', params: { content: result.stdout } })
      result.stdout = null
    }
    return { jsonrpc: '2.0', id, result }
  } catch (error) {
    const described = describe(error)
    if (error instanceof WebAssembly.RuntimeError) {
      described.message = globalThis.PRISMA_WASM_PANIC_REGISTRY.last || error.message
    }
    return failure(id, described, error?.meta)
  }
}

async function call(engine, method, params) {
  if (method === 'createDatabase') {
    const url = params?.datasource?.url
    return { databaseName: await createDatabase(url ? parseTarget(url) : target) }
  }
  if (method === 'getDatabaseVersion') return (await engine()).version(params)
  if (method === 'ensureConnectionValidity') {
    await withClient(target.url, async () => {})
    return {}
  }
  const instance = await engine()
  if (typeof instance[method] !== 'function') throw new Error(`the schema engine has no method ${method}`)
  return (await instance[method](params)) ?? {}
}

function failure(id, { code, message }, meta = null) {
  const data = { is_panic: false, message, meta, error_code: code }
  return { jsonrpc: '2.0', id, error: { code: 4466, message, data } }
}

function send(message, done) {
  process.stdout.write(`${JSON.stringify(message)}\n`, done)
}
