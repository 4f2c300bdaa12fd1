import { type Document, isDocument } from '../../../entities/index.ts';
import { documentsOf } from '../../documents.ts';

/** What an app's catalog can be asked for; also the types of its hooks. */
export const HOOK_TYPES = ['products', 'product-recommendations'] as const;
export type CatalogQuestion = (typeof HOOK_TYPES)[number];

/** A component of type `EXTERNAL_PRODUCT_CATALOG` of an installed app. */
export interface CatalogComponent {
  readonly appId: string;
  readonly id: string;
  /** As the app defines it (contract schema `ExternalProductCatalogComponent` of the App API). */
  readonly definition: Document;
  /** The values that the organisation has given to the options, by key. Secrets are in clear here. */
  readonly options: Readonly<Record<string, string>>;
  /** When it was installed last (UTC). */
  readonly installedAt: Date;
}

/** A hook of a component: `id`, `type`, `auth?` and `call`, with templates in them. */
export type CatalogHook = Document;

/** The named hook if it answers the question, else the first that does (spec/pricing.md B20.1). */
export function hookFor(
  component: CatalogComponent,
  question: CatalogQuestion,
  hookId: string | undefined,
): CatalogHook | undefined {
  return hooksOf(component.definition).find(
    ({ id, type }) => type === question && (hookId === undefined || id === hookId),
  );
}

/** The hooks that a component defines. */
export function hooksOf(definition: Document): CatalogHook[] {
  const configuration = isDocument(definition['configuration']) ? definition['configuration'] : {};
  return documentsOf(configuration['hooks']);
}
