export { newControlKey, readControlFile, removeControlFile, writeControlFile } from './control-file.ts';
export { type Control, controlRoutes, type StaffOrder } from './control-routes.ts';
