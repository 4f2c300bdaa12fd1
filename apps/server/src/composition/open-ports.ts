import { join } from 'node:path';
import type { Logger } from 'pino';
import {
  type BlobStore,
  type Clock,
  createDiskBlobStore,
  createEgress,
  createFileOutbox,
  createMemoryBlobStore,
  createMemoryOutbox,
  createS3BlobStore,
  createSecretBox,
  createSmtpMailer,
  createSystemDns,
  type Dns,
  type Egress,
  loadMasterKeys,
  type Mailer,
  type MailOutbox,
  parseAllowedTargets,
  type SecretBox,
  systemClock,
} from '../ports/index.ts';
import { type Settings, SettingsError } from '../settings.ts';

/** The outside world as the rooms see it. Tests substitute here and nowhere else. */
export interface Ports {
  readonly clock: Clock;
  readonly dns: Dns;
  readonly egress: Egress;
  readonly blobs: BlobStore;
  readonly mailer: Mailer;
  /** Where mails can be read when no mail server is configured. */
  readonly outbox: MailOutbox | undefined;
  readonly secrets: SecretBox;
}

/** Builds the ports as the settings want them; `given` ones are taken as they are. Throws `SettingsError` for settings that cannot be used. */
export async function openPorts(settings: Settings, log: Logger, given: Partial<Ports> = {}): Promise<Ports> {
  const clock = given.clock ?? systemClock;
  const dns = given.dns ?? createSystemDns();
  const outbox = settings.smtpUrl ? undefined : openOutbox(settings, clock);
  return {
    clock,
    dns,
    egress:
      given.egress ?? createEgress({ dns, allow: parseAllowedTargets(allowedTargets(settings).join(',')) }),
    blobs: given.blobs ?? openBlobs(settings, clock),
    outbox,
    mailer:
      given.mailer ??
      (settings.smtpUrl ? openSmtp(settings.smtpUrl) : (outbox ?? openOutbox(settings, clock))),
    secrets: given.secrets ?? (await openSecrets(settings, log)),
  };
}

/** The demo utility's ERP answers on loopback, so it must be allowed by name. */
function allowedTargets(settings: Settings): readonly string[] {
  return settings.mode === 'development'
    ? [...settings.allowedEgress, new URL(settings.demoErpUrl).host]
    : settings.allowedEgress;
}

async function openSecrets(settings: Settings, log: Logger): Promise<SecretBox> {
  if (settings.secretKey === undefined && settings.mode === 'production') {
    throw new SettingsError([
      'BUSBAR_SECRET_KEY: expected a key in production; a generated one is for development only',
    ]);
  }
  if (settings.secretKey === undefined && settings.data === 'memory://') {
    const { keys } = await loadMasterKeys({ configured: 'a key for data that nobody keeps', dataFolder: '' });
    return createSecretBox(keys);
  }
  const { keys, generated } = await loadMasterKeys({
    dataFolder: settings.data,
    ...(settings.secretKey === undefined ? {} : { configured: settings.secretKey }),
  });
  if (generated) {
    log.warn(
      `A secret key was made in ${settings.data}/secret.key. Whoever loses it loses the secrets; set BUSBAR_SECRET_KEY in production.`,
    );
  }
  return createSecretBox(keys);
}

function openOutbox(settings: Settings, clock: Clock): MailOutbox {
  if (settings.data === 'memory://') return createMemoryOutbox({ clock });
  return createFileOutbox({ folder: join(settings.data, 'outbox'), clock });
}

function openBlobs(settings: Settings, clock: Clock): BlobStore {
  if (settings.blobs === undefined) {
    return settings.data === 'memory://'
      ? createMemoryBlobStore({ clock })
      : createDiskBlobStore({ root: join(settings.data, 'files'), clock });
  }
  const location = readUrl('BUSBAR_BLOBS', settings.blobs);
  const accessKeyId = settings.blobsAccessKey;
  const secretAccessKey = settings.blobsSecretKey;
  if (location.protocol !== 's3:' || !location.hostname || !accessKeyId || !secretAccessKey) {
    throw new SettingsError([
      'BUSBAR_BLOBS: expected s3://<bucket>?endpoint=…&region=… with keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
    ]);
  }
  const region = location.searchParams.get('region') ?? 'eu-central-1';
  return createS3BlobStore({
    bucket: location.hostname,
    region,
    endpoint: location.searchParams.get('endpoint') ?? `https://s3.${region}.amazonaws.com`,
    credentials: { accessKeyId, secretAccessKey },
    // Self-hosted stores want the bucket in the path, Amazon in the host name.
    pathStyle: location.searchParams.has('endpoint'),
    clock,
  });
}

function openSmtp(text: string): Mailer {
  const url = readUrl('BUSBAR_SMTP_URL', text);
  if (url.protocol !== 'smtp:' && url.protocol !== 'smtps:')
    throw new SettingsError(['BUSBAR_SMTP_URL: expected smtp:// or smtps://']);
  const security =
    url.protocol === 'smtps:' ? 'tls' : url.searchParams.get('security') === 'none' ? 'none' : 'starttls';
  return createSmtpMailer({
    host: url.hostname,
    port: Number(url.port) || (security === 'tls' ? 465 : 587),
    security,
    ...(url.username
      ? { login: { user: decodeURIComponent(url.username), password: decodeURIComponent(url.password) } }
      : {}),
  });
}

function readUrl(variable: string, text: string): URL {
  if (!URL.canParse(text)) throw new SettingsError([`${variable}: expected a URL`]);
  return new URL(text);
}
