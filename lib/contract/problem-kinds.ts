/**
 * The kinds of problem, each with what to tell people. Apart from `problem.ts` so that a page can say what a code means
 * without carrying the schema library to the browser.
 */

/** `status` is the HTTP status (RFC 9110), `title` names the kind, `next` says what the reader can do about it. */
type ProblemKind = { status: number; title: string; next: string }

export const PROBLEMS = {
  // Requests
  'invalid-input': {
    status: 422,
    title: 'The input is not valid',
    next: 'Correct the fields that are marked and send it again.',
  },
  'not-found': {
    status: 404,
    title: 'There is no such thing here',
    next: 'Check the id, or go back to the list.',
  },
  unauthenticated: { status: 401, title: 'You are not signed in', next: 'Sign in, or send a valid API key.' },
  forbidden: {
    status: 403,
    title: 'You may not do this',
    next: 'Ask an administrator of the account for the permission.',
  },
  conflict: {
    status: 409,
    title: 'It is taken or in another state',
    next: 'Reload, look at the present state, and decide again.',
  },
  'idempotency-mismatch': {
    status: 422,
    title: 'This Idempotency-Key was used for another request',
    next: 'Use a new key for a new request.',
  },
  'rate-limited': { status: 429, title: 'Too many requests', next: 'Wait a little, then try again.' },
  internal: {
    status: 500,
    title: 'Something failed inside Corral',
    next: 'Try again; if it stays, give the reference to your administrator.',
  },
  // VEs
  've-state-forbids': {
    status: 409,
    title: 'The VE is in a state that does not allow this',
    next: 'Wait for the running operation, or bring the VE into the state that is named.',
  },
  'checkpoint-failed': {
    status: 502,
    title: 'The memory of the VE could not be written down',
    next: 'The VE runs on as before. Read what it holds that cannot be saved, end that, and try again; or stop it instead.',
  },
  'restore-failed': {
    status: 502,
    title: 'The VE could not be brought back from its saved memory',
    next: 'It is hibernated as before. Resume it again; or stop it, which throws its memory away, and start it.',
  },
  'move-impossible': {
    status: 409,
    title: 'The VE cannot be moved so',
    next: 'Clear what stands in the way, choose another way of moving it, or another host.',
  },
  'backup-damaged': {
    status: 409,
    title: 'The backup is not what was written',
    next: 'Take another backup, and restore from another one. Look after the disk that the store is on.',
  },
  'backup-store-missing': {
    status: 502,
    title: 'The store of backups is not there',
    next: 'Mount the file system that it is on, then check the store again.',
  },
  'too-many-backups': {
    status: 409,
    title: 'There are as many backups as there may be',
    next: 'Delete one that is not needed any more, then take another.',
  },
  'too-many-snapshots': {
    status: 409,
    title: 'This VE has as many snapshots as it may have',
    next: 'Delete one that is not needed any more, then take another.',
  },
  'veid-taken': {
    status: 409,
    title: 'This veid is taken',
    next: 'Choose another number above 100, or leave it empty.',
  },
  'address-taken': {
    status: 409,
    title: 'This address is taken',
    next: 'Choose another address, or leave it empty to get the next free one.',
  },
  'no-free-address': {
    status: 409,
    title: 'No free address is left',
    next: 'Add an address pool, or free an address.',
  },
  'no-host-fits': {
    status: 409,
    title: 'No host can take this VE',
    next: 'Add a host, free room, or choose a smaller size.',
  },
  'host-full': { status: 409, title: 'The host is full', next: 'Choose another host or a smaller size.' },
  'architecture-mismatch': {
    status: 409,
    title: 'The template is for another architecture',
    next: 'Choose a host or a template of the same architecture.',
  },
  'template-not-ready': {
    status: 409,
    title: 'The template is not ready on this host',
    next: 'Build the template on this host first.',
  },
  've-suspended': {
    status: 409,
    title: 'The VE is suspended',
    next: 'Lift the suspension first; its reason is named.',
  },
  'pool-overlap': {
    status: 409,
    title: 'The pools overlap',
    next: 'Choose addresses that no other pool gives out.',
  },
  'device-in-use': {
    status: 409,
    title: 'The device is in use',
    next: 'Free the device that is named, or choose another.',
  },
  'firewall-refused': {
    status: 409,
    title: 'The host refuses a firewall rule',
    next: 'Correct the rule that is marked; nothing was changed.',
  },
  'terminal-refused': {
    status: 403,
    title: 'The terminal cannot be opened',
    next: 'Open it again from the page of the VE.',
  },
  've-not-running': { status: 409, title: 'The VE is not running', next: 'Start it first.' },
  've-start-failed': {
    status: 502,
    title: 'The VE did not start',
    next: 'Read the log of the operation; the VE stays stopped.',
  },
  've-init-died': {
    status: 409,
    title: 'The VE went down by itself',
    next: 'Read its boot log, then start it again.',
  },
  'stale-epoch': {
    status: 409,
    title: 'The VE has moved on',
    next: 'Nothing to do: another host owns this VE now.',
  },
  // Hosts: enrolment and the link
  'host-unreachable': {
    status: 502,
    title: 'The host cannot be reached',
    next: 'Check the address, the port and the firewall, then retry.',
  },
  'host-refused': {
    status: 502,
    title: 'The host refuses the connection',
    next: 'Check that sshd runs on that port, then retry.',
  },
  'host-key-changed': {
    status: 502,
    title: 'The host shows another key than the one you confirmed',
    next: 'Find out why before going on. If the host was re-installed, remove it here and enrol it again.',
  },
  'sign-in-failed': {
    status: 502,
    title: 'The host does not accept the password or key',
    next: 'Check user and password (or key) and enrol again. Nothing was changed on the host.',
  },
  'no-root': {
    status: 502,
    title: 'This user cannot become root on the host',
    next: 'Enrol as root, or as a user whose sudo allows every command.',
  },
  'unsupported-host': {
    status: 502,
    title: 'This host is not supported',
    next: 'Use a supported distribution and kernel; the log says what is missing.',
  },
  'missing-packages': {
    status: 502,
    title: 'Packages are missing on the host',
    next: 'Install the packages that are named, then retry.',
  },
  'no-disk-space': {
    status: 507,
    title: 'There is too little disk space',
    next: 'Free space on the file system that is named, then retry.',
  },
  'storage-missing': {
    status: 502,
    title: 'The file system of the VEs is not mounted',
    next: 'Mount it on the host: its VEs are seen again by themselves.',
  },
  'agent-version-mismatch': {
    status: 502,
    title: 'The agent on the host is of another version',
    next: 'Upgrade the agent from the page of the host.',
  },
  'agent-failed': {
    status: 502,
    title: 'The agent failed',
    next: 'Read the log of the operation. What was begun has been undone unless the operation says stuck.',
  },
  'link-lost': {
    status: 502,
    title: 'The connection to the host broke',
    next: 'Nothing is lost: the operation goes on when the host answers again.',
  },
  // Agent
  'command-failed': {
    status: 502,
    title: 'A command on the host failed',
    next: 'The log shows the command and what it printed.',
  },
  'capability-missing': {
    status: 409,
    title: 'The host cannot do this',
    next: 'Choose a host with this capability; the reason is named.',
  },
  'template-build-failed': {
    status: 502,
    title: 'The template could not be built',
    next: 'The log shows what the build printed. The previous cache, if any, is kept.',
  },
  locked: { status: 409, title: 'Another request works on this', next: 'Wait for the holder that is named.' },
  'idempotency-key-reused': {
    status: 409,
    title: 'The same key came with other parameters',
    next: 'This is a fault in Corral; report it with the reference.',
  },
  'unknown-method': {
    status: 400,
    title: 'The agent does not know this method',
    next: 'Upgrade the agent from the page of the host.',
  },
  // Operations
  cancelled: { status: 409, title: 'The operation was cancelled', next: 'What was begun has been undone.' },
  'deadline-passed': {
    status: 504,
    title: 'The operation took too long',
    next: 'Look at the log of the step, then retry.',
  },
} as const satisfies Record<string, ProblemKind>

export type ProblemCode = keyof typeof PROBLEMS
export const PROBLEM_CODES = Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]]
