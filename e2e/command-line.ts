import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const EPILOT = fileURLToPath(new URL('../node_modules/.bin/epilot', import.meta.url));

/** Runs the real command line, on the Node that the tests run on; answers what it printed. Throws when it ends with an error. */
export async function epilot(...args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [EPILOT, ...args, '--json', '--no-interactive'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = { out: '', error: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    printed.out += chunk.toString('utf8');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    printed.error += chunk.toString('utf8');
  });
  const [code] = await once(child, 'close');
  if (code !== 0)
    throw new Error(
      `epilot ${args.slice(0, 2).join(' ')} ended with ${code}: ${printed.out}${printed.error}`,
    );
  return printed.out;
}
