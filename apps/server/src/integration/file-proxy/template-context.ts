import {
  leavesItsFolder,
  MissingVariableError,
  percentEncode,
  renderTemplateWithEnvironment,
  replaceEnvironmentPlaceholders,
  TemplateError,
} from '../../templates/index.ts';
import { fileProxyFailure } from './file-proxy-failure.ts';

/** The result of a step as templates and expressions see it: a JSON body parsed, bytes as base64. */
export interface StepResult {
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly statusCode: number;
}

/** What templates and response expressions see. */
export interface ProxyContext {
  readonly params: Readonly<Record<string, string>>;
  readonly steps: readonly StepResult[];
}

/** Finds the value of an environment variable. */
export type FindVariable = (key: string) => Promise<string | undefined>;

/** Renders the texts of a configuration (erp-integration.md 12.4). */
export class TemplateRenderer {
  readonly #find: FindVariable;

  constructor(find: FindVariable) {
    this.#find = find;
  }

  /**
   * A URL: query parameters are percent-encoded, results of steps inserted as they are.
   * @throws Refusal 500 `USE_CASE_MISSING_CONFIG`, 502 `FILE_FETCH_FAILED` where a value such as `..` would lead out of the folder that is meant
   */
  async url(template: string, context: ProxyContext): Promise<string> {
    const url = await this.#render(template, context, (value, [root]) =>
      root === 'params' ? percentEncode(value) : value,
    );
    // What the archive or the configuration says by itself is their business.
    if (leavesItsFolder(url) && template.includes('params') && !leavesItsFolder(template))
      throw fileProxyFailure('FILE_FETCH_FAILED', 'The address of the file cannot be made of these values');
    return url;
  }

  /** Any other text. @throws Refusal 500 `USE_CASE_MISSING_CONFIG` */
  text(template: string, context: ProxyContext): Promise<string> {
    return this.#render(template, context, 'none');
  }

  /** The values of a map. @throws Refusal 500 `USE_CASE_MISSING_CONFIG` */
  async texts(
    templates: Readonly<Record<string, string>>,
    context: ProxyContext,
  ): Promise<Record<string, string>> {
    const rendered = await Promise.all(
      Object.entries(templates).map(async ([name, template]) => [name, await this.text(template, context)]),
    );
    return Object.fromEntries(rendered);
  }

  /**
   * Replaces `{{ env.key }}` in the result of an expression, but only keys that its author wrote: the result may hold query parameters and
   * answers of the archive, and those must not ask for secrets.
   */
  async result(result: string, expression: string): Promise<string> {
    const written = new Set(
      [...expression.matchAll(/\{\{\s*env\.([^{}]*)\}\}/g)].map(([, key = '']) => key.trim()),
    );
    return this.#guard(() =>
      replaceEnvironmentPlaceholders(result, (key) =>
        written.has(key) ? this.#find(key) : `{{ env.${key} }}`,
      ),
    );
  }

  #render(
    template: string,
    context: ProxyContext,
    escaping: 'none' | ((value: string, path: readonly string[]) => string),
  ): Promise<string> {
    return this.#guard(() =>
      renderTemplateWithEnvironment(template, context, this.#find, { escape: escaping }),
    );
  }

  async #guard(render: () => Promise<string>): Promise<string> {
    try {
      return await render();
    } catch (error) {
      if (error instanceof MissingVariableError)
        throw fileProxyFailure('USE_CASE_MISSING_CONFIG', error.message);
      if (error instanceof TemplateError)
        throw fileProxyFailure('USE_CASE_MISSING_CONFIG', 'A template of the use case cannot be rendered');
      throw error;
    }
  }
}
