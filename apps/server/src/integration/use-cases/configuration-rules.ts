import { compileMapping, MappingConfigurationError } from '@busbar/mapping';
import type { Problem } from '../../refusal.ts';
import type { UseCaseConfiguration, UseCaseType } from './use-case.ts';

/**
 * What is wrong with a configuration that is about to be saved (erp-integration.md 6.2). `path` is where it stands in the request body; the
 * messages name the use case, and the character where a text cannot be read.
 */
export function configurationProblems(
  type: UseCaseType,
  name: string,
  configuration: UseCaseConfiguration,
  path: string,
): Problem[] {
  if (type !== 'inbound') return [];
  try {
    compileMapping(configuration);
    return [];
  } catch (error) {
    if (!(error instanceof MappingConfigurationError)) throw error;
    return error.issues.map((issue) => {
      const position = issue.position === undefined ? '' : ` (position ${issue.position})`;
      return {
        path: issue.path === '' ? path : `${path}.${issue.path}`,
        message: `use case "${name}": ${issue.message}${position}`,
      };
    });
  }
}
