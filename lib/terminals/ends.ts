/** What the reader is told of a terminal's end. Without the schema library, for the browser. */
import type { TerminalEnd } from './protocol.ts'

type End = {
  title: string
  /** What to make of it. */
  next: string
  /** Opens again by itself. */
  again: boolean
}

export const TERMINAL_END: Record<TerminalEnd, End> = {
  exited: { title: 'The shell ended.', next: 'Open a new one when you need it.', again: false },
  closed: { title: 'The terminal was closed.', next: 'Open a new one when you need it.', again: false },
  idle: {
    title: 'The terminal was closed: nobody typed for a long time.',
    next: 'What ran in it was ended. Open a new one.',
    again: false,
  },
  abandoned: {
    title: 'The terminal was closed: the browser was away for too long.',
    next: 'What ran in it was ended. Open a new one.',
    again: true,
  },
  replaced: {
    title: 'This terminal goes on in another window.',
    next: 'Reconnect to bring it here.',
    again: false,
  },
  'session-ended': { title: 'Your session ended.', next: 'Sign in again.', again: false },
  forbidden: {
    title: 'You may not use this terminal any more.',
    next: 'Ask an administrator of the account for the permission.',
    again: false,
  },
  've-stopped': {
    title: 'The VE does not run any more.',
    next: 'Start it, then open a new one.',
    again: false,
  },
  've-suspended': { title: 'The VE was suspended.', next: 'Its page says why.', again: false },
  've-moved': { title: 'The VE moved to another host.', next: 'A new shell is opened there.', again: true },
  've-destroyed': {
    title: 'The VE was destroyed.',
    next: 'There is nothing to open any more.',
    again: false,
  },
  'host-lost': {
    title: 'The connection to the host broke.',
    next: 'What ran in the terminal was ended. Open a new one when the host answers.',
    again: false,
  },
  'worker-changed': {
    title: 'Another worker of the panel serves the host now.',
    next: 'A new shell is opened.',
    again: true,
  },
  'worker-away': {
    title: 'No worker of the panel serves the host at the moment.',
    next: 'It is tried again.',
    again: true,
  },
  refused: { title: 'The terminal was not opened.', next: 'Open it again.', again: false },
  failed: { title: 'The terminal failed.', next: 'Open it again.', again: false },
}
