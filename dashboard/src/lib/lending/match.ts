/** Which thing a person or a scanner means: by tag, by code or by name. */
import type { DeviceRow, KitName } from "../api/types";
import { folded } from "../text";
import { reading } from "./codes";

export interface Thing {
  id: string;
  name: string;
  isKit: boolean;
  /** The code on the label it was scanned by. */
  label?: string;
}

/** What a text means. `code`: a label that the hub has to look up; `text`: how it was read. */
export interface Meaning {
  text: string;
  code: string | null;
  things: Thing[];
}

const MOST = 8;

const asThing = (row: DeviceRow): Thing => ({ id: row.id, name: row.name, isKit: false });
const asKit = (kit: KitName): Thing => ({ id: kit.id, name: kit.name, isKit: true });

/**
 * What is meant by a text that can be read in several ways, the likeliest first: a tag or a label in any of them; a whole
 * name, or else part of one, as it was typed. Several things: a person has to choose.
 */
export function meant(sayings: string[], rows: DeviceRow[], kits: KitName[]): Meaning {
  const owned = rows.filter((row) => row.adopted && row.status !== "retired");
  const read = sayings.map((text) => ({ text, ...reading(text) }));
  for (const { text, tag } of read) {
    const found = tag && owned.find((row) => row.asset_tag?.toUpperCase() === tag || row.id.toUpperCase() === tag);
    if (found) return { text, code: null, things: [asThing(found)] };
  }
  const label = read.find((one) => one.code);
  if (label) return { text: label.code!, code: label.code, things: [] };
  const text = sayings[0] ?? "";
  if (!text || read[0]!.isAddress) return { text, code: null, things: [] };
  return { text, code: null, things: named(text, [...kits.map(asKit), ...owned.map(asThing)]) };
}

function named(text: string, all: Thing[]): Thing[] {
  const name = folded(text.trim());
  const same = all.filter((one) => one.id.toLowerCase() === name || folded(one.name) === name);
  if (same.length > 0) return same.slice(0, MOST);
  const words = name.split(/\s+/).filter(Boolean);
  return words.length === 0 ? [] : all.filter((one) => words.every((word) => folded(one.name).includes(word))).slice(0, MOST);
}
