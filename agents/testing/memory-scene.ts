/** A program in a VE with much that a checkpoint has to hold, and a client of it outside. */
import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { LabVe } from './lab-ve.ts'

export const SCENE_PORT = 7000

/**
 * For each line that a client sends: counts it, in memory and in a file that stays open, sends two letters through a pair of sockets
 * to another process, which turns them round, and a line through a terminal. Answers with all of these, its pid and the line.
 */
const SCRIPT = `
use strict; use Socket; use POSIX ();
exit 0 if fork; POSIX::setsid(); exit 0 if fork;
open(STDIN, '<', '/dev/null'); open(STDOUT, '>', '/dev/null'); open(STDERR, '>', '/dev/null');
socketpair(my $here, my $there, AF_UNIX, SOCK_STREAM, 0) or die;
if (fork == 0) { close $here; syswrite($there, scalar reverse $_) while sysread($there, $_, 100); exit }
sysopen(my $master, '/dev/ptmx', 0402) or die;
ioctl($master, 0x80045430, my $number = pack('i', 0)) && ioctl($master, 0x40045431, my $zero = pack('i', 0)) or die;
sysopen(my $terminal, '/dev/pts/' . unpack('i', $number), 0402) or die;
open(my $file, '>', '/root/scene.out') or die;
my $count = 0; my $heap = join ',', 1 .. 200000;
my $listener;
socket($listener, PF_INET, SOCK_STREAM, 0) && setsockopt($listener, SOL_SOCKET, SO_REUSEADDR, 1) or die;
bind($listener, sockaddr_in(${SCENE_PORT}, INADDR_ANY)) && listen($listener, 5) or die;
while (accept(my $client, $listener)) {
  while (defined(my $line = readline $client)) {
    chomp $line; $count++;
    syswrite($file, "$count $line\\n");
    syswrite($here, 'ab'); sysread($here, my $turned, 100);
    syswrite($master, "t$count\\n"); sysread($terminal, my $typed, 100); sysread($master, my $echo, 100);
    chomp $typed; my $sum = unpack('%32C*', $heap);
    syswrite($client, "$count $line $turned $typed $sum $$\\n");
  }
}
`

export async function startScene(ve: LabVe): Promise<void> {
  await ve.exec(['sh', '-c', 'cat >/root/scene.pl && perl /root/scene.pl'], { stdin: SCRIPT })
}

/** One connection for the whole of a test: lines there, answers back, in order. */
export class SceneClient {
  readonly #socket: Socket
  #text = ''
  #waiting: (() => void) | null = null
  #error: Error | null = null

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setEncoding('utf8')
    socket.setNoDelay(true)
    socket.on('data', (text: string) => this.#wake(text))
    socket.on('error', (error) => {
      this.#error = error
      this.#wake('')
    })
    socket.on('close', () => {
      this.#error ??= new Error('closed')
      this.#wake('')
    })
  }

  #wake(text: string): void {
    this.#text += text
    this.#waiting?.()
    this.#waiting = null
  }

  static #connect(address: string): Promise<SceneClient> {
    return new Promise((resolve, reject) => {
      const socket = connect(SCENE_PORT, address, () => resolve(new SceneClient(socket)))
      socket.once('error', reject)
    })
  }

  /** Waits for the program to listen. */
  static async open(address: string): Promise<SceneClient> {
    for (let tries = 0; ; tries += 1) {
      try {
        return await SceneClient.#connect(address)
      } catch (error) {
        if (tries === 50 || !/ECONNREFUSED/.test(String(error))) throw error
        await delay(100)
      }
    }
  }

  send(line: string): void {
    this.#socket.write(`${line}\n`)
  }

  async answer(): Promise<string> {
    while (!this.#text.includes('\n')) {
      if (this.#error !== null) throw this.#error
      await new Promise<void>((resolve) => {
        this.#waiting = resolve
      })
    }
    const end = this.#text.indexOf('\n')
    const line = this.#text.slice(0, end)
    this.#text = this.#text.slice(end + 1)
    return line
  }

  ask(line: string): Promise<string> {
    this.send(line)
    return this.answer()
  }

  close(): void {
    this.#socket.destroy()
  }
}
