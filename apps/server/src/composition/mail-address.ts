import type { MailAddress } from '../ports/index.ts';

/** Reads `Name <local@domain>` or a bare address. */
export function mailAddress(text: string): MailAddress {
  const match = /^\s*(.*?)\s*<([^<>\s]+)>\s*$/.exec(text);
  if (!match?.[2]) return { address: text.trim() };
  return match[1] ? { name: match[1], address: match[2] } : { address: match[2] };
}
