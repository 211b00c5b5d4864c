/** How ready a kit is: counted from the words about its devices, as the hub counts it. */
import type { DeviceRow, DeviceStatus } from "../api/types";

const READY: DeviceStatus[] = ["ready", "accepted"];
const BY_HAND: DeviceStatus[] = ["waiting_person", "needs_person", "needs_access", "unverified"];

export interface Readiness {
  rows: DeviceRow[];
  ready: number;
  byHand: number;
}

/** For each kit the devices in it, by name, and what is true of them; retired ones do not count. */
export function readiness(rows: Iterable<DeviceRow>): Map<string, Readiness> {
  const found = new Map<string, Readiness>();
  for (const row of rows) {
    if (!row.kit || row.status === "retired") continue;
    const kit = found.get(row.kit) ?? { rows: [], ready: 0, byHand: 0 };
    kit.rows.push(row);
    if (READY.includes(row.status)) kit.ready += 1;
    if (BY_HAND.includes(row.status)) kit.byHand += 1;
    found.set(row.kit, kit);
  }
  return found;
}

export const EMPTY: Readiness = { rows: [], ready: 0, byHand: 0 };
