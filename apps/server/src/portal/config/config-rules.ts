import { asObject, type JsonObject } from '../../contract/json-object.ts';
import type { OrganisationSchemas } from '../../entities/index.ts';
import type { Problem } from '../../refusal.ts';
import { editRuleProblems } from './edit-rule-problems.ts';
import { IDENTIFYING_SCHEMAS, isIdentifier } from './identifier-catalogue.ts';
import { providerProblems } from './provider-problems.ts';

const MOST_NAME_CHARACTERS = 255;
const MOST_CONFIG_BYTES = 1024 * 1024;

/** What a configuration is held against besides its contract. */
export interface RuleSurroundings {
  readonly schemas: OrganisationSchemas;
}

/**
 * What is wrong with the fields that a save sends (portal §3.2, §12.3). Fields that are not sent are not looked at: they were fine when
 * they were saved.
 */
export function configProblems(sent: JsonObject, surroundings: RuleSurroundings): Problem[] {
  return [
    ...nameProblems(sent['name']),
    ...uiSettingsProblems(sent['config']),
    ...identifierProblems(sent, surroundings.schemas),
    ...journeyProblems(sent['triggered_journeys']),
    ...editRuleProblems(sent['entity_edit_rules']),
    ...fileExtensionProblems(sent['allowed_file_extensions']),
    ...imageProblems(sent['images']),
    ...providerProblems(sent['identity_providers']),
  ];
}

function nameProblems(name: unknown): Problem[] {
  if (typeof name !== 'string' || name.length <= MOST_NAME_CHARACTERS) return [];
  return [{ path: 'body.name', message: `must not have more than ${MOST_NAME_CHARACTERS} characters` }];
}

function uiSettingsProblems(config: unknown): Problem[] {
  if (typeof config !== 'string') return [];
  if (Buffer.byteLength(config) > MOST_CONFIG_BYTES) {
    return [{ path: 'body.config', message: 'must not be larger than 1 MiB' }];
  }
  const problem = { path: 'body.config', message: 'must be a JSON object as text' };
  try {
    const parsed: unknown = JSON.parse(config);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? [] : [problem];
  } catch {
    // The parser's own message names characters of what may be personal; ours says enough.
    return [problem];
  }
}

function identifierProblems(sent: JsonObject, schemas: OrganisationSchemas): Problem[] {
  const check = (field: string, allowed: readonly string[] | undefined, fallback: string) =>
    listOf(sent[field]).flatMap((identifier, at) => {
      const schema = String(identifier['schema'] ?? fallback);
      const name = String(identifier['name'] ?? '');
      if (allowed && !allowed.includes(schema)) {
        return [{ path: `body.${field}[${at}].schema`, message: `must be one of ${allowed.join(', ')}` }];
      }
      if (isIdentifier(schemas, schema, name)) return [];
      return [
        { path: `body.${field}[${at}].name`, message: `is no attribute of ${schema} that can identify` },
      ];
    });
  const contact = schemas.find('contact');
  const additional = listOf(sent['additional_contact_attributes']).flatMap(({ name }, at) =>
    contact?.attribute(String(name))
      ? []
      : [{ path: `body.additional_contact_attributes[${at}].name`, message: 'is no attribute of contact' }],
  );
  return [
    ...check('registration_identifiers', IDENTIFYING_SCHEMAS, 'contact'),
    ...check('contract_identifiers', undefined, 'contract'),
    ...check('contact_identifiers_for_account', ['contact'], 'contact'),
    ...additional,
  ];
}

function journeyProblems(journeys: unknown): Problem[] {
  const seen = new Set<string>();
  return listOf(journeys).flatMap((journey, at) => {
    const trigger = String(journey['trigger_name'] ?? '');
    const isSecond = seen.has(trigger);
    seen.add(trigger);
    return isSecond
      ? [{ path: `body.triggered_journeys[${at}].trigger_name`, message: 'has a journey already' }]
      : [];
  });
}

function fileExtensionProblems(groups: unknown): Problem[] {
  return Object.entries(asObject(groups)).flatMap(([group, extensions]) =>
    (Array.isArray(extensions) ? extensions : []).flatMap((extension: unknown, at) =>
      typeof extension === 'string' && /^[a-z0-9]{1,16}$/.test(extension)
        ? []
        : [
            {
              path: `body.allowed_file_extensions.${group}[${at}]`,
              message: 'must be an extension in lower case, without a dot',
            },
          ],
    ),
  );
}

function imageProblems(images: unknown): Problem[] {
  return Object.entries(asObject(images)).flatMap(([image, url]) => {
    const isFine =
      url === null ||
      url === '' ||
      (typeof url === 'string' && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol));
    return isFine ? [] : [{ path: `body.images.${image}`, message: 'must be an http(s) URL or null' }];
  });
}

function listOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.map(asObject) : [];
}
