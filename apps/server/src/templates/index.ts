export { TemplateError, type TemplateErrorCode } from './template-error.ts';
export { DEFAULT_TEMPLATE_LIMITS, type TemplateLimits } from './template-limits.ts';
