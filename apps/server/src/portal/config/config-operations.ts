import type { Operations } from '../../contract/operation-types.ts';
import type { ConfigPlatform } from './config-platform.ts';
import { configReadOperations } from './read-operations.ts';
import { configWriteOperations } from './write-operations.ts';

/** The operations of the Portal API on configurations and what administrators set beside them. */
export function configOperations(platform: ConfigPlatform): Operations<'customer-portal'> {
  return { ...configReadOperations(platform), ...configWriteOperations(platform) };
}
