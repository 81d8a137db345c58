import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type {
  MachineFacts,
  PerpetualReply,
  PerpetualRequest,
  PingPongRequest,
  PriceReply,
  PriceRequest,
  RunReply,
  RunRequest,
} from './addon.ts';
import { afterAwake } from './awake.ts';
import type { ChildMessage, ChildRequest } from './child.ts';

/**
 * What became of a request. `crashed`: the child process ended while it worked, by a fault in the
 * generated code or from outside; the next request gets a fresh child. `failed`: the addon refused.
 */
export type Answer<Value> =
  | { readonly kind: 'reply'; readonly reply: Value }
  | { readonly kind: 'crashed'; readonly signal: NodeJS.Signals | undefined; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string };

export type BlockOutcome = Answer<RunReply>;

/** Runs requests in a child process, one after another: a call waits for earlier ones. */
export interface Runner {
  run(request: RunRequest): Promise<BlockOutcome>;
  runPerpetual(request: PerpetualRequest): Promise<Answer<PerpetualReply>>;
  price(request: PriceRequest): Promise<Answer<PriceReply>>;
  machineFacts(): Promise<Answer<MachineFacts>>;
  pingPong(request: PingPongRequest): Promise<Answer<number>>;
  /** The child's process id, undefined while there is none. */
  readonly pid: number | undefined;
  /** Ends the child. A request in flight is answered with `crashed`. */
  close(): Promise<void>;
}

const childFile = fileURLToPath(new URL('../../dist/run/child.js', import.meta.url));

/**
 * The program that starts Node for the child. Under qemu-user the kernel cannot start `process.execPath`,
 * a binary of another architecture, unless it was taught to (binfmt_misc): scripts/emulated.mjs names a
 * script that calls the emulator.
 */
const nodeProgram = process.env['FENCEPOST_NODE'] ?? process.execPath;

const startTimeoutMs = 30_000;
/** How long after its own `timeoutMs` a block that gives no answer is killed: a thread of it never came back. */
const marginMs = 5_000;
/** Ping-pong gives up by itself after 10 s (native/ping_pong.cc). */
const probeTimeoutMs = 15_000;

/** Starts a child. Rejects, with what is missing, when the addon cannot be loaded there. */
export async function startRunner(): Promise<Runner> {
  let child = await startChild();
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;

  async function ask<Value>(request: ChildRequest, timeoutMs: number): Promise<Answer<Value>> {
    if (closed) return { kind: 'failed', message: 'the runner is closed' };
    try {
      if (!isAlive(child)) child = await startChild();
    } catch (error) {
      return { kind: 'failed', message: (error as Error).message };
    }
    child.send(request, () => {}); // a child that is gone is told of by its 'exit'
    return answerOf<Value>(await nextEvent(child, timeoutMs), timeoutMs);
  }

  function inTurn<Value>(request: ChildRequest, timeoutMs: number): Promise<Answer<Value>> {
    const answer = last.then(() => ask<Value>(request, timeoutMs));
    last = answer;
    return answer;
  }

  return {
    run: (request) => inTurn({ kind: 'run', request }, request.timeoutMs + marginMs),
    runPerpetual: (request) => inTurn({ kind: 'run-perpetual', request }, request.timeoutMs + marginMs),
    price: (request) => inTurn({ kind: 'price', request }, request.timeoutMs + marginMs),
    machineFacts: () => inTurn({ kind: 'machine-facts' }, probeTimeoutMs),
    pingPong: (request) => inTurn({ kind: 'ping-pong', request }, probeTimeoutMs),
    get pid() {
      return isAlive(child) ? child.pid : undefined;
    },
    close: async () => {
      closed = true;
      await end(child);
      await last;
    },
  };
}

