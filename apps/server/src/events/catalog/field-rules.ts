import type { ValidateFunction } from 'ajv';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import type { Problem } from '../../refusal.ts';
import type { CatalogEvent } from './catalog-event.ts';

const ajv = new Ajv({ allErrors: true, strict: false });
formats.default(ajv);
const validators = new WeakMap<object, ValidateFunction>();

/** What is wrong with the fields of an event that is raised by hand: unknown, missing, or against their schema. */
export function fieldProblems(event: CatalogEvent, fields: Readonly<Record<string, unknown>>): Problem[] {
  const unknown = Object.keys(fields)
    .filter((name) => !Object.hasOwn(event.fields, name))
    .map((name) => ({ path: `body.fields.${name}`, message: 'is no field of this event' }));
  const wrong = Object.entries(event.fields).flatMap(([name, { schema, required }]): Problem[] => {
    const path = `body.fields.${name}`;
    if (!Object.hasOwn(fields, name)) return required ? [{ path, message: 'is required' }] : [];
    const validate = validatorOf(schema);
    if (validate(fields[name])) return [];
    return (validate.errors ?? []).map((error) => ({
      path: `${path}${error.instancePath.replaceAll('/', '.')}`,
      message: error.message ?? 'is not valid',
    }));
  });
  return [...unknown, ...wrong];
}

function validatorOf(schema: object): ValidateFunction {
  const known = validators.get(schema);
  if (known) return known;
  const validate = ajv.compile(schema);
  validators.set(schema, validate);
  return validate;
}
