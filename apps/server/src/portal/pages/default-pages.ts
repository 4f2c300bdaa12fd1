import { randomUUID } from 'node:crypto';
import { sameJson } from '../../entities/index.ts';
import { orderedBlocks, type Page } from './page.ts';

interface Label {
  readonly de: string;
  readonly en: string;
}

interface Outline {
  readonly slug: string;
  readonly label: Label;
  readonly isPublic?: true;
  readonly isEntry?: true;
  readonly parent?: string;
  readonly schema?: readonly string[];
  readonly blocks: readonly string[];
}

/** The system pages of a new portal (portal §3.5, default pages), in the order of the navigation. A parent stands before its children. */
const OUTLINES: readonly Outline[] = [
  {
    ...{ slug: 'login', label: { de: 'Anmelden', en: 'Log in' }, isPublic: true },
    blocks: ['logo', 'title', 'login_form', 'text', 'footer'],
  },
  {
    ...{ slug: 'register', label: { de: 'Registrieren', en: 'Register' }, isPublic: true },
    blocks: ['logo', 'title', 'registration_form', 'text', 'footer'],
  },
  {
    ...{ slug: 'activation', label: { de: 'Konto aktivieren', en: 'Activate your account' } },
    ...{ isPublic: true, parent: 'register', blocks: ['logo', 'title', 'text', 'footer'] },
  },
  {
    ...{ slug: 'success', label: { de: 'Registrierung abgeschlossen', en: 'Registration complete' } },
    ...{ isPublic: true, parent: 'register', blocks: ['logo', 'title', 'text', 'button_link'] },
  },
  {
    ...{ slug: 'pending-account', label: { de: 'Konto in Prüfung', en: 'Account under review' } },
    ...{ isPublic: true, blocks: ['logo', 'title', 'text', 'button_link'] },
  },
  {
    ...{ slug: 'forgot-password', label: { de: 'Passwort vergessen', en: 'Forgot your password' } },
    ...{ isPublic: true, blocks: ['title', 'text', 'forgot_password_form'] },
  },
  {
    ...{ slug: 'change', label: { de: 'Passwort ändern', en: 'Change your password' } },
    ...{ isPublic: true, parent: 'forgot-password', blocks: ['title', 'forgot_password_change_form'] },
  },
  {
    ...{ slug: 'new-email', label: { de: 'Neue E-Mail-Adresse', en: 'New e-mail address' } },
    ...{ isPublic: true, blocks: ['title', 'set_password_new_email_form'] },
  },
  {
    ...{
      slug: 'confirm-email',
      label: { de: 'E-Mail-Adresse bestätigen', en: 'Confirm your e-mail address' },
    },
    ...{ isPublic: true, blocks: ['title', 'text', 'confirm_email_form'] },
  },
  {
    ...{ slug: 'maintenance', label: { de: 'Wartung', en: 'Maintenance' } },
    ...{ isPublic: true, blocks: ['system_banner', 'system_banner_content'] },
  },
  {
    ...{ slug: 'dashboard', label: { de: 'Übersicht', en: 'Dashboard' }, isEntry: true },
    schema: ['contact', 'contract'],
    blocks: ['title', 'entity_selector', 'teaser', 'quick_actions'],
  },
  {
    ...{ slug: 'contracts', label: { de: 'Verträge', en: 'Contracts' }, schema: ['contact', 'contract'] },
    blocks: ['entity_selector', 'tabs', 'group', 'products', 'documents'],
  },
  {
    ...{ slug: 'payments', label: { de: 'Zahlungen', en: 'Payments' }, schema: ['contact', 'contract'] },
    blocks: ['entity_selector', 'balance', 'payment'],
  },
  {
    ...{ slug: 'meters', label: { de: 'Zähler', en: 'Meters' } },
    schema: ['contact', 'meter', 'contract', 'meter_counter'],
    blocks: ['meter_selector', 'add_meter_reading', 'meter_readings'],
  },
  {
    ...{ slug: 'requests', label: { de: 'Anfragen', en: 'Requests' }, schema: ['contact'] },
    blocks: ['requests'],
  },
  {
    ...{ slug: 'opportunities', label: { de: 'Vorgänge', en: 'Opportunities' }, parent: 'requests' },
    schema: ['contact', 'opportunity', 'order'],
    blocks: ['tabs', 'attributes', 'workflows', 'documents'],
  },
  {
    ...{ slug: 'orders', label: { de: 'Aufträge', en: 'Orders' }, parent: 'requests' },
    schema: ['contact', 'order'],
    blocks: ['tabs', 'attributes', 'workflows', 'products', 'order_summary'],
  },
  { slug: 'documents', label: { de: 'Dokumente', en: 'Documents' }, blocks: ['documents'] },
  {
    ...{ slug: 'my-account', label: { de: 'Mein Konto', en: 'My account' }, schema: ['contact'] },
    blocks: [],
  },
  {
    ...{ slug: 'contact', label: { de: 'Persönliche Daten', en: 'Personal details' }, parent: 'my-account' },
    schema: ['contact'],
    blocks: ['tabs', 'attributes', 'documents'],
  },
  {
    ...{ slug: 'support', label: { de: 'Hilfe', en: 'Support' } },
    blocks: ['display_field', 'external_links'],
  },
];

