/** Rows of a snapshot, read from where they lie: copying thousands of them would be most of the work of a start. */
import type { DeviceRow, FleetSnapshot } from "../api/types";

/** The rows of a snapshot; each reads its values by the names of the columns. */
export function unpacked(snapshot: FleetSnapshot): DeviceRow[] {
  class Packed {
    constructor(readonly values: unknown[]) {}
  }
  for (const [at, column] of snapshot.columns.entries()) {
    Object.defineProperty(Packed.prototype, column, { get(this: Packed) { return this.values[at]; } });
  }
  return snapshot.rows.map((values) => new Packed(values) as unknown as DeviceRow);
}
