import { SaxesParser } from 'saxes';
import { trimXmlSpace } from './xml-characters.ts';

interface Frame {
  readonly name: string;
  readonly members: Map<string, unknown>;
  readonly children: Map<string, unknown[]>;
  text: string;
}

/**
 * The conventions of spec ERP §5.2 over another parser's events, written for plainness: the oracle the parser of this
 * package is tested against. Undefined for a document that is refused.
 */
export function parseWithSaxes(text: string): unknown {
  // saxes lets half surrogate pairs pass; production 2 of XML 1.0 does not.
  if (!text.isWellFormed()) return undefined;
  const parser = new SaxesParser();
  const document: Frame = frame('');
  const stack: Frame[] = [document];
  const top = (): Frame => stack.at(-1) ?? document;
  let doctype = false;
  parser.on('doctype', () => {
    doctype = true;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const opened = frame(name);
    for (const [attribute, value] of Object.entries(attributes)) {
      if (attribute !== 'xmlns' && !attribute.startsWith('xmlns:'))
        opened.members.set(`@_${attribute}`, value);
    }
    stack.push(opened);
  });
  const addText = (piece: string): void => {
    top().text += piece;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const closed = stack.pop() ?? document;
    const { children } = top();
    children.set(closed.name, [...(children.get(closed.name) ?? []), shapeOf(closed)]);
  });
  try {
    parser.write(text).close();
  } catch {
    return undefined;
  }
  if (doctype || stack.length !== 1) return undefined;
  return shapeOf({ ...document, text: '' });
}

function frame(name: string): Frame {
  return { name, members: new Map(), children: new Map(), text: '' };
}

function shapeOf({ members, children, text }: Frame): unknown {
  const own = trimXmlSpace(text);
  if (members.size === 0 && children.size === 0) return own;
  const repeated = [...children].map(([name, values]): [string, unknown] => [
    name,
    values.length === 1 ? values[0] : values,
  ]);
  return Object.fromEntries([...members, ...repeated, ...(own === '' ? [] : [['#text', own] as const])]);
}
