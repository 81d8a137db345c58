/**
 * The process that generated code runs in, so that a fault there costs one block. Started by
 * runner.ts; answers one message at a time.
 */
import {
  loadAddon,
  type Addon,
  type PerpetualRequest,
  type PingPongRequest,
  type PriceRequest,
  type RunRequest,
} from './addon.ts';

export type ChildRequest =
  | { readonly kind: 'run'; readonly request: RunRequest }
  | { readonly kind: 'run-perpetual'; readonly request: PerpetualRequest }
  | { readonly kind: 'price'; readonly request: PriceRequest }
  | { readonly kind: 'ping-pong'; readonly request: PingPongRequest }
  | { readonly kind: 'machine-facts' };

export type ChildMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'not-ready'; readonly message: string }
  | { readonly kind: 'answer'; readonly answer: unknown }
  | { readonly kind: 'failed'; readonly message: string };

function post(message: ChildMessage): void {
  process.send?.(message);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function answer(addon: Addon, message: ChildRequest): Promise<unknown> {
  switch (message.kind) {
    case 'run':
      return addon.run(message.request);
    case 'run-perpetual':
      return addon.runPerpetual(message.request);
    case 'price':
      return addon.price(message.request);
    case 'ping-pong':
      return addon.pingPong(message.request);
    case 'machine-facts':
      return addon.machineFacts();
  }
}

function serve(addon: Addon): void {
  process.on('message', (message: ChildRequest) => {
    answer(addon, message).then(
      (answered) => post({ kind: 'answer', answer: answered }),
      (error: unknown) => post({ kind: 'failed', message: messageOf(error) }),
    );
  });
  post({ kind: 'ready' });
}

// A terminal sends these to the parent too, and the parent decides what becomes of the run.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

// Not process.exit, which waits for the block in flight: its threads may never come back.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));

try {
  serve(loadAddon());
} catch (error) {
  post({ kind: 'not-ready', message: messageOf(error) });
}