/** Schemas whose details the system pages show already. */
const SHOWN_BY_SYSTEM_PAGES: ReadonlySet<string> = new Set([
  ...['contact', 'contract', 'meter', 'meter_counter', 'opportunity', 'order', 'portal_user', 'file'],
]);

/** A starter set of system pages with German and English labels and fresh ids. */
export function defaultPages(): Page[] {
  const ids = new Map(OUTLINES.map(({ slug }) => [slug, randomUUID()]));
  return OUTLINES.map((outline, at): Page => {
    const id = ids.get(outline.slug) ?? randomUUID();
    const { slug, label, parent } = outline;
    return {
      ...frame(label, outline.isPublic === true),
      ...{ id, slug, order: at + 1, past_routes: [], path: `/${slug}` },
      ...(parent === undefined ? {} : { parentId: ids.get(parent) ?? null }),
      schema: outline.schema ?? [],
      is_entry_route: outline.isEntry === true,
      is_detail: false,
      show_in_navigation: outline.isPublic !== true && parent === undefined,
      blocks: blocks(id, label, outline.blocks),
    };
  });
}

/** Whether a page is still as the server made it; its place among others and who is the entry route do not matter. */
export function isUntouched(page: Page): boolean {
  const made = defaultPages().find(({ slug }) => slug === page.slug);
  return made !== undefined && sameJson(essence(made), essence(page));
}

function essence(page: Page): unknown {
  const {
    id: _id,
    order: _order,
    parentId: _parent,
    is_entry_route: _entry,
    blocks: _blocks,
    ...rest
  } = page;
  const blocks = orderedBlocks(page).map(({ id: _own, parentId: _above, ...block }) => block);
  return { ...rest, blocks };
}

/** The slugs that need a detail page of their own, of those a portal shows. */
export function schemasWithDetailPage(allowed: readonly string[]): string[] {
  return [...new Set(allowed)].filter((schema) => !SHOWN_BY_SYSTEM_PAGES.has(schema));
}

/** The page that shows one entity of a schema. */
export function detailPage(schema: string, slug: string, order: number): Page {
  const id = randomUUID();
  const name = schema.replaceAll('_', ' ').replace(/^./, (letter) => letter.toUpperCase());
  const label = { de: name, en: name };
  return {
    ...frame(label, false),
    ...{ id, slug, order, past_routes: [], path: `/${slug}`, schema: [schema] },
    ...{ is_detail: true, detail_schema: schema, is_entry_route: false, show_in_navigation: false },
    blocks: blocks(id, label, ['title', 'attributes', 'documents']),
  };
}

function frame(label: Label, isPublic: boolean) {
  return { content: { label }, design: {}, visibility: {}, is_system: true, is_public: isPublic };
}

function blocks(pageId: string, label: Label, types: readonly string[]): Page['blocks'] {
  return Object.fromEntries(
    types.map((type, at) => {
      const id = randomUUID();
      const content = contentOf(type, label);
      const props = { content, design: {}, visibility: {} };
      return [id, { id, type, order: at + 1, parentId: pageId, section: 'main', is_system: true, props }];
    }),
  );
}

function contentOf(type: string, label: Label) {
  if (type === 'title') return { title: label };
  if (type === 'button_link') return { label: { de: 'Zur Anmeldung', en: 'To the login' }, link: '/login' };
  return {};
}
