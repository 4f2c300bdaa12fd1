import type { GraphEdge, GraphEntity } from './insert-graph.ts';

/** Where a portal user's reach begins. */
interface Start {
  readonly portalUserId: string;
  readonly contactIds: readonly string[];
  readonly contractCutoff: string | undefined;
  /** Schemas whose entities open their files. */
  readonly fileParents: readonly string[];
}

/** The rules of the relation gate once more, entity by entity, without SQL. */
export function naiveReach(
  entities: readonly GraphEntity[],
  edges: readonly GraphEdge[],
  start: Start,
): Set<string> {
  const isVisible = ({ schema, doc, isDeleted }: GraphEntity) => {
    if (isDeleted) return false;
    if (schema !== 'contract' || start.contractCutoff === undefined) return true;
    const end = [doc['termination_date'], doc['end_date']].find(
      (day) => typeof day === 'string' && day !== '',
    );
    return (
      doc['status'] === 'active' ||
      doc['status'] === undefined ||
      !(String(end ?? '9999') < start.contractCutoff)
    );
  };
  const contacts = entities.filter(
    ({ id, schema, isDeleted }) => schema === 'contact' && !isDeleted && start.contactIds.includes(id),
  );
  const found = new Set(contacts.map(({ id }) => id));
  const ownBillingAccounts = new Set<string>();
  for (const { from, to } of edges) {
    for (const [own, other] of [
      [from, to],
      [to, from],
    ] as const) {
      if (
        !contacts.includes(own) ||
        !isVisible(other) ||
        ['contact', 'portal_user', 'file'].includes(other.schema)
      )
        continue;
      found.add(other.id);
      if (other.schema === 'billing_account') ownBillingAccounts.add(other.id);
    }
  }
  /** Whether the edge lets one go down from `upper` to `lower`; `isForward` when the edge begins at `upper`. */
  const leads = (upper: GraphEntity, lower: GraphEntity, attribute: string, isForward: boolean): boolean => {
    const named = (forward: string, back: string) => (isForward ? attribute === forward : attribute === back);
    switch (`${upper.schema} > ${lower.schema}`) {
      case 'opportunity > order':
      case 'opportunity > product':
      case 'order > product':
      case 'order > price':
      case 'contract > order':
      case 'contract > asset':
      case 'contract > product':
        return isForward;
      case 'contract > meter':
        return named('meters', 'contract');
      case 'contract > billing_account':
        return named('billing_account', 'contracts');
      case 'contract > billing_event':
        return !isForward && attribute === 'contract';
      case 'billing_account > contract':
        return ownBillingAccounts.has(upper.id) && named('contracts', 'billing_account');
      case 'billing_account > billing_event':
        return ownBillingAccounts.has(upper.id) && !isForward && attribute === 'billing_account';
      case 'meter > meter_counter':
        return named('counters', 'meter');
      default:
        return false;
    }
  };
  for (let before = -1; before < found.size; ) {
    before = found.size;
    for (const { from, to, attribute } of edges) {
      if (found.has(from.id) && isVisible(to) && leads(from, to, attribute, true)) found.add(to.id);
      if (found.has(to.id) && isVisible(from) && leads(to, from, attribute, false)) found.add(from.id);
    }
  }
  const parents = (entity: GraphEntity) =>
    found.has(entity.id) && (entity.schema === 'contact' || start.fileParents.includes(entity.schema));
  const files = edges.flatMap(({ from, to }) => [
    ...(to.schema === 'file' && parents(from) ? [to] : []),
    ...(from.schema === 'file' && parents(to) ? [from] : []),
  ]);
  for (const file of files) {
    const { shared_with_end_customer: isShared, uploaded_by_portal_user: uploader } = file.doc;
    if (!file.isDeleted && (isShared === true || uploader === start.portalUserId)) found.add(file.id);
  }
  return found;
}
