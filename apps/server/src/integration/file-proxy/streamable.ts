import type { FileProxyConfiguration } from './file-proxy-configuration.ts';

/**
 * Whether the file is the last step's bytes as they are, and neither name nor type look into them: then they are passed on while they arrive.
 * Everything that is not plainly so is read first.
 */
export function isStreamable({ steps, response }: FileProxyConfiguration): boolean {
  const last = steps.length - 1;
  if (steps[last]?.responseType !== 'binary' || response.encoding !== 'binary') return false;
  const content = /^\s*steps\[(-?\d+)\]\.body\s*$/.exec(response.body);
  if (!content || !isLast(content[1], last)) return false;
  return [response.filename, response.contentType].every(
    (text) => text === undefined || staysOut(text, last),
  );
}

function staysOut(expression: string, last: number): boolean {
  const rest = expression.replace(
    /\bsteps\[(-?\d+)\]\.(body|headers|statusCode)\b/g,
    (reference, index: string, member: string) => (member === 'body' && isLast(index, last) ? reference : ''),
  );
  return !/\bsteps\b|\*|\$\$|\$eval/.test(rest);
}

function isLast(index: string | undefined, last: number): boolean {
  return Number(index) === last || Number(index) === -1;
}