async function startChild(): Promise<ChildProcess> {
  const child = fork(childFile, {
    execPath: nodeProgram,
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const first = await nextEvent(child, startTimeoutMs);
  if (first.kind === 'message' && first.message.kind === 'ready') return child;
  await end(child);
  if (first.kind === 'message' && first.message.kind === 'not-ready') {
    throw new Error(`load the addon: ${first.message.message}`);
  }
  const reason =
    first.kind === 'message' ? 'it answered before it was asked' : endingOf(first, startTimeoutMs);
  throw new Error(`start the child process: ${reason}`);
}

function isAlive(child: ChildProcess): boolean {
  return child.connected && child.exitCode === null && child.signalCode === null;
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) {
      resolve();
      return;
    }
    child.ref(); // or a process with nothing else to do would end before the child
    child.once('exit', () => resolve());
    child.kill('SIGKILL'); // it keeps nothing, and its threads may never come back
  });
}

type ChildEvent =
  | { readonly kind: 'message'; readonly message: ChildMessage }
  | { readonly kind: 'exit'; readonly code: number | null; readonly signal: NodeJS.Signals | null }
  | { readonly kind: 'error'; readonly error: Error }
  /** It gave no sign in time, and was killed. */
  | { readonly kind: 'silence' };

/** The child's next sign of life or of its end. Only while it waits does the child keep this process alive. */
function nextEvent(child: ChildProcess, timeoutMs: number): Promise<ChildEvent> {
  return new Promise((resolve) => {
    const settle = (event: ChildEvent): void => {
      stopWatching();
      child.off('message', onMessage).off('exit', onExit).off('error', onError);
      child.unref();
      child.channel?.unref();
      resolve(event);
    };
    const onMessage = (message: unknown): void =>
      settle({ kind: 'message', message: message as ChildMessage });
    const onExit = (code: number | null, signal: NodeJS.Signals | null): void =>
      settle({ kind: 'exit', code, signal });
    const onError = (error: Error): void => settle({ kind: 'error', error });
    const stopWatching = afterAwake(child.pid, timeoutMs, () => {
      void end(child).then(() => settle({ kind: 'silence' }));
      child.off('exit', onExit);
    });
    child.ref();
    child.channel?.ref();
    child.on('message', onMessage).on('exit', onExit).on('error', onError);
  });
}

function answerOf<Value>(event: ChildEvent, timeoutMs: number): Answer<Value> {
  switch (event.kind) {
    case 'message':
      switch (event.message.kind) {
        case 'answer':
          return { kind: 'reply', reply: event.message.answer as Value };
        case 'failed':
          return { kind: 'failed', message: event.message.message };
        default:
          return { kind: 'failed', message: `the child process answered with '${event.message.kind}'` };
      }
    case 'exit':
      return { kind: 'crashed', signal: event.signal ?? undefined, message: endingOf(event, timeoutMs) };
    case 'error':
    case 'silence':
      return { kind: 'crashed', signal: undefined, message: endingOf(event, timeoutMs) };
  }
}

/** What a signal to the child process usually means here. */
const signalCauses: Partial<Record<NodeJS.Signals, string>> = {
  SIGSEGV: 'the code touched memory that is not its own',
  SIGBUS: 'the code touched memory that is misaligned or cannot be had',
  SIGILL: 'the code has an instruction that this CPU does not know',
  SIGFPE: 'the code divided by zero',
  SIGTRAP: 'the code ran into a trap',
  SIGABRT: 'it gave up, see above',
  SIGKILL: 'killed from outside, perhaps for want of memory',
};

function endingOf(event: Exclude<ChildEvent, { kind: 'message' }>, timeoutMs: number): string {
  switch (event.kind) {
    case 'exit': {
      if (event.signal === null) return `the child process ended with exit code ${event.code}`;
      const cause = signalCauses[event.signal];
      return `the child process was ended by ${event.signal}${cause === undefined ? '' : `: ${cause}`}`;
    }
    case 'error':
      return `the child process failed: ${event.error.message}`;
    case 'silence':
      return `the child process gave no answer within ${timeoutMs} ms and was killed`;
  }
}
