/** Whether a device waits for something that is entered here, not for a hand at the device itself. */
import type { Access } from "../api/types";
import { lab } from "../store/lab.svelte";

export const asksHere = (one: { access: Access; driver?: string | null }): boolean =>
  one.access === "needs_person" && (lab.driver(one.driver)?.access.length ?? 0) > 0;
