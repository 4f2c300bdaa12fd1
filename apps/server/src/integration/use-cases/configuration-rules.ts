import { compileMapping, MappingConfigurationError } from '@busbar/mapping';
import type { Problem } from '../../refusal.ts';
import { fileProxyProblems } from '../file-proxy/file-proxy-rules.ts';
import { outboundProblems, withMappingInstants } from '../outbound/outbound-configuration.ts';
import { secureProxyProblems } from '../secure-proxy/secure-proxy-configuration.ts';
import type { UseCaseConfiguration, UseCaseType } from './use-case.ts';

/**
 * What is wrong with a configuration that is about to be saved over `before` (erp-integration.md 6.2). `path` is where it stands in the request body; the
 * messages name the use case, and the character where a text cannot be read.
 */
export function configurationProblems(
  type: UseCaseType,
  name: string,
  configuration: UseCaseConfiguration,
  path: string,
  before: UseCaseConfiguration | undefined,
): Problem[] {
  return PROBLEMS[type](configuration, path, before).map((problem) => ({
    ...problem,
    message: `use case "${name}": ${problem.message}`,
  }));
}

type Rules = (
  configuration: UseCaseConfiguration,
  path: string,
  before: UseCaseConfiguration | undefined,
) => Problem[];

const PROBLEMS: Readonly<Record<UseCaseType, Rules>> = {
  inbound: mappingProblems,
  outbound: outboundProblems,
  file_proxy: fileProxyProblems,
  secure_proxy: secureProxyProblems,
};

function mappingProblems(configuration: UseCaseConfiguration, path: string): Problem[] {
  try {
    compileMapping(configuration);
    return [];
  } catch (error) {
    if (!(error instanceof MappingConfigurationError)) throw error;
    return error.issues.map((issue) => {
      const position = issue.position === undefined ? '' : ` (position ${issue.position})`;
      return {
        path: issue.path === '' ? path : `${path}.${issue.path}`,
        message: `${issue.message}${position}`,
      };
    });
  }
}

/**
 * A checked configuration as it is stored: outbound mappings have ids and instants of their own (erp-integration.md 1.8), and what is read-only in
 * secure proxies stays where it is not sent.
 */
export function storedConfiguration(
  type: UseCaseType,
  configuration: UseCaseConfiguration,
  before: UseCaseConfiguration | undefined,
  now: Date,
): UseCaseConfiguration {
  if (type === 'secure_proxy') return { ...before, ...configuration };
  return type === 'outbound' ? withMappingInstants(configuration, before, now) : configuration;
}
