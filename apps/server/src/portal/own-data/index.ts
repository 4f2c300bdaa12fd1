export { chartMetadata } from './chart.ts';
export { exportCsv } from './csv-export.ts';
export { OwnData, type OwnQuestion } from './own-data.ts';
export { OWN_EXTENSION, ownExtension } from './own-extension.ts';
