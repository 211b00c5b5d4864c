/** Keeps what a screen shows of lending up to date. */
import { untrack } from "svelte";
import { lab } from "../store/lab.svelte";

/** A table of schools changes thousands at once: they are one question. */
const WAIT_MS = 200;

/** Calls `load` now, and again after bookings or models changed. For the beginning of a component. */
export function follow(load: () => Promise<void>): void {
  let begun = false;
  $effect(() => {
    void lab.lent;
    if (!begun) {
      begun = true;
      untrack(() => void load());
      return;
    }
    const wait = setTimeout(() => void load(), WAIT_MS);
    return () => clearTimeout(wait);
  });
}
