/** Which thing a person or a scanner means: by code or by name. */
import type { DeviceRow, KitName } from "../api/types";
import { folded } from "../text";

export interface Thing {
  id: string;
  name: string;
  isKit: boolean;
}

const MOST = 8;

/** What is written on a label; a label's QR code holds an address that ends with it. */
export function codeOf(text: string): string {
  const code = text.trim();
  if (!/^https?:\/\//i.test(code)) return code;
  const last = code.replace(/[?#].*$/, "").replace(/\/+$/, "").split("/").pop() ?? "";
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

const asThing = (row: DeviceRow): Thing => ({ id: row.id, name: row.name, isKit: false });
const asKit = (kit: KitName): Thing => ({ id: kit.id, name: kit.name, isKit: true });

/** Things of the inventory that are meant, the likeliest first: one for a code or a whole name, else several. */
export function meant(text: string, rows: DeviceRow[], kits: KitName[]): Thing[] {
  const code = codeOf(text).toLowerCase();
  if (!code) return [];
  const owned = rows.filter((row) => row.adopted && row.status !== "retired");
  const coded = owned.find((row) => row.asset_tag?.toLowerCase() === code || row.id.toLowerCase() === code);
  if (coded) return [asThing(coded)];
  const all = [...kits.map(asKit), ...owned.map(asThing)];
  const name = folded(code);
  const same = all.filter((one) => one.id.toLowerCase() === code || folded(one.name) === name);
  if (same.length > 0) return same.slice(0, MOST);
  const words = name.split(/\s+/).filter(Boolean);
  return all.filter((one) => words.every((word) => folded(one.name).includes(word))).slice(0, MOST);
}
