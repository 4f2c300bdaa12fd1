import { type Contract, loadContract, type Operation } from './openapi-document.ts';
import { OPERATOR_OPERATIONS, WHOLE_APIS } from './served-operations.ts';
import { type OperationValidation, validationFor } from './validation.ts';

/** Everything this server offers: the operations of all served contracts, and how to check their values. */
export interface ServedContract {
  readonly operations: readonly Operation[];
  readonly validationOf: (operation: Operation) => OperationValidation;
}

/** Loads the pinned contracts: the three APIs whole, of the others the operator's operations. */
export async function loadServedContract(): Promise<ServedContract> {
  const operatorApis = Object.keys(OPERATOR_OPERATIONS) as (keyof typeof OPERATOR_OPERATIONS)[];
  const contracts = await Promise.all([...WHOLE_APIS, ...operatorApis].map(loadContract));
  const validations = new Map<Operation, OperationValidation>();
  for (const contract of contracts) {
    // Preparing a contract's schemas costs tens of milliseconds, so it waits for the first request that needs them.
    const prepare = once(() => validationFor(contract));
    for (const operation of servedOperations(contract)) {
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

function servedOperations(contract: Contract): readonly Operation[] {
  const wanted = Object.entries(OPERATOR_OPERATIONS).find(([api]) => api === contract.api)?.[1];
  if (!wanted) return contract.operations;
  return wanted.map((operationId) => {
    const operation = contract.operations.find((one) => one.operationId === operationId);
    if (!operation) throw new Error(`The ${contract.api} contract has no operation ${operationId}`);
    return operation;
  });
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
