import { loadContract, type Operation } from './openapi-document.ts';
import { OPERATOR_OPERATIONS, WHOLE_APIS } from './served-operations.ts';
import { type OperationValidation, validationFor } from './validation.ts';

/** The operations of all contracts that this server takes part in, and how to check their values. */
export interface ServedContract {
  readonly operations: readonly Operation[];
  readonly validationOf: (operation: Operation) => OperationValidation;
}

/** Loads the pinned contracts: the three APIs and those with the operator's operations. */
export async function loadServedContract(): Promise<ServedContract> {
  const operatorApis = Object.keys(OPERATOR_OPERATIONS) as (keyof typeof OPERATOR_OPERATIONS)[];
  const contracts = await Promise.all([...WHOLE_APIS, ...operatorApis].map(loadContract));
  const validations = new Map<Operation, OperationValidation>();
  for (const contract of contracts) {
    // Preparing a contract's schemas costs tens of milliseconds, so it waits for the first request that needs them.
    const prepare = once(() => validationFor(contract));
    for (const operation of contract.operations) {
      validations.set(operation, deferred(once(() => prepare()(operation))));
    }
  }
  return {
    operations: [...validations.keys()],
    validationOf: (operation) => {
      const validation = validations.get(operation);
      if (!validation) throw new Error(`${operation.api} ${operation.operationId} is not served`);
      return validation;
    },
  };
}

function deferred(get: () => OperationValidation): OperationValidation {
  return {
    parameters: (place, values) => get().parameters(place, values),
    body: (value) => get().body(value),
    response: (status, body) => get().response(status, body),
  };
}

function once<Value>(create: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: create() };
    return made.value;
  };
}
