export { newControlKey, readControlFile, removeControlFile, writeControlFile } from './control-file.ts';
export { type Control, controlRoutes } from './control-routes.ts';
