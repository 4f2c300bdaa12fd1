import { attributes, choice, coreSchema, numbers } from './attribute-kinds.ts';

export const file = coreSchema('file', { name: 'File', plural: 'Files', category: 'files' }, '{{filename}}', [
  attributes('string', 'filename', 'mime_type', 'readable_size', 'etag', 'public_url'),
  choice(
    'type',
    ...[
      'document',
      'document_template',
      'text',
      'image',
      'video',
      'audio',
      'spreadsheet',
      'presentation',
      'font',
    ],
    ...['archive', 'application', 'unknown'],
  ),
  choice('access_control', 'private', 'public-read'),
  numbers('size_bytes'),
  attributes('internal', 'versions', 's3ref', 'custom_download_url', 'custom_download_url_auth'),
  attributes('string', 'category', 'language', 'alt_text'),
  attributes('date', 'file_date'),
  attributes('boolean', 'is_invoice', 'shared_with_end_customer'),
]);
