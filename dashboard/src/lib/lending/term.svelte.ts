/** Until when is lent: so many days by the opening hours, or a day somebody chose. */
import { dayFromNow, dayOf, endIn, endOf } from "./due";

/** Days of a usual loan. */
export const USUAL = 7;

export class Term {
  /** Of the buttons, the chosen one; null when a day was chosen by hand. */
  days = $state<number | null>(USUAL);
  until = $state(dayFromNow(USUAL));
  /** As the opening hours have it, for one of the buttons. */
  #closing = $state.raw<Date | null>(null);
  readonly ends = $derived(this.#closing && dayOf(this.#closing) === this.until ? this.#closing : endOf(this.until || dayFromNow(USUAL)));

  async choose(count: number): Promise<void> {
    this.days = count;
    this.until = dayFromNow(count);
    const end = await endIn(count);
    if (this.days !== count) return;
    this.#closing = end;
    this.until = dayOf(end);
  }
}
