import { isDeepStrictEqual } from 'node:util';
import { parsePayload } from '@busbar/mapping';
import { XMLParser } from 'fast-xml-parser';
import { SaxesParser } from 'saxes';
import { callsPerSecond } from './rounds.ts';

/** Prints megabytes of XML per second: parsed to a payload here, by fast-xml-parser, and merely scanned by saxes. */
export async function reportXml(): Promise<void> {
  console.log('\nXML, MB per second (saxes builds nothing: it is the cost of strictness alone)');
  console.log('document                   kB    payload   fast-xml-parser   ratio   saxes events   ratio');
  for (const [name, devices] of [
    ['event of two devices', 2],
    ['device list', 50],
    ['full extract', 3_000],
  ] as const) {
    await reportDocument(name, deviceDocument(devices));
  }
}

async function reportDocument(name: string, text: string): Promise<void> {
  const parser = new XMLParser({
    ignoreAttributes: false,
    parseTagValue: false,
    parseAttributeValue: false,
    ignoreDeclaration: true,
  });
  if (!isDeepStrictEqual(parsePayload('xml', text), parser.parse(text)))
    throw new Error('the parsers do not agree');
  const repeat = (work: () => unknown) => (calls: number) => {
    for (let call = 0; call < calls; call += 1) work();
  };
  const [own = 0, other = 0, events = 0] = await callsPerSecond([
    repeat(() => parsePayload('xml', text)),
    repeat(() => parser.parse(text)),
    repeat(() => new SaxesParser().write(text).close()),
  ]);
  const megabytes = text.length / 1_000_000;
  const row = [
    name.padEnd(20),
    (megabytes * 1_000).toFixed(1).padStart(8),
    (own * megabytes).toFixed(1).padStart(10),
    (other * megabytes).toFixed(1).padStart(17),
    `${(own / other).toFixed(1)}x`.padStart(7),
    (events * megabytes).toFixed(1).padStart(14),
    `${(own / events).toFixed(1)}x`.padStart(7),
  ];
  console.log(row.join(' '));
}

/** Devices with two registers each, indented like the messages of an ERP. */
function deviceDocument(devices: number): string {
  const list = Array.from({ length: devices }, (_, at) => device(at)).join('');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Geraetestamm stand="2025-03-01">\n${list}</Geraetestamm>`;
}

function device(at: number): string {
  const number = `1EMH00981${String(at).padStart(5, '0')}`;
  const register = (n: number): string =>
    `    <Zaehlwerk nr="${n}" obis="1-1:1.8.${n}" richtung="B" tarif="HT"><Einheit>kWh</Einheit></Zaehlwerk>\n`;
  return `  <Geraet nr="${number}" sparte="S">
    <Hersteller>EMH</Hersteller><Status>EIN</Status><Eichung>2015</Eichung>
    <Einbauort>Keller links</Einbauort><Malo>51238696781</Malo><Vertrag>V-70${at}</Vertrag>
${register(1)}${register(2)}  </Geraet>
`;
}
