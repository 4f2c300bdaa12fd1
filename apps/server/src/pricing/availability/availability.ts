import { type Document, type Entity, findEntities, relationItems } from '../../entities/index.ts';
import type { Files, StoredContent } from '../../files/index.ts';
import type { Clock } from '../../ports/index.ts';
import type { TenantQueries } from '../../storage/index.ts';
import { textOf } from '../documents.ts';
import { invalidPayload } from '../invalid-payload.ts';
import type { AvailabilityFilters, FindAvailableProducts } from '../product-availability.ts';
import { normalCountry, normalPostalCode, normalText } from './normal-text.ts';
import { type FileFormat, type FileProblem, readRules } from './read-rules.ts';
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

/** Larger files are not read: 200,000 rows of text have about 20 MB. */
const MOST_BYTES = 64 * 1024 * 1024;
/** Rules kept in memory, over all organisations. */
const MOST_KEPT_RULES = 1_000_000;
const BERLIN = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Berlin' });

/** Knows from the availability files of products where and when they can be delivered (spec/pricing.md B8). */
export class Availability {
  readonly #files: Files;
  readonly #clock: Clock;
  /** By organisation and stored object, which never changes its bytes; the longest unused first. */
  readonly #read = new Map<string, ReadFile>();
  /** Files that are being read; whoever wants the same one waits with the others. */
  readonly #reading = new Map<string, Promise<ReadFile>>();
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
    const format = formatOf(textOf(file.doc['filename']) ?? '');
    if (!format) return UNKNOWN_EXTENSION;
    const content = await this.#files.newestContent(queries, file);
    if (!content) return NO_FILE;
    if (content.size > MOST_BYTES) return TOO_LARGE;
    const key = `${queries.org}/${content.id}/${format}`;
    const kept = this.#read.get(key);
    if (kept) {
      this.#read.delete(key);
      this.#read.set(key, kept);
      return kept;
    }
    const reading = this.#reading.get(key) ?? this.#readContent(key, content, format);
    this.#reading.set(key, reading);
    return reading;
  }

  async #readContent(key: string, content: StoredContent, format: FileFormat): Promise<ReadFile> {
    try {
      const bytes = await content.read();
      if (!bytes) return NO_FILE;
      const { rules, problems } = await readRules(bytes, format);
      const read = { book: new RuleBook(rules), problems };
      this.#keep(key, read);
      return read;
    } finally {
      this.#reading.delete(key);
    }
  }

  #keep(key: string, read: ReadFile): void {
    this.#keptRules += cost(read);
    this.#read.set(key, read);
    for (const [oldest, file] of this.#read) {
      if (this.#keptRules <= MOST_KEPT_RULES) return;
      this.#read.delete(oldest);
      this.#keptRules -= cost(file);
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
const TOO_LARGE: ReadFile = { book: EMPTY, problems: [{ msg: 'File has more than 64 MB' }] };
const UNKNOWN_EXTENSION: ReadFile = {
  book: EMPTY,
  problems: [{ msg: 'Error - Unknown file extension for availability file.' }],
};

/** Without files a product is available everywhere. */
export function isAvailable({ matching_hits: hits, matching_error: error }: ProductCheck): boolean {
  return hits === undefined ? error === undefined : hits > 0;
}

function cost({ book }: ReadFile): number {
  return book.size + 1;
}

function formatOf(filename: string): FileFormat | undefined {
  const extension = /\.(csv|xlsx)$/i.exec(filename)?.[1]?.toLowerCase();
  return extension === 'csv' || extension === 'xlsx' ? extension : undefined;
}

function fileIds({ doc }: { readonly doc: Document }): string[] {
  return (relationItems(doc['_availability_files']) ?? []).map(({ entity_id: id }) => id);
}
