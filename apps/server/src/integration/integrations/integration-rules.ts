import { invalid, type Problem } from '../../refusal.ts';

/**
 * Refuses (400) editable fields the contract lets through: keys declared twice, and automatic refreshing without a threshold
 * (erp-integration.md 1.1, 1.5).
 */
export function refuseUnusableFields(fields: Readonly<Record<string, unknown>>): void {
  const problems = [
    ...environmentProblems(fields['environment_config']),
    ...settingsProblems(fields['settings']),
  ];
  if (problems.length > 0) throw invalid(problems);
}

function environmentProblems(config: unknown): Problem[] {
  const seen = new Set<unknown>();
  return list(config).flatMap((entry, index) => {
    const key = member(entry, 'key');
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    return [{ path: `body.environment_config[${index}].key`, message: 'is declared twice' }];
  });
}

function settingsProblems(settings: unknown): Problem[] {
  const refresh = member(settings, 'autoRefresh');
  const threshold = member(refresh, 'freshnessThresholdMinutes');
  const path = 'body.settings.autoRefresh.freshnessThresholdMinutes';
  if (threshold !== undefined && !(typeof threshold === 'number' && threshold >= 1))
    return [{ path, message: 'must be at least 1' }];
  if (member(refresh, 'enabled') === true && threshold === undefined)
    return [{ path, message: 'is required when automatic refreshing is enabled' }];
  return [];
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Object.getOwnPropertyDescriptor(value, name)?.value
    : undefined;
}
