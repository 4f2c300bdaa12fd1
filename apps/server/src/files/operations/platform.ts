import type { EntityAccess, EntityGraph } from '../../entities/index.ts';
import type { Egress } from '../../ports/index.ts';
import type { Files } from '../files.ts';

/** What the file operations are built on. */
export interface FileOperationsPlatform {
  readonly files: Files;
  readonly graph: EntityGraph;
  readonly access: EntityAccess;
  readonly egress: Egress;
}
