export {
  type EnvironmentLookup,
  MissingVariableError,
  renderTemplateWithEnvironment,
  replaceEnvironmentPlaceholders,
} from './environment-placeholders.ts';
export { type Escape, escapeText, leavesItsFolder, percentEncode } from './escaping.ts';
export { type ParseOptions, parseTemplate, type Template } from './parse-template.ts';
export { type RenderOptions, renderTemplate } from './render-template.ts';
export { TemplateError, type TemplateErrorCode } from './template-error.ts';
export type { TemplateLimits } from './template-limits.ts';
export { renderTitle } from './title-template.ts';
