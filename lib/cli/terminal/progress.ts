import { clearSetupSteps, type Queryable, reportSetupStep } from '../../setup/report-step.ts'
import type { SetupStepState } from '../../setup/step.ts'
import { stepLine } from './step-lines.ts'

type Step = {
  key: string
  position: number
  label: string
  state: SetupStepState
  detail: string | null
  startedAt: number
}

const NARROWEST = 40
/** Positions of steps that are planned and have not begun. */
const PLANNED_FROM = 1000

const firstLine = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? ''

/** What tells the person at the terminal, and later the first-run page too, how far we are. */
export class Progress {
  readonly #steps = new Map<string, Step>()
  readonly #out: NodeJS.WriteStream
  readonly #live: boolean
  #drawnLines = 0
  #begun = 0
  #redraw: NodeJS.Timeout | undefined
  #database: Queryable | undefined
  #writes: Promise<unknown> = Promise.resolve()

  constructor(out: NodeJS.WriteStream = process.stdout) {
    this.#out = out
    this.#live = out.isTTY === true && process.env.TERM !== 'dumb'
    // A reader that went away (npm was killed, a pipe was closed) is no reason to stop.
    out.on('error', () => {})
    if (this.#live) this.#redraw = setInterval(() => this.#draw([]), 250).unref()
  }

  /** Shows steps on the page before their time has come. */
  plan(steps: { key: string; label: string }[]) {
    for (const { key, label } of steps) this.#set(key, label, 'waiting')
  }

  running(key: string, label: string, detail?: string) {
    this.#set(key, label, 'running', detail)
  }

  done(key: string, detail?: string) {
    this.#end(key, 'done', detail)
  }

  failed(key: string, detail: string) {
    this.#end(key, 'failed', detail)
  }

  /** Runs a task as a step. `describe` says in one line what came of it. */
  async step<T>(
    key: string,
    label: string,
    task: () => Promise<T>,
    describe?: (result: T) => string | undefined,
  ) {
    this.running(key, label)
    try {
      const result = await task()
      this.done(key, describe?.(result))
      return result
    } catch (error) {
      // Interrupted by Ctrl-C or by another step's failure: that is said elsewhere, this one did nothing wrong.
      if ((error as Error).name === 'AbortError') this.#set(key, label, 'waiting')
      else this.failed(key, firstLine(error))
      throw error
    }
  }

  /** A line of its own between the steps. */
  say(text: string) {
    this.#draw(text.split('\n'))
  }

  /** From now on the first-run page shows the steps too, those so far included. */
  attach(database: Queryable) {
    this.#database = database
    this.#write(() => clearSetupSteps(database))
    for (const step of this.#steps.values()) this.#save(step)
  }

  /** Resolves when everything so far is in the database. */
  async detach() {
    this.#database = undefined
    await this.#writes
  }

  close() {
    clearInterval(this.#redraw)
    this.#draw([])
  }

  #set(key: string, label: string, state: SetupStepState, detail?: string) {
    const known = this.#steps.get(key)
    const begins = known?.state !== state
    const startedAt = known && !begins ? known.startedAt : Date.now()
    const position = this.#position(known, state)
    const step: Step = { key, position, label, state, detail: detail ?? null, startedAt }
    this.#steps.set(key, step)
    this.#save(step)
    if (this.#live) this.#draw([])
    else if (state === 'running' && (begins || detail !== known?.detail)) this.#print(step)
  }

  /** Steps stand in the order in which they began; those that are only planned come after them. */
  #position(known: Step | undefined, state: SetupStepState): number {
    if (known && (known.state !== 'waiting' || state === 'waiting')) return known.position
    if (state === 'waiting') return PLANNED_FROM + this.#steps.size
    this.#begun += 1
    return this.#begun
  }

  #end(key: string, state: 'done' | 'failed', detail?: string) {
    const step = this.#steps.get(key)
    if (!step) throw new Error(`no step ${key} was begun`)
    Object.assign(step, { state, detail: detail ?? null })
    this.#save(step)
    this.#print(step)
  }

  #print(step: Step) {
    this.#draw([this.#line(step)])
  }

  #line(step: Step) {
    // A terminal that does not know its width says 0.
    const columns = this.#live && this.#out.columns >= NARROWEST ? this.#out.columns : undefined
    return stepLine({ ...step, elapsedMs: Date.now() - step.startedAt }, columns)
  }

  /** Prints lines for good above the running steps, which are drawn again in place. */
  #draw(lines: string[]) {
    const running = [...this.#steps.values()].filter((step) => step.state === 'running')
    const block = this.#live ? running.map((step) => this.#line(step)) : []
    const erase = this.#drawnLines > 0 ? `\x1b[${this.#drawnLines}A\x1b[0J` : ''
    const text = [...lines, ...block].map((line) => `${line}\n`).join('')
    this.#drawnLines = block.length
    if (erase || text) this.#out.write(erase + text)
  }

  #save(step: Step) {
    const database = this.#database
    if (!database) return
    const { key, position, label, state, detail } = step
    this.#write(() => reportSetupStep(database, { key, position, label, state, detail }))
  }

  /** In order. The page is a courtesy: a database that is just being stopped must not fail the set-up. */
  #write(statement: () => Promise<unknown>) {
    this.#writes = this.#writes.then(statement).catch(() => {})
  }
}
