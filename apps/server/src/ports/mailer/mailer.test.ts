import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSettableClock } from '../clock.ts';
import { createFileOutbox } from './file-outbox.ts';
import type { MailOutbox } from './mail-outbox.ts';
import type { Mail, Mailer } from './mailer.ts';
import { createMemoryOutbox } from './memory-outbox.ts';
import { leaves, parseMime } from './mime-message.ts';
import { createSmtpMailer } from './smtp-mailer.ts';

/** What arrived, in a form that all implementations can be compared in. */
interface Received {
  readonly recipients: string[];
  readonly from: string;
  readonly replyTo: string | undefined;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly custom: string | undefined;
  readonly attachments: { filename: string; contentType: string; content: string }[];
}

interface Subject {
  readonly mailer: Mailer;
  /** The last mail. */
  received(): Promise<Received>;
  count(): Promise<number>;
  close(): Promise<void>;
}

const MAIL: Mail = {
  from: { name: 'Stadtwerke Müsterstadt, "Service"', address: 'service@stadtwerke.example' },
  to: [{ name: 'Erika Mustermann', address: 'erika@example.org' }, { address: 'max@example.org' }],
  replyTo: { address: 'no-reply@stadtwerke.example' },
  subject: 'Ihr Bestätigungscode für das Kundenportal der Stadtwerke Müsterstadt ist da – 🔑',
  html: '<p>Ihr Code: <b>123456</b> für äöü = "x"</p>',
  text: 'Ihr Code: 123456 für äöü',
  headers: { 'X-Busbar-Event': 'evt_1' },
  attachments: [
    {
      filename: 'Übersicht.pdf',
      contentType: 'application/pdf',
      content: Buffer.from('%PDF-1.7 \0\u00ff', 'latin1'),
    },
  ],
};

const line = (address: { name?: string; address: string } | undefined) =>
  address && (address.name ? `${address.name} <${address.address}>` : address.address);

function outboxSubject(outbox: MailOutbox, close = async () => {}): Subject {
  return {
    mailer: outbox,
    async received() {
      const [mail] = await outbox.list(1);
      if (!mail) throw new Error('no mail');
      return {
        recipients: mail.to.map(({ address }) => address),
        from: line(mail.from) ?? '',
        replyTo: line(mail.replyTo),
        subject: mail.subject,
        html: mail.html,
        text: mail.text,
        custom: mail.headers?.['X-Busbar-Event'],
        attachments: (mail.attachments ?? []).map(({ content, ...rest }) => ({
          ...rest,
          content: Buffer.from(content).toString('latin1'),
        })),
      };
    },
    count: async () => (await outbox.list(1000)).length,
    close,
  };
}

interface SmtpSink {
  readonly port: number;
  readonly mails: { recipients: string[]; raw: string }[];
  close(): Promise<void>;
}

/** A mail server on loopback. Recipients `busy@` and `unknown@`, and mails that contain "spam", get the answers their names suggest. */
async function startSmtpSink(password?: string): Promise<SmtpSink> {
  const mails: SmtpSink['mails'] = [];
  const refusal = (code: number) => Object.assign(new Error('no'), { responseCode: code });
  const server = new SMTPServer({
    disabledCommands: password === undefined ? ['STARTTLS', 'AUTH'] : ['STARTTLS'],
    allowInsecureAuth: true,
    authOptional: password === undefined,
    onAuth: (auth, _session, done) =>
      auth.password === password ? done(null, { user: 'busbar' }) : done(refusal(535)),
    onRcptTo({ address }, _session, done) {
      if (address.startsWith('busy@')) done(refusal(451));
      else if (address.startsWith('unknown@')) done(refusal(550));
      else done();
    },
    async onData(stream, session, done) {
      const raw = Buffer.concat(await stream.toArray()).toString('latin1');
      if (raw.includes('spam')) return done(refusal(554));
      mails.push({ recipients: session.envelope.rcptTo.map(({ address }) => address), raw });
      done();
    },
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { port: address.port, mails, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

function readRaw({ recipients, raw }: { recipients: string[]; raw: string }): Received {
  const message = parseMime(raw);
  const content = (type: string) =>
    leaves(message)
      .find(({ headers }) => headers.get('content-type')?.startsWith(type))
      ?.content.toString() ?? '';
  const attached = leaves(message).filter(({ headers }) =>
    headers.get('content-disposition')?.startsWith('attachment'),
  );
  return {
    recipients,
    from: (message.headers.get('from') ?? '').replace(/^"(.*)" </, '$1 <').replace(/\\"/g, '"'),
    replyTo: message.headers.get('reply-to'),
    subject: message.headers.get('subject') ?? '',
    html: content('text/html'),
    text: content('text/plain'),
    custom: message.headers.get('x-busbar-event'),
    attachments: attached.map(({ headers, content: bytes }) => {
      const [, name = ''] = /name="?([^";]+)"?/.exec(headers.get('content-type') ?? '') ?? [];
      return {
        filename: name,
        contentType: (headers.get('content-type') ?? '').split(';')[0] ?? '',
        content: bytes.toString('latin1'),
      };
    }),
  };
}

const SUBJECTS: Record<string, () => Promise<Subject>> = {
  memory: async () => outboxSubject(createMemoryOutbox()),
  file: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'busbar-outbox-'));
    return outboxSubject(createFileOutbox({ folder: join(folder, 'outbox') }), () =>
      rm(folder, { recursive: true }),
    );
  },
  smtp: async () => {
    const sink = await startSmtpSink();
    const mailer = createSmtpMailer({ host: '127.0.0.1', port: sink.port, security: 'none' });
    return {
      mailer,
      async received() {
        const mail = sink.mails.at(-1);
        if (!mail) throw new Error('no mail');
        return readRaw(mail);
      },
      count: async () => sink.mails.length,
      async close() {
        await mailer.close();
        await sink.close();
      },
    };
  },
};

