export { hasIdentifier, matchingEntities } from './match-entities.ts';
