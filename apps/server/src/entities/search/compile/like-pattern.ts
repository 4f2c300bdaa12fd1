import type { PatternPiece } from '../tree.ts';

/** Escapes what LIKE would read as a wildcard. */
function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

/** A LIKE pattern for a wildcard pattern. */
export function likePattern(pieces: readonly PatternPiece[]): string {
  return pieces
    .map((piece) => {
      if ('literal' in piece) return escapeLike(piece.literal);
      return piece.wildcard === 'many' ? '%' : '_';
    })
    .join('');
}

/** The pattern in lower case, for values compared without regard to case. */
export function lowerCased(pieces: readonly PatternPiece[]): PatternPiece[] {
  return pieces.map((piece) => ('literal' in piece ? { literal: piece.literal.toLowerCase() } : piece));
}
