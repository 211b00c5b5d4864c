/** How much of something, in the unit it is counted in. */
import type { Supply } from "../api/types";
import { number } from "../i18n/index.svelte";
import { late } from "../late";

/** "3 Rolle", or "3 Stück" where no unit was given. */
export const amount = (supply: Pick<Supply, "unit">, count: number): string => (supply.unit ? `${number(count)} ${supply.unit}` : late("supplies.pieces", { n: count }));
