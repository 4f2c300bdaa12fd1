import { readControlFile } from '../control/index.ts';
import type { Settings } from '../settings.ts';

/** Asks the server that runs on this data folder; undefined when none does. Throws with the server's message when it refuses. */
export async function askServer(settings: Settings, path: string, body: object): Promise<unknown> {
  const control = settings.data === 'memory://' ? undefined : await readControlFile(settings.data);
  if (!control) return undefined;
  const answer = await fetch(`${control.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-busbar-control': control.key },
    body: JSON.stringify(body),
  }).catch(() => undefined);
  // The file of a killed server leads nowhere.
  if (!answer) return undefined;
  const value: unknown = await answer.json();
  if (answer.ok) return value;
  throw new Error(
    typeof value === 'object' && value !== null && 'message' in value
      ? String(value.message)
      : `The server answered ${answer.status}`,
  );
}
