/** What a long task tells the person who waits for it. One `step` goes from running to done or failed. */
export type LabProgress = {
  step: string
  label: string
  state: 'running' | 'done' | 'failed'
  detail?: string
}
export type ReportProgress = (progress: LabProgress) => void

/**
 * Reports a step around a task, which may say how far it is. `detail` turns the task's result into what is shown when it
 * is done.
 */
export async function reported<T>(
  report: ReportProgress,
  step: string,
  label: string,
  task: (say: (detail: string) => void) => Promise<T>,
  detail?: (result: T) => string | undefined,
): Promise<T> {
  report({ step, label, state: 'running' })
  try {
    const result = await task((text) => report({ step, label, state: 'running', detail: text }))
    report({ step, label, state: 'done', detail: detail?.(result) })
    return result
  } catch (error) {
    report({ step, label, state: 'failed', detail: error instanceof Error ? error.message : String(error) })
    throw error
  }
}
