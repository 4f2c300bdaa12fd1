import type { State } from './state.ts';

/**
 * A stable merge sort that asks its comparator the same questions in the same order as the reference implementation, so
 * that comparators that fail or contradict themselves give the same outcome. `isBehind(a, b)` swaps when it is true.
 */
export function mergeSort(
  items: readonly unknown[],
  isBehind: (left: unknown, right: unknown) => boolean,
  state: State,
): unknown[] {
  if (items.length <= 1) return [...items];
  const middle = Math.floor(items.length / 2);
  const left = mergeSort(items.slice(0, middle), isBehind, state);
  const right = mergeSort(items.slice(middle), isBehind, state);
  state.spend(items.length);
  const merged: unknown[] = [];
  let fromLeft = 0;
  let fromRight = 0;
  while (fromLeft < left.length && fromRight < right.length) {
    if (isBehind(left[fromLeft], right[fromRight])) {
      merged.push(right[fromRight]);
      fromRight += 1;
    } else {
      merged.push(left[fromLeft]);
      fromLeft += 1;
    }
  }
  while (fromLeft < left.length) {
    merged.push(left[fromLeft]);
    fromLeft += 1;
  }
  while (fromRight < right.length) {
    merged.push(right[fromRight]);
    fromRight += 1;
  }
  return merged;
}
