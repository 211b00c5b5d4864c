/** Times where the lab is: whoever looks from elsewhere, or with a wrong clock zone, reads the lab's clock on the wall. */
import { locale } from "../i18n/index.svelte";
import { session } from "../store/session.svelte";

interface Wall {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
}

/** Undefined means the zone of this computer: an older hub does not say its own. */
const zone = (): string | undefined => session.view?.timezone || undefined;

/** What the clock and the calendar of the lab show at that moment; `month` from 1. */
export function wall(moment: Date): Wall {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone(), hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit",
  }).formatToParts(moment);
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
  return { year: of("year"), month: of("month"), day: of("day"), hour: of("hour"), minute: of("minute") };
}

const asUtc = (at: Wall): number => Date.UTC(at.year, at.month - 1, at.day, at.hour, at.minute);

/** The moment at which the lab's clock shows that; of two, in the night that has an hour twice, one of them. */
export function momentAt(at: Wall): Date {
  const wanted = asUtc(at);
  let guess = wanted;
  // The difference to UTC is that of the guess first, then that of what comes out: enough for every change of clocks.
  for (let turn = 0; turn < 2; turn++) guess += wanted - asUtc(wall(new Date(guess)));
  return new Date(guess);
}

/** "Montag, 30. November". */
export const weekday = (moment: string | Date): string =>
  new Intl.DateTimeFormat(locale(), { timeZone: zone(), weekday: "long", day: "numeric", month: "long" }).format(new Date(moment));

/** Hours and minutes. */
export const clock = (moment: string | Date): string =>
  new Intl.DateTimeFormat(locale(), { timeZone: zone(), hour: "2-digit", minute: "2-digit" }).format(new Date(moment));
