/** Which devices a list shows, and in which order; computed when a person asks, never by an event. */
import type { DeviceRow, DeviceStatus } from "../api/types";
import { ATTENTION, STATUS_ORDER } from "../status";
import { folded } from "../text";

/** A status, or a group of them: `attention`; `all` leaves out retired devices. */
export type Filter = DeviceStatus | "all" | "attention";

export const isFilter = (value: string | null): value is Filter =>
  value === "all" || value === "attention" || STATUS_ORDER.includes(value as DeviceStatus);

/** True when that status belongs to the filter. */
export function belongs(status: DeviceStatus, filter: Filter): boolean {
  if (filter === "all") return status !== "retired";
  if (filter === "attention") return ATTENTION.includes(status);
  return status === filter;
}

/** How many devices the filter has. */
export function countOf(counts: Partial<Record<DeviceStatus, number>>, filter: Filter): number {
  return STATUS_ORDER.filter((status) => belongs(status, filter)).reduce((sum, status) => sum + (counts[status] ?? 0), 0);
}

// Folding thousands of names at each letter typed would be felt; a row that changes is a new object.
const texts = new WeakMap<DeviceRow, string>();

function textOf(row: DeviceRow): string {
  const known = texts.get(row);
  if (known !== undefined) return known;
  const text = folded(`${row.name} ${row.model} ${row.asset_tag ?? ""} ${row.kind}`);
  texts.set(row, text);
  return text;
}

function matches(row: DeviceRow, words: string[]): boolean {
  if (words.length === 0) return true;
  const text = textOf(row);
  return words.every((word) => text.includes(word));
}

/** The ids to show for words and a filter, in the order of the rows. */
export function listed(rows: DeviceRow[], filter: Filter, asked: string): string[] {
  const words = folded(asked).split(/\s+/).filter(Boolean);
  return rows.filter((row) => belongs(row.status, filter) && matches(row, words)).map((row) => row.id);
}
