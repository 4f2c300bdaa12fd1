import { type Document, type Entity, findEntities, relationItems } from '../../entities/index.ts';
import type { Files } from '../../files/index.ts';
import type { Clock } from '../../ports/index.ts';
import type { TenantQueries } from '../../storage/index.ts';
import { textOf } from '../documents.ts';
import { invalidPayload } from '../invalid-payload.ts';
import type { AvailabilityFilters, FindAvailableProducts } from '../product-availability.ts';
import { normalCountry, normalPostalCode, normalText } from './normal-text.ts';
import { type FileProblem, readRules } from './read-rules.ts';
import type { Place } from './rule.ts';
import { RuleBook } from './rule-book.ts';

/** What a check says about a product (contract schema `AvailabilityResult`). */
export interface ProductCheck {
  readonly product_id: string;
  readonly matching_hits?: number;
  readonly matching_error?: { readonly msg: string };
}

/** A file as rules. */
export interface ReadFile {
  readonly book: RuleBook;
  readonly problems: readonly FileProblem[];
}

/** Rules kept in memory, over all organisations. */
const MOST_KEPT_RULES = 1_000_000;
const BERLIN = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Berlin' });

/** Knows from the availability files of products where and when they can be delivered (spec/pricing.md B8). */
export class Availability {
  readonly #files: Files;
  readonly #clock: Clock;
  /** By organisation and stored object, which never changes its bytes; the longest unused first. */
  readonly #read = new Map<string, ReadFile>();
  #keptRules = 0;

  constructor({ files, clock }: { readonly files: Files; readonly clock: Clock }) {
    this.#files = files;
    this.#clock = clock;
  }

  /** The ids of the products that can be delivered, in the order asked. @throws Refusal 400 without a postal code */
  readonly availableProducts: FindAvailableProducts = async (queries, productIds, filters) => {
    const checks = await this.check(queries, productIds, filters);
    return checks.filter(isAvailable).map(({ product_id: id }) => id);
  };

  /** Checks products in the order asked. @throws Refusal 400 without a postal code */
  async check(
    queries: TenantQueries,
    productIds: readonly string[],
    filters: AvailabilityFilters,
  ): Promise<ProductCheck[]> {
    const place = this.#placeOf(filters);
    const products = (await findEntities(queries, productIds)).filter(({ schema }) => schema === 'product');
    const byId = new Map(products.map((product) => [product.id, product]));
    const files = await findEntities(queries, products.flatMap(fileIds));
    const filesById = new Map(files.map((file) => [file.id, file]));
    const checks: ProductCheck[] = [];
    for (const id of productIds) {
      const product = byId.get(id);
      if (!product) checks.push({ product_id: id, matching_error: { msg: 'Product not found' } });
      else checks.push({ product_id: id, ...(await this.#checkFiles(queries, product, filesById, place)) });
    }
    return checks;
  }

  /** The files of a product as rules, in their order. */
  async filesOf(queries: TenantQueries, product: Entity): Promise<ReadFile[]> {
    const files = await findEntities(queries, fileIds(product));
    const read: ReadFile[] = [];
    for (const file of files) read.push(await this.#readFile(queries, file));
    return read;
  }

  async #checkFiles(
    queries: TenantQueries,
    product: Entity,
    files: ReadonlyMap<string, Entity>,
    place: Place,
  ): Promise<Omit<ProductCheck, 'product_id'>> {
    const ids = fileIds(product);
    if (ids.length === 0) return {};
    let hits = 0;
    let problem: FileProblem | undefined;
    for (const id of ids) {
      const file = files.get(id);
      const { book, problems } = file ? await this.#readFile(queries, file) : NO_FILE;
      hits += book.hits(place);
      if (book.size === 0) problem ??= problems[0];
    }
    return { matching_hits: hits, ...(problem ? { matching_error: { msg: problem.msg } } : {}) };
  }

  async #readFile(queries: TenantQueries, file: Entity): Promise<ReadFile> {
    if (!/\.csv$/i.test(textOf(file.doc['filename']) ?? '')) return UNKNOWN_EXTENSION;
    const content = await this.#files.newestContent(queries, file);
    if (!content) return NO_FILE;
    const key = `${queries.org}/${content.id}`;
    const kept = this.#read.get(key);
    if (kept) {
      this.#read.delete(key);
      this.#read.set(key, kept);
      return kept;
    }
    const bytes = await content.read();
    if (!bytes) return NO_FILE;
    const { rules, problems } = await readRules(bytes);
    const read = { book: new RuleBook(rules), problems };
    this.#keep(key, read);
    return read;
  }

  #keep(key: string, read: ReadFile): void {
    // Two requests may have read the same file at once.
    this.#keptRules += cost(read) - cost(this.#read.get(key));
    this.#read.set(key, read);
    for (const [oldest, { book, problems }] of this.#read) {
      if (this.#keptRules <= MOST_KEPT_RULES) return;
      this.#read.delete(oldest);
      this.#keptRules -= cost({ book, problems });
    }
  }

  #placeOf({ location, available_date: day }: AvailabilityFilters): Place {
    const postalCode = normalPostalCode(location.postal_code ?? '');
    if (postalCode === '')
      throw invalidPayload('Invalid payload', 'filters.location.postal_code: is required');
    const said = (text: string | undefined, normal: (text: string) => string) =>
      text?.trim() ? normal(text) : undefined;
    return {
      postalCode,
      country: said(location.country, normalCountry),
      city: said(location.city, normalText),
      street: said(location.street, normalText),
      number: said(location.street_number, normalText),
      day: day ?? BERLIN.format(this.#clock.now()),
    };
  }
}

const EMPTY = new RuleBook([]);
const NO_FILE: ReadFile = { book: EMPTY, problems: [{ msg: 'No availability file found' }] };
const UNKNOWN_EXTENSION: ReadFile = {
  book: EMPTY,
  problems: [{ msg: 'Error - Unknown file extension for availability file.' }],
};

/** Without files a product is available everywhere. */
export function isAvailable({ matching_hits: hits, matching_error: error }: ProductCheck): boolean {
  return hits === undefined ? error === undefined : hits > 0;
}

function cost(read: ReadFile | undefined): number {
  return read ? read.book.size + 1 : 0;
}

function fileIds({ doc }: { readonly doc: Document }): string[] {
  return (relationItems(doc['_availability_files']) ?? []).map(({ entity_id: id }) => id);
}
