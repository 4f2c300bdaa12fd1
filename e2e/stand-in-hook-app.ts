import {
  type AppAnswer,
  openStandInApp,
  type Received,
} from '../apps/server/src/portal/hooks/testing/stand-in-app.ts';

/** `well`: answers as it should. The others are what third parties do on bad days, once they have signed the caller in. */
export type AppMood =
  | 'well'
  | 'fails'
  | 'misses'
  | 'throttles'
  | 'babbles'
  | 'floods'
  | 'hangs'
  | 'redirects';

/** The app of a third party with a hook of every type, as a portal's administrator meets it. */
export interface StandInHookApp {
  /** What it was asked, in order. */
  readonly received: readonly Received[];
  /** The body of `PUT /ext/v1/apps/{app_id}/extensions`. */
  readonly extensions: { readonly app_name: string; readonly extensions: readonly object[] };
  /** Where it answers. */
  readonly url: string;
  /** Says what a path answers when the app is well; a path that was told nothing answers an empty object. */
  says(path: string, body: unknown): void;
  /** What a path was sent, as JSON, in order. */
  sent(path: string): unknown[];
  isIn(mood: AppMood): void;
  close(): Promise<void>;
}

/** What nobody but the app may ever see. */
export const SECRET = 's3cret-of-the-utility';
/** What the app lets callers in with. */
export const TOKEN = 't0ken-of-the-app';
const INTERNALS = 'stack trace of the app';

/** Texts that must not turn up in any answer or log line. */
export const HIDDEN: readonly string[] = [SECRET, TOKEN, INTERNALS];

const BAD_DAYS: Readonly<Record<Exclude<AppMood, 'well' | 'hangs'>, AppAnswer>> = {
  fails: { status: 500, body: { error: { message: '<b>Closed</b> for today', detail: INTERNALS } } },
  misses: { status: 404, body: { detail: INTERNALS } },
  throttles: { status: 429, headers: { 'retry-after': '7' }, body: { detail: INTERNALS } },
  babbles: { headers: { 'content-type': 'text/html' }, body: `<html>${INTERNALS}</html>` },
  floods: { body: `["${'x'.repeat(6 * 1024 * 1024)}"]` },
  redirects: { status: 302, headers: { location: '/elsewhere' } },
};

/** Opens the app on an address of loopback. */
export async function standInHookApp(host?: string): Promise<StandInHookApp> {
  const app = await openStandInApp(host);
  const answers = new Map<string, unknown>();
  let mood: AppMood = 'well';
  app.answer(({ path }) => {
    if (path === '/token') return { body: { access_token: TOKEN, expires_in: 600 } };
    if (mood === 'hangs') return undefined;
    return mood === 'well' ? { body: answers.get(path) ?? {} } : BAD_DAYS[mood];
  });
  return {
    received: app.received,
    extensions: { app_name: 'CRM', extensions: [EXTENSION] },
    url: app.url,
    says: (path, body) => void answers.set(path, body),
    sent: (path) =>
      app.received.filter((one) => one.path === path).map(({ body }) => JSON.parse(body || '{}')),
    isIn(next) {
      mood = next;
    },
    close: () => app.close(),
  };
}

/** Signs in with the utility's account and secret; the answer serves all hooks of the extension. */
const auth = {
  method: 'POST',
  url: '{{Options.base}}/token',
  headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  body: { account: '{{Options.account}}', secret: '{{Options.key}}' },
  cache: { key: '{{Options.account}}', ttl: '{{AuthResponse.data.expires_in}}' },
};

function hook(type: string, more: { readonly id?: string; readonly [member: string]: unknown }) {
  const { id = type, call, resolved, ...settings } = more;
  return {
    ...{ id, type, name: { en: id }, auth },
    ...settings,
    call: {
      url: `{{Options.base}}/${id}`,
      headers: { Authorization: 'Bearer {{AuthResponse.data.access_token}}' },
      ...Object(call),
    },
    resolved: { error_message_path: 'error.message', ...Object(resolved) },
  };
}

const series = {
  call: { params: { from: '{{Scope.from}}', to: '{{Scope.to}}', every: '{{Scope.interval}}' } },
  resolved: { data_path: 'rows' },
};
const IDENTIFIED = { resolved: { result: '{{CallResponse.data.ids}}' } };

const EXTENSION = {
  id: 'crm',
  name: { en: 'CRM' },
  options: [
    { id: 'base', name: { en: 'Address' }, type: 'text', required: true },
    { id: 'account', name: { en: 'Account' }, type: 'text', default: 'stadtwerke' },
    { id: 'key', name: { en: 'Key' }, type: 'secret', required: true },
  ],
  hooks: [
    hook('registrationIdentifiersCheck', {
      call: { body: { number: 'K-{{Identifiers.contact.customer_number}}' } },
      resolved: { result: '{{CallResponse.data.contact}}' },
    }),
    hook('contractIdentification', { id: 'contracts', assignment_mode: 'contracts', ...IDENTIFIED }),
    hook('contractIdentification', { id: 'customer-of', ...IDENTIFIED }),
    hook('contractIdentification', {
      ...{ id: 'represents', assignment_mode: 'contact_to_portal_user' },
      ...IDENTIFIED,
    }),
    hook('meterReadingPlausibilityCheck', {
      id: 'check',
      call: {
        body: { meter: '{{Meter.meter_number}}', value: '{{Reading.value}}', by: '{{Contact.last_name}}' },
      },
      resolved: {
        valid: '{{CallResponse.data.ok}}',
        upper_limit: '{{CallResponse.data.most}}',
        lower_limit: '{{CallResponse.data.least}}',
      },
    }),
    hook('meterReadingPlausibilityCheck', {
      ...{ id: 'range', plausibility_mode: 'range', call: { body: { meter: '{{Meter.meter_number}}' } } },
      resolved: {
        data_path: 'rows',
        counter_identifiers: { obis_number: '{{Item.obis}}' },
        upper_limit: '{{Item.most}}',
        lower_limit: '{{Item.least}}',
      },
    }),
    hook('consumptionDataRetrieval', {
      call: { ...series.call, url: '{{Options.base}}/consumptionDataRetrieval/{{Meter.meter_number}}' },
      resolved: series.resolved,
    }),
    hook('priceDataRetrieval', series),
    hook('costDataRetrieval', series),
    hook('visualizationMetadata', { resolved: { data_path: 'chart' } }),
    hook('dataExport', { call: { params: { contact: '{{Contact._id}}' } } }),
    hook('changeEmail', { id: 'email-later' }),
    hook('changeEmail', {
      ...{ id: 'email-now', change_mode: 'synchronous', require_password_confirmation: false },
      call: { body: { from: '{{Input.old_email}}', to: '{{Input.new_email}}' } },
    }),
    hook('changePassword', { require_new_password: true }),
    hook('deleteAccount', {}),
  ],
  links: [
    {
      ...{ id: 'shop', name: { en: 'Shop' }, type: 'seamless', auth },
      condition: '{{Contact.customer_number | is_not_empty}}',
      redirect: {
        url: 'https://shop.example/of/{{Contact.customer_number}}',
        params: { ticket: '{{AuthResponse.data.expires_in}}' },
      },
    },
  ],
};
