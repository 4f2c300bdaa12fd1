export { DataFolderInUse } from './data-folder-lock.ts';
export {
  Database,
  type Queries,
  type System,
  type SystemTransaction,
  type Tenant,
  type TenantQueries,
  type TenantTransaction,
} from './database.ts';
export { DatabaseError, isUniqueViolation } from './engine.ts';
export { copyEmbeddedTo, openStorage, type Storage, type StorageOptions } from './open-storage.ts';
export { empty, isOneOf, join, json, raw, rowVersions, Sql, sql } from './sql.ts';
