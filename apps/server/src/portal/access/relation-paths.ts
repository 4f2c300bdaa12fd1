/** A way down from one schema to another. `out` are attributes of the upper entity (`*`: any), `into` those of the lower one that point up. */
interface Path {
  readonly from: string;
  /** Only upper entities that the contact set itself is related to. */
  readonly direct?: true;
  readonly out?: readonly string[] | '*';
  readonly into?: readonly string[];
}

/** The edges of spec/portal.md §5.3, by the schema they lead to. Every schema is besides reached by a direct relation to the contact set. */
const PATHS: Readonly<Record<string, readonly Path[]>> = {
  contract: [{ from: 'billing_account', direct: true, out: ['contracts'], into: ['billing_account'] }],
  billing_account: [{ from: 'contract', out: ['billing_account'], into: ['contracts'] }],
  billing_event: [
    { from: 'contract', into: ['contract'] },
    { from: 'billing_account', direct: true, into: ['billing_account'] },
  ],
  order: [
    { from: 'opportunity', out: '*' },
    { from: 'contract', out: '*' },
  ],
  product: [
    { from: 'opportunity', out: '*' },
    { from: 'order', out: '*' },
    { from: 'contract', out: '*' },
  ],
  price: [{ from: 'order', out: '*' }],
  asset: [{ from: 'contract', out: '*' }],
  meter: [{ from: 'contract', out: ['meters'], into: ['contract'] }],
  meter_counter: [{ from: 'meter', out: ['counters'], into: ['meter'] }],
};

/** The schemas that are reached through others as well. */
export const SCHEMAS_BELOW_OTHERS: readonly string[] = Object.keys(PATHS);

/** What nobody reaches by being related to a contact: other people, and files, which have rules of their own. */
const NOT_BY_RELATION: ReadonlySet<string> = new Set(['contact', 'portal_user', 'file']);

/** Schemas of people and firms: whoever reaches an entity may, within the grants, know the names of its customers. */
const PARTIES: ReadonlySet<string> = new Set(['contact', 'account']);

/** Whether a schema is one of the parties to an entity. */
export function isParty(schema: string): boolean {
  return PARTIES.has(schema);
}

/**
 * Whether everything that an attribute of a reached entity points to is reached as well, or is a party to it: conditions on it can only tell of
 * entities that the user may know of.
 */
export function leadsDown(schema: string, attribute: string, target: string): boolean {
  if (isParty(target)) return true;
  return (PATHS[target] ?? []).some(
    ({ from, direct, out }) =>
      from === schema && direct === undefined && (out === '*' || out?.includes(attribute) === true),
  );
}

/** The paths that lead down from a schema, whoever stands above it. */
export function stepsFrom(schema: string): readonly Step[] {
  return Object.entries(PATHS).flatMap(([to, paths]) =>
    paths.filter(({ from }) => from === schema).map((path) => ({ ...path, to })),
  );
}

/** The paths that lead to some schemas. */
export function stepsTo(schemas: readonly string[]): readonly Step[] {
  return schemas.flatMap((to) => (PATHS[to] ?? []).map((path) => ({ ...path, to })));
}

/** One path as a round of the walk takes it. */
export interface Step extends Path {
  readonly to: string;
}

/** A walk from the contact set down to some schemas. */
export interface Walk {
  /** Schemas of the first round: what the contact set itself is related to. */
  readonly direct: readonly string[];
  /** The rounds after it. A round starts from all entities found before it, and the schemas it starts from are complete by then. */
  readonly rounds: readonly (readonly Step[])[];
}

/** The shortest walk that finds everything in reach of some schemas: the schemas themselves and those above them. */
export function walkTo(schemas: Iterable<string>): Walk {
  const direct = new Set<string>();
  const steps = new Map<string, Step[]>();
  const visit = (schema: string, onlyDirect: boolean) => {
    if (NOT_BY_RELATION.has(schema)) return;
    direct.add(schema);
    if (onlyDirect || steps.has(schema)) return;
    const own = (PATHS[schema] ?? []).map((path) => ({ ...path, to: schema }));
    steps.set(schema, own);
    for (const { from, direct: isDirect } of own) visit(from, isDirect === true);
  };
  for (const schema of schemas) visit(schema, false);
  const taken = Map.groupBy([...steps.values()].flat(), roundOf);
  return { direct: [...direct], rounds: [...taken.keys()].sort().map((round) => taken.get(round) ?? []) };
}

/** A path is taken as soon as everything it starts from has been found. */
function roundOf({ from, direct }: Path): number {
  return direct ? 0 : roundsUntilComplete(from);
}

function roundsUntilComplete(schema: string): number {
  return Math.max(0, ...(PATHS[schema] ?? []).map((path) => roundOf(path) + 1));
}
