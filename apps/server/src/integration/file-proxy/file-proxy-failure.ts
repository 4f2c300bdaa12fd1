import { EgressError } from '../../ports/index.ts';
import { Refusal } from '../../refusal.ts';

/** Codes of erp-integration.md 12.6 for what goes wrong after the request was found to be in order. */
export type FileProxyCode =
  | 'USE_CASE_MISSING_CONFIG'
  | 'OAUTH2_TOKEN_FAILURE'
  | 'FILE_FETCH_FAILED'
  | 'FILE_EXTRACTION_FAILED'
  | 'FILE_TOO_LARGE'
  | 'SECURE_PROXY_IP_BLOCKED'
  | 'SECURE_PROXY_DOMAIN_NOT_ALLOWED'
  | 'TIMEOUT';

const STATUSES: Readonly<Partial<Record<FileProxyCode, number>>> = {
  USE_CASE_MISSING_CONFIG: 500,
  TIMEOUT: 504,
};

/** The refusal for a failure. Messages say which part failed and never what the archive answered. */
export function fileProxyFailure(code: FileProxyCode, message: string): Refusal {
  return new Refusal(STATUSES[code] ?? 502, code, message);
}

/** What a failed exchange is to the caller; `otherwise` where no more precise code exists. */
export function exchangeFailure(error: unknown, otherwise: FileProxyCode, what: string): unknown {
  if (!(error instanceof EgressError)) return error;
  if (error.code === 'TIMEOUT') return fileProxyFailure('TIMEOUT', `${what} did not answer in time`);
  if (error.code === 'ADDRESS_REFUSED')
    return fileProxyFailure('SECURE_PROXY_IP_BLOCKED', `The address of ${what} is not allowed`);
  if (error.code === 'HOST_REFUSED')
    return fileProxyFailure('SECURE_PROXY_DOMAIN_NOT_ALLOWED', `The host of ${what} is not allowed`);
  if (error.code === 'RESPONSE_TOO_LARGE')
    return fileProxyFailure('FILE_TOO_LARGE', `${what} answered more than is allowed`);
  return fileProxyFailure(otherwise, `${what} could not be asked`);
}
