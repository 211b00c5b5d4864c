/**
 * The order of names that people expect: "Tablet 2" before "Tablet 10", "Ä" as "A". The same rule as the hub's
 * (hub/medialab_hub/domain/natural_order.py): making an Intl.Collator takes a browser tens of milliseconds.
 */
import { folded } from "../text";

const WIDTH = 9;

/** What to compare in place of the name. */
export const naturalKey = (name: string): string => folded(name).replaceAll("ß", "ss").replace(/[0-9]+/g, (digits) => digits.padStart(WIDTH, "0"));

/** What has a name; where names are equal the id decides, as in the hub's lists. */
interface Named {
  id: string;
  name: string;
}

/** The items by their names; items with equal names stand by their ids, or keep their order without any. */
export function byName<T>(items: readonly T[], nameOf: (item: T) => string, idOf: (item: T) => string = () => ""): T[] {
  const keyed = items.map((item) => ({ item, key: naturalKey(nameOf(item)), id: idOf(item) }));
  keyed.sort((a, b) => compared(a.key, b.key) || compared(a.id, b.id));
  return keyed.map(({ item }) => item);
}

/** Where in an ordered list one belongs. */
export function placeOf(one: Named, ordered: readonly Named[]): number {
  const key = naturalKey(one.name);
  let [low, high] = [0, ordered.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = ordered[middle] as Named;
    if ((compared(naturalKey(other.name), key) || compared(other.id, one.id)) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

const compared = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
