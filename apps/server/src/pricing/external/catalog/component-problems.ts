import { type Document, isDocument } from '../../../entities/index.ts';
import type { Problem } from '../../../refusal.ts';
import { documentsOf } from '../../documents.ts';
import { HOOK_TYPES, hooksOf } from './component.ts';

const HOOK_ID = /^[a-zA-Z0-9_-]+$/;
const LONGEST_ID = 200;
const METHODS = ['GET', 'POST', 'PUT', 'PATCH'];

/** What is wrong with the components an app defines (App API, contract schema `ExternalProductCatalogComponent`); empty when nothing is. */
export function componentProblems(components: readonly Document[]): Problem[] {
  const ids = components.map(({ id }) => id);
  return components.flatMap((component, at) => {
    const path = `body.components[${at}]`;
    const { id, component_type: type } = component;
    const isNamed = typeof id === 'string' && id !== '' && id.length <= LONGEST_ID;
    return [
      ...(isNamed ? [] : [{ path: `${path}.id`, message: 'is required' }]),
      ...(ids.indexOf(id) < at ? [{ path: `${path}.id`, message: 'is used twice' }] : []),
      ...(type === 'EXTERNAL_PRODUCT_CATALOG'
        ? []
        : [{ path: `${path}.component_type`, message: 'must be EXTERNAL_PRODUCT_CATALOG on this server' }]),
      ...hooksProblems(component, `${path}.configuration.hooks`),
    ];
  });
}

function hooksProblems(component: Document, path: string): Problem[] {
  const { configuration } = component;
  const list = isDocument(configuration) ? configuration['hooks'] : undefined;
  if (!Array.isArray(list) || !list.every(isDocument)) return [{ path, message: 'must be a list' }];
  const hooks = hooksOf(component);
  const ids = hooks.map(({ id }) => id);
  return hooks.flatMap((hook, at) => {
    const own = `${path}[${at}]`;
    const isNamed = typeof hook['id'] === 'string' && HOOK_ID.test(hook['id']);
    return [
      ...(isNamed ? [] : [{ path: `${own}.id`, message: 'must be letters, digits, _ and -' }]),
      ...(ids.indexOf(hook['id']) < at ? [{ path: `${own}.id`, message: 'is used twice' }] : []),
      ...(HOOK_TYPES.some((type) => type === hook['type'])
        ? []
        : [{ path: `${own}.type`, message: `must be one of ${HOOK_TYPES.join(', ')}` }]),
      ...requestProblems(hook['call'], `${own}.call`),
      ...(hook['auth'] === undefined ? [] : requestProblems(hook['auth'], `${own}.auth`)),
    ];
  });
}

function requestProblems(request: unknown, path: string): Problem[] {
  if (!isDocument(request)) return [{ path, message: 'must be an object' }];
  const { url, method } = request;
  const isMethod =
    method === undefined || (typeof method === 'string' && METHODS.includes(method.toUpperCase()));
  return [
    ...(typeof url === 'string' && url !== '' ? [] : [{ path: `${path}.url`, message: 'is required' }]),
    ...(isMethod ? [] : [{ path: `${path}.method`, message: `must be one of ${METHODS.join(', ')}` }]),
    ...['params', 'headers'].flatMap((name) => {
      const map = request[name];
      const isMap = isDocument(map) && Object.values(map).every((value) => typeof value === 'string');
      return map === undefined || isMap
        ? []
        : [{ path: `${path}.${name}`, message: 'must be a map of texts' }];
    }),
    ...(request['body'] === undefined || isDocument(request['body'])
      ? []
      : [{ path: `${path}.body`, message: 'must be an object' }]),
  ];
}

/** What is wrong with the values of options (App API, contract schema `OptionsRef`). */
export function optionProblems(values: unknown): Problem[] {
  const path = 'body.option_values';
  if (values === undefined) return [];
  if (!Array.isArray(values) || !values.every(isDocument)) return [{ path, message: 'must be a list' }];
  return values.flatMap((reference: Document, at) => [
    ...(typeof reference['component_id'] === 'string'
      ? []
      : [{ path: `${path}[${at}].component_id`, message: 'is required' }]),
    ...documentsOf(reference['options']).flatMap(({ key, value }, n) =>
      typeof key === 'string' && ['string', 'number', 'boolean'].includes(typeof value)
        ? []
        : [
            {
              path: `${path}[${at}].options[${n}]`,
              message: 'must have a key and a text, number or boolean',
            },
          ],
    ),
  ]);
}
