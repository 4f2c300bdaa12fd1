/** How one setting is read: the environment variable, its default as text, and what it means. */
interface Setting<Value> {
  readonly variable: string;
  readonly fallback: string;
  readonly description: string;
  /** Throws an error that says what is expected. */
  readonly parse: (text: string) => Value;
}

const text = (value: string) => value;
const optionalText = (value: string) => value || undefined;

function integer(least: number, most: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < least || number > most)
      throw new Error(`a whole number from ${least} to ${most}`);
    return number;
  };
}

function oneOf<const Choice extends string>(...choices: readonly Choice[]): (value: string) => Choice {
  return (value) => {
    const choice = choices.find((one) => one === value);
    if (!choice) throw new Error(`one of ${choices.join(', ')}`);
    return choice;
  };
}

function flag(value: string): boolean {
  if (value === 'true' || value === '1') return true;
  if (value === 'false' || value === '0') return false;
  throw new Error('true or false');
}

function list(value: string): string[] {
  return value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function url(value: string): string | undefined {
  if (value === '') return undefined;
  const parsed = new URL(value);
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') throw new Error('an http(s) URL');
  return value.replace(/\/+$/, '');
}

function localUrl(value: string): string {
  if (!/^http:\/\/127\.0\.0\.1:\d{1,5}$/.test(value)) throw new Error('http://127.0.0.1:<port>');
  return value;
}

/**
 * Every setting of the server, in the order of docs/operations.md, whose table is written from here. A setting comes from an environment
 * variable; there is no configuration file.
 */
export const SETTINGS = {
  mode: setting(
    'BUSBAR_MODE',
    'development',
    '`development` loads the demo utility, shows mails at `/dev/mails` and checks every answer against the contract; `production` does none of it and insists on a secret key.',
    oneOf('development', 'production'),
  ),
  host: setting('HOST', '127.0.0.1', 'Address to listen on; `0.0.0.0` for all.', text),
  port: setting('PORT', '4010', 'Port to listen on; 0 picks a free one.', integer(0, 65_535)),
  baseUrl: setting(
    'BUSBAR_BASE_URL',
    '',
    'Public URL of this server, without a slash at the end; issuer of tokens and start of links. Default: `http://localhost:<port>`.',
    url,
  ),
  databaseUrl: setting(
    'DATABASE_URL',
    '',
    'Connection string of a PostgreSQL 15 or newer. Empty: the embedded database.',
    optionalText,
  ),
  databaseConnections: setting(
    'BUSBAR_DATABASE_CONNECTIONS',
    '10',
    'Connections to PostgreSQL per server process.',
    integer(2, 200),
  ),
  data: setting(
    'BUSBAR_DATA',
    './data',
    'Folder of the embedded database, files, generated keys and the mail outbox; `memory://` keeps nothing.',
    text,
  ),
  secretKey: setting(
    'BUSBAR_SECRET_KEY',
    '',
    'Master key(s) that encrypt secrets at rest: 32 bytes as base64 or hex, or a long passphrase; several separated by commas, the newest first. Empty: generated into the data folder.',
    optionalText,
  ),
  demo: setting(
    'BUSBAR_DEMO',
    'auto',
    '`auto` loads the demo utility into an empty database in development; `on` also in production; `off` never.',
    oneOf('auto', 'on', 'off'),
  ),
  demoErpUrl: setting(
    'BUSBAR_DEMO_ERP_URL',
    'http://127.0.0.1:4810',
    "Where the demo utility's ERP and archive answer (`busbar demo-erp` plays them).",
    localUrl,
  ),
  spotMarket: setting(
    'BUSBAR_SPOT_MARKET',
    'auto',
    'Where day-ahead prices of AT and DE-LU come from: `entsoe` (Transparency Platform), `energy-charts` (api.energy-charts.info) or `awattar` load them, `demo` invents them, `off` loads none; `auto` is `entsoe` with a token, else `demo` in development and `off` in production.',
    oneOf('auto', 'off', 'demo', 'entsoe', 'energy-charts', 'awattar'),
  ),
  entsoeToken: setting(
    'BUSBAR_ENTSOE_TOKEN',
    '',
    'Security token of the ENTSO-E Transparency Platform, for `BUSBAR_SPOT_MARKET=entsoe`.',
    optionalText,
  ),
  mutationsPerMinute: setting(
    'BUSBAR_MUTATIONS_PER_MINUTE',
    '500',
    'Entity API writes per organisation, minute and server process; more get a 429.',
    integer(1, 1_000_000),
  ),
  searchesPerMinute: setting(
    'BUSBAR_SEARCHES_PER_MINUTE',
    '5000',
    'Entity API searches per organisation, minute and server process; more get a 429.',
    integer(1, 1_000_000),
  ),
  erpRequestsPerMinute: setting(
    'BUSBAR_ERP_REQUESTS_PER_MINUTE',
    '1000',
    'ERP Integration API requests per organisation, minute and server process; more get a 429.',
    integer(1, 1_000_000),
  ),
  workers: setting(
    'BUSBAR_WORKERS',
    'true',
    'Whether this process works on jobs (inbound events, webhooks, mails). Run at least one that does.',
    flag,
  ),
  logLevel: setting(
    'BUSBAR_LOG_LEVEL',
    'info',
    'Least severe log line to write.',
    oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
  ),
  logFormat: setting(
    'BUSBAR_LOG_FORMAT',
    'auto',
    'How log lines are written: `json`, or `text` for people; `auto` is `text` on a terminal in development.',
    oneOf('auto', 'json', 'text'),
  ),
  traceEndpoint: setting(
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    '',
    'OpenTelemetry collector that gets traces of requests, jobs and calls to third parties over OTLP/HTTP, such as `http://127.0.0.1:4318`. Empty: no traces.',
    url,
  ),
  serviceName: setting('OTEL_SERVICE_NAME', 'busbar', 'What this service is called in traces.', text),
  trustProxy: setting(
    'BUSBAR_TRUST_PROXY',
    '',
    'Addresses (comma-separated, CIDR) of reverse proxies whose `X-Forwarded-*` headers count.',
    list,
  ),
  allowedOrigins: setting(
    'BUSBAR_ALLOWED_ORIGINS',
    '',
    "Browser origins that may call besides the portals' own domains (comma-separated).",
    list,
  ),
  allowedEgress: setting(
    'BUSBAR_ALLOWED_EGRESS',
    '',
    'Private targets that webhooks, hooks and the file proxy may reach, such as an on-premise ERP: comma-separated CIDR ranges, each with an optional port (`10.1.0.0/16`, `127.0.0.1/32:4810`).',
    list,
  ),
  secureLinks: setting(
    'BUSBAR_SECURE_LINKS',
    '',
    'Private networks that secure proxies (`secure_link`) may lead into, written as in `BUSBAR_ALLOWED_EGRESS`; with an organisation id and `=` before it, an entry counts for that organisation only (`739224=10.1.0.0/16:443`). A secure proxy reaches what is listed here and in its own whitelist. Empty: none.',
    list,
  ),
  hookTimeout: setting(
    'BUSBAR_HOOK_TIMEOUT',
    '20',
    "Seconds that the call of a portal extension's hook may take. Signing in before it has half of them, both together a quarter more.",
    integer(1, 60),
  ),
  confirmByUserId: setting(
    'BUSBAR_CONFIRM_BY_USER_ID',
    'true',
    'Whether portal users may confirm their address with the older links that name their id instead of a token (`confirmUserWithUserId`). Our own mails do not use them.',
    flag,
  ),
  portalBaseDomain: setting(
    'PORTAL_BASE_DOMAIN',
    'portal.localhost',
    'DNS zone of the platform sub-domains that portals get.',
    text,
  ),
  portalEdgeHost: setting(
    'PORTAL_EDGE_HOST',
    '',
    "Host name of the reverse proxy in front of the portals, the target of the CNAME records of portals' own domains. Default: `edge.` before `PORTAL_BASE_DOMAIN`.",
    text,
  ),
  portalCertificateAuthorities: setting(
    'PORTAL_CERTIFICATE_AUTHORITIES',
    'letsencrypt.org',
    "CAA issuer names of the certificate authorities that obtain certificates for portals' own domains, separated by commas.",
    list,
  ),
  portalEdgeToken: setting(
    'PORTAL_EDGE_TOKEN',
    '',
    'Token with which the reverse proxy may read the list of all portal domains at `/edge/distributions`. Empty: no such list.',
    optionalText,
  ),
  photoRecognitionUrl: setting(
    'BUSBAR_PHOTO_RECOGNITION_URL',
    '',
    'Service that reads meters off photos: gets the picture as the body of a POST, answers JSON with `reading`, `sector` and `meter_numbers`. A private address must be in `BUSBAR_ALLOWED_EGRESS`. Empty: photos are stored without suggestions.',
    url,
  ),
  photoRecognitionToken: setting(
    'BUSBAR_PHOTO_RECOGNITION_TOKEN',
    '',
    'Bearer token for `BUSBAR_PHOTO_RECOGNITION_URL`.',
    optionalText,
  ),
  staffOidcIssuer: setting(
    'BUSBAR_STAFF_OIDC_ISSUER',
    '',
    'Issuer of the OpenID provider through which staff sign in at `/idp/staff` (docs/sign-in.md); a private address must be in `BUSBAR_ALLOWED_EGRESS`. Empty: staff have passwords here (`busbar staff`).',
    url,
  ),
  staffOidcClientId: setting(
    'BUSBAR_STAFF_OIDC_CLIENT_ID',
    '',
    'What this installation is called at `BUSBAR_STAFF_OIDC_ISSUER`.',
    optionalText,
  ),
  staffOidcClientSecret: setting(
    'BUSBAR_STAFF_OIDC_CLIENT_SECRET',
    '',
    'Its secret there. Empty: a public client.',
    optionalText,
  ),
  staffRedirectUris: setting(
    'BUSBAR_STAFF_REDIRECT_URIS',
    '',
    'Where applications of the staff may have authorization codes sent, besides loopback addresses: exact URLs, separated by commas.',
    list,
  ),
  smtpUrl: setting(
    'BUSBAR_SMTP_URL',
    '',
    'SMTP server for outgoing mail, `smtp://user:password@host:port` or `smtps://`. Empty: mails go to a local outbox.',
    optionalText,
  ),
  mailFrom: setting(
    'BUSBAR_MAIL_FROM',
    'Busbar <no-reply@busbar.example>',
    'Sender of mails whose portal names none.',
    text,
  ),
  blobs: setting(
    'BUSBAR_BLOBS',
    '',
    'S3-compatible store for files: `s3://<bucket>?endpoint=<url>&region=<region>`, keys in `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`. Empty: the data folder.',
    optionalText,
  ),
  blobsAccessKey: setting('AWS_ACCESS_KEY_ID', '', 'Access key for the S3-compatible store.', optionalText),
  blobsSecretKey: setting(
    'AWS_SECRET_ACCESS_KEY',
    '',
    'Secret key for the S3-compatible store.',
    optionalText,
  ),
  requestTimeout: setting(
    'BUSBAR_REQUEST_TIMEOUT',
    '60',
    'Seconds within which a request must have arrived.',
    integer(1, 600),
  ),
  shutdownTimeout: setting(
    'BUSBAR_SHUTDOWN_TIMEOUT',
    '20',
    'Seconds that running requests and jobs have to finish after SIGTERM.',
    integer(1, 600),
  ),
} as const satisfies Record<string, Setting<unknown>>;

export type Settings = {
  readonly [Name in keyof typeof SETTINGS]: ReturnType<(typeof SETTINGS)[Name]['parse']>;
};

/** Some settings cannot be used; the message names each variable and what it wants. */
export class SettingsError extends Error {
  constructor(problems: readonly string[]) {
    super(`Settings that cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'SettingsError';
  }
}

/** Reads the settings from environment variables. Throws `SettingsError` with everything that is wrong at once. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const problems: string[] = [];
  const values = Object.entries(SETTINGS).map(([name, { variable, fallback, parse }]) => {
    const given = environment[variable]?.trim() || fallback;
    try {
      return [name, parse(given)] as const;
    } catch (error) {
      problems.push(`${variable}: expected ${error instanceof Error ? error.message : 'something else'}`);
      return [name, undefined] as const;
    }
  });
  const settings = Object.fromEntries(values) as Settings;
  if (settings.spotMarket === 'entsoe' && settings.entsoeToken === undefined)
    problems.push('BUSBAR_ENTSOE_TOKEN: expected the security token that BUSBAR_SPOT_MARKET=entsoe needs');
  if (problems.length > 0) throw new SettingsError(problems);
  return settings;
}

function setting<Value>(
  variable: string,
  fallback: string,
  description: string,
  parse: (text: string) => Value,
): Setting<Value> {
  return { variable, fallback, description, parse };
}
