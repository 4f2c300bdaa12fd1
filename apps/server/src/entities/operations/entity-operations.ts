import type { Operations } from '../../contract/operation-types.ts';
import { activityOperations } from './activity-operations.ts';
import { changesetOperations } from './changeset-operations.ts';
import type { EntityPlatform } from './entity-platform.ts';
import { readOperations } from './read-operations.ts';
import { relationOperations } from './relation-operations.ts';
import { schemaOperations } from './schema-operations.ts';
import { writeOperations } from './write-operations.ts';

/** The handlers of the Entity API but for its searches. */
export function entityOperations(platform: EntityPlatform): Operations<'entity'> {
  return {
    ...schemaOperations(platform),
    ...readOperations(platform),
    ...writeOperations(platform),
    ...relationOperations(platform),
    ...activityOperations(platform),
    ...changesetOperations(platform),
  };
}
