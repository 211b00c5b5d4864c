/** What the preview of a batch said would stay untouched: the batch itself was asked for the others only. */
import type { Untouched } from "../api/types";

const KEPT = 20;

class Shown {
  #byBatch = new Map<string, Untouched[]>();

  /** Remembers it for the result of that batch, for the last few batches of this page. */
  set(batch: string, untouched: Untouched[]): void {
    this.#byBatch.set(batch, untouched);
    for (const old of this.#byBatch.keys()) if (this.#byBatch.size > KEPT) this.#byBatch.delete(old);
  }

  /** Those the hub names and those the preview named, each device once. */
  with(batch: string, named: Untouched[]): Untouched[] {
    const known = new Set(named.map((one) => one.device));
    return [...named, ...(this.#byBatch.get(batch) ?? []).filter((one) => !known.has(one.device))];
  }
}

export const shown = new Shown();
