import type { TestProject } from 'vitest/node';
import { removeTemplate } from './demo-database.ts';

/** When a project's tests are over, removes the demo utility that they copied. */
export default function cleanUp(project: TestProject): () => Promise<void> {
  return () => removeTemplate(project.config.env['BUSBAR_TEST_DATABASE_URL'] || undefined);
}
