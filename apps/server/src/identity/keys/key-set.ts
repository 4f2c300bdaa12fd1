/**
 * The four separate key sets (identity §7). A token of one set never verifies with a key of another, so a publishable token can never pass
 * for an access token, whatever it claims.
 */
export type KeySet = 'access' | 'public' | 'portal-preview' | 'portal';
