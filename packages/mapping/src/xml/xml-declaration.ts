import { MalformedPayloadError } from '../payload/malformed-payload-error.ts';

const DECLARATION =
  /^<\?xml\s+version\s*=\s*(?:"1\.[0-9]+"|'1\.[0-9]+')(?:\s+encoding\s*=\s*(?:"[A-Za-z][\w.-]*"|'[A-Za-z][\w.-]*'))?(?:\s+standalone\s*=\s*(?:"(?:yes|no)"|'(?:yes|no)'))?\s*\?>/;

/**
 * Offset behind the XML declaration, 0 when there is none (XML 1.0 production 23). The declared encoding is not used:
 * the text has been decoded before it came here.
 *
 * @throws MalformedPayloadError for a declaration that is not well formed
 */
export function endOfXmlDeclaration(source: string): number {
  if (!/^<\?xml[\s?]/.test(source)) return 0;
  const declaration = DECLARATION.exec(source);
  if (!declaration)
    throw new MalformedPayloadError('The XML declaration is not well formed', { line: 1, column: 1 });
  return declaration[0].length;
}
