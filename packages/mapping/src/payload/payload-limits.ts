/** Deepest nesting of objects and arrays, or of XML elements, that a payload may have (spec ERP §2.4, §5.2). */
export const MAX_PAYLOAD_DEPTH = 200;

/** Longest payload text, in UTF-16 code units: what the largest request body (6 MiB, spec ERP §2.2) can carry. */
export const MAX_PAYLOAD_CHARACTERS = 6 * 1024 * 1024;

/** Most attributes one XML element may have; real documents stay far below. */
export const MAX_XML_ATTRIBUTES = 256;