const code = (expected: string, transient: boolean) =>
  expect.objectContaining({ name: 'MailError', code: expected, transient });

describe.each(Object.keys(SUBJECTS))('the %s mailer', (name) => {
  let subject: Subject;
  beforeAll(async () => {
    const make = SUBJECTS[name];
    if (!make) throw new Error(name);
    subject = await make();
  });
  afterAll(() => subject.close());

  it('hands over every part of a mail', async () => {
    const { id } = await subject.mailer.send(MAIL);
    expect(id).toMatch(/\S/);
    expect(await subject.received()).toEqual({
      recipients: ['erika@example.org', 'max@example.org'],
      from: 'Stadtwerke Müsterstadt, "Service" <service@stadtwerke.example>',
      replyTo: 'no-reply@stadtwerke.example',
      subject: MAIL.subject,
      html: MAIL.html,
      text: MAIL.text,
      custom: 'evt_1',
      attachments: [
        { filename: 'Übersicht.pdf', contentType: 'application/pdf', content: '%PDF-1.7 \0\u00ff' },
      ],
    });
  });

  it('gives every mail an id of its own', async () => {
    const ids = await Promise.all(Array.from({ length: 5 }, () => subject.mailer.send(MAIL)));
    expect(new Set(ids.map(({ id }) => id)).size).toBe(5);
  });

  it.each<[string, Partial<Mail>]>([
    ['a subject with a line break', { subject: 'Hello\r\nBcc: victim@example.org' }],
    ['a subject with a line feed', { subject: 'Hello\nBcc: victim@example.org' }],
    ['a subject with NUL', { subject: 'Hello\0' }],
    [
      'a name with a line break',
      { to: [{ name: 'Erika\r\nBcc: victim@example.org', address: 'erika@example.org' }] },
    ],
    [
      'an address with a line break',
      { to: [{ address: 'erika@example.org\r\nRCPT TO:<victim@example.org>' }] },
    ],
    ['two addresses in one', { to: [{ address: 'erika@example.org, victim@example.org' }] }],
    ['an address in brackets', { to: [{ address: '<victim@example.org>' }] }],
    ['an address with a blank', { from: { address: 'a b@example.org' } }],
    ['an address without a domain', { replyTo: { address: 'erika' } }],
    ['no recipient', { to: [] }],
    ['too many recipients', { to: Array.from({ length: 101 }, () => ({ address: 'erika@example.org' })) }],
    ['a header field with a line break', { headers: { 'X-A': '1\r\nBcc: victim@example.org' } }],
    ['a header name with a line break', { headers: { 'X-A: 1\r\nBcc': 'victim@example.org' } }],
    ['a header field of ours', { headers: { bcc: 'victim@example.org' } }],
    ['a content field', { headers: { 'Content-Type': 'text/html' } }],
    [
      'an attachment with a line break in its name',
      {
        attachments: [
          { filename: 'a\r\nX-B: c.pdf', contentType: 'application/pdf', content: Buffer.from('') },
        ],
      },
    ],
    [
      'an attachment with a strange type',
      {
        attachments: [
          { filename: 'a.pdf', contentType: 'application/pdf\r\nX-B: c', content: Buffer.from('') },
        ],
      },
    ],
  ])('refuses %s and sends nothing', async (_what, part) => {
    const before = await subject.count();
    await expect(subject.mailer.send({ ...MAIL, ...part })).rejects.toThrow(code('INVALID_MAIL', false));
    expect(await subject.count()).toBe(before);
  });

  it('does not take text for the path of a file or a URL', async () => {
    await subject.mailer.send({
      ...MAIL,
      html: 'file:///etc/passwd',
      text: '/etc/passwd',
      subject: '{"path":"/etc/passwd"}',
    });
    expect(await subject.received()).toMatchObject({
      html: 'file:///etc/passwd',
      text: '/etc/passwd',
      subject: '{"path":"/etc/passwd"}',
    });
  });
});

