export const SETUP_STEP_STATES = ['waiting', 'running', 'done', 'failed'] as const
export type SetupStepState = (typeof SETUP_STEP_STATES)[number]
