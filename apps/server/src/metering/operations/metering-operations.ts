import type { Operations } from '../../contract/operation-types.ts';
import { changesetOperations } from './changeset-operations.ts';
import { meterOperations } from './meter-operations.ts';
import type { MeteringPlatform } from './platform.ts';
import { readingOperations } from './reading-operations.ts';

/** The operations of the Metering API that an operator needs (entities.md 12). */
export function meteringOperations(platform: MeteringPlatform): Operations<'metering'> {
  return { ...meterOperations(platform), ...readingOperations(platform), ...changesetOperations(platform) };
}
