import type { JsonObject } from '../../contract/json-object.ts';
import { WrittenJson } from '../../http/call.ts';
import type { Generation } from './config-view.ts';
import type { Portal } from './portal.ts';

/** What a view follows from besides the pages in it and the records that were read with them. */
interface Ground {
  readonly portal: Portal;
  readonly generation: Generation;
}

interface WrittenView extends Ground {
  readonly json: WrittenJson;
}

/**
 * Views as JSON, for as long as the pages in them live: `PortalContents` and `PortalPages.visibleTo` answer the very same pages while nothing has changed
 * and nothing depends on who asks.
 */
export class WrittenViews {
  readonly #views = new WeakMap<readonly JsonObject[], WrittenView>();

  /** The JSON of a view, written now unless it follows from the same pages and the same ground as before. */
  of(pages: readonly JsonObject[], { portal, generation }: Ground, view: () => JsonObject): WrittenJson {
    const known = this.#views.get(pages);
    if (known?.portal === portal && known.generation === generation) return known.json;
    const json = new WrittenJson(JSON.stringify(view()));
    this.#views.set(pages, { portal, generation, json });
    return json;
  }
}