describe.each<[string, (capacity: number, folder: string) => MailOutbox]>([
  [
    'memory',
    (capacity) =>
      createMemoryOutbox({ capacity, clock: createSettableClock(new Date('2026-02-03T04:05:06Z')) }),
  ],
  [
    'file',
    (capacity, folder) =>
      createFileOutbox({ folder, capacity, clock: createSettableClock(new Date('2026-02-03T04:05:06Z')) }),
  ],
])('the %s outbox', (_name, make) => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'busbar-outbox-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('lists the newest first, keeps no more than its capacity, and finds by id', async () => {
    const outbox = make(3, folder);
    const ids: string[] = [];
    for (let i = 0; i < 5; i += 1) ids.push((await outbox.send({ ...MAIL, subject: `mail ${i}` })).id);
    expect((await outbox.list()).map(({ subject }) => subject)).toEqual(['mail 4', 'mail 3', 'mail 2']);
    expect((await outbox.list(1)).map(({ subject }) => subject)).toEqual(['mail 4']);
    expect(await outbox.get(ids[3] ?? '')).toMatchObject({
      id: ids[3],
      subject: 'mail 3',
      sentAt: new Date('2026-02-03T04:05:06Z'),
    });
    expect(await outbox.get(ids[0] ?? '')).toBeUndefined();
    for (const id of ['', '..', '../../etc/passwd', `${ids[3]}/../x`])
      expect(await outbox.get(id)).toBeUndefined();
  });
});

describe('the file outbox', () => {
  it('is empty before the first mail, survives a restart, and overlooks files of others', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'busbar-outbox-'));
    expect(await createFileOutbox({ folder: join(folder, 'none') }).list()).toEqual([]);
    const { id } = await createFileOutbox({ folder }).send(MAIL);
    await writeFile(join(folder, 'notes.txt'), 'x');
    await writeFile(join(folder, '01ARZ3NDEKTSV4RRFFQ69G5FAV.json'), '{"id":');
    await writeFile(join(folder, '01ARZ3NDEKTSV4RRFFQ69G5FAW.json'), '{"id":"x"}');
    expect((await createFileOutbox({ folder }).list()).map((mail) => mail.id)).toEqual([id]);
    expect((await readdir(folder)).filter((file) => file.endsWith('.draft'))).toEqual([]);
    await rm(folder, { recursive: true });
  });
});

describe('the SMTP mailer', () => {
  const to = (address: string): Mail => ({ ...MAIL, to: [{ address }] });

  it('tells a final no from a later and from nobody', async () => {
    const sink = await startSmtpSink();
    const mailer = createSmtpMailer({ host: '127.0.0.1', port: sink.port, security: 'none' });
    await expect(mailer.send(to('unknown@example.org'))).rejects.toThrow(code('REFUSED', false));
    await expect(mailer.send(to('busy@example.org'))).rejects.toThrow(code('UNAVAILABLE', true));
    await expect(mailer.send({ ...MAIL, subject: 'spam' })).rejects.toThrow(code('REFUSED', false));
    await expect(
      mailer.send({ ...MAIL, to: [...MAIL.to, { address: 'unknown@example.org' }] }),
    ).rejects.toThrow(code('REFUSED', false));
    await mailer.close();
    await sink.close();
    const alone = createSmtpMailer({ host: '127.0.0.1', port: sink.port, security: 'none' });
    await expect(alone.send(MAIL)).rejects.toThrow(code('UNAVAILABLE', true));
    await alone.close();
  });

  it('signs in, and does not blame the mail for a wrong password', async () => {
    const sink = await startSmtpSink('right');
    const options = { host: '127.0.0.1', port: sink.port, security: 'none' } as const;
    const mailer = createSmtpMailer({ ...options, login: { user: 'busbar', password: 'right' } });
    const stranger = createSmtpMailer({ ...options, login: { user: 'busbar', password: 'wrong' } });
    await mailer.send(MAIL);
    await expect(stranger.send(MAIL)).rejects.toThrow(code('UNAVAILABLE', true));
    expect(sink.mails).toHaveLength(1);
    await Promise.all([mailer.close(), stranger.close(), sink.close()]);
  });

  it('sends nothing in clear when TLS is required and not offered', async () => {
    const sink = await startSmtpSink();
    const mailer = createSmtpMailer({ host: '127.0.0.1', port: sink.port, security: 'starttls' });
    await expect(mailer.send(MAIL)).rejects.toThrow(code('UNAVAILABLE', true));
    expect(sink.mails).toEqual([]);
    await mailer.close();
    await sink.close();
  });
});
