import { sameJson } from '../../entities/index.ts';
import { domainProblem, rangeProblem } from '../../ports/index.ts';
import type { Problem } from '../../refusal.ts';

type Json = Readonly<Record<string, unknown>>;

/** `static_ip`: out of this server as everything else. `secure_link`: into private networks, as far as the operator has opened them. */
export type VpcMode = 'static_ip' | 'secure_link';

/** What a secure proxy use case allows (contract: `SecureProxyUseCaseConfiguration`). */
export interface SecureProxyConfiguration {
  /** Undefined while it has not been set. */
  readonly mode: VpcMode | undefined;
  readonly domains: readonly string[];
  readonly ranges: readonly string[];
}

const LISTS = ['allowed_domains', 'allowed_ips'] as const;
const MOST_ENTRIES = 200;

/** Reads a stored configuration. */
export function readSecureProxy(configuration: Json | undefined): SecureProxyConfiguration {
  const mode = configuration?.['vpc_mode'];
  return {
    mode: mode === 'static_ip' || mode === 'secure_link' ? mode : undefined,
    domains: textsOf(configuration?.['allowed_domains']),
    ranges: textsOf(configuration?.['allowed_ips']),
  };
}

/**
 * What is wrong with a secure proxy configuration that is about to be saved. The mode is set once. The lists are read-only here, as in the
 * contract: they may come back as they were read, and change through `updateSecureProxyWhitelist` only.
 */
export function secureProxyProblems(configuration: Json, path: string, before: Json | undefined): Problem[] {
  const { mode } = readSecureProxy(configuration);
  const stored = readSecureProxy(before).mode;
  return [
    ...(mode || (stored && configuration['vpc_mode'] === undefined)
      ? []
      : [{ path: `${path}.vpc_mode`, message: 'must be static_ip or secure_link' }]),
    ...(mode && stored && mode !== stored
      ? [{ path: `${path}.vpc_mode`, message: `is ${stored} and cannot be changed` }]
      : []),
    ...LISTS.flatMap((name) => {
      const sent = configuration[name];
      return sent === undefined || sameJson(sent, before?.[name] ?? [])
        ? []
        : [{ path: `${path}.${name}`, message: 'is changed through secure-proxy-whitelist only' }];
    }),
  ];
}

/** What is wrong with new lists; `path` is where they stand. */
export function whitelistProblems(lists: Json, path: string): Problem[] {
  return LISTS.flatMap((name) => {
    const entries = textsOf(lists[name]);
    if (entries.length > MOST_ENTRIES)
      return [{ path: `${path}.${name}`, message: `has more than ${MOST_ENTRIES} entries` }];
    const problemOf = name === 'allowed_domains' ? domainProblem : rangeProblem;
    return entries.flatMap((entry, index) => {
      const message = problemOf(entry);
      return message === undefined ? [] : [{ path: `${path}.${name}[${index}]`, message }];
    });
  });
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}
