/** Days of a loan in words, by the clock of the lab. */
import { get } from "../api/client";
import type { LoanEnd } from "../api/types";
import { late } from "../late";
import { clock, momentAt, wall, weekday } from "./zone";

export { weekday } from "./zone";

const DAY = 86_400_000;
/** Until this hour of its last day a loan is not overdue. */
const CLOSES = 18;

function midnight(moment: Date): number {
  const { year, month, day } = wall(moment);
  return Date.UTC(year, month - 1, day);
}

/** Whole days from today to the day of that moment; negative when it is over. */
export const daysUntil = (moment: Date, now = new Date()): number => Math.round((midnight(moment) - midnight(now)) / DAY);

/** When it is due or since when it is overdue, in words. */
export function dueWords(ends: string, now = new Date()): string {
  const moment = new Date(ends);
  const days = daysUntil(moment, now);
  if (moment < now) return days === 0 ? late("lending.overdue_today", { time: clock(moment) }) : days === -1 ? late("lending.overdue_one") : late("lending.overdue", { n: -days });
  if (days === 0) return late("lending.due_today", { time: clock(moment) });
  if (days === 1) return late("lending.due_tomorrow");
  return late("lending.due", { n: days, day: weekday(moment) });
}

/** A day so many days from now, as a date field wants it. */
export const dayFromNow = (days: number, now = new Date()): string => new Date(midnight(now) + days * DAY).toISOString().slice(0, 10);

/** When a loan of so many days ends by the opening hours; by the clock alone where none are entered. */
export async function endIn(days: number): Promise<Date> {
  try {
    return new Date((await get<LoanEnd>(`/opening/loan-end?count=${days}`)).ends);
  } catch {
    return endOf(dayFromNow(days));
  }
}

/** The day of a moment, as a date field wants it. */
export const dayOf = (moment: Date): string => dayFromNow(0, moment);

/** The moment at which a loan until that day ends: in the evening, today at the latest at midnight. */
export function endOf(date: string, now = new Date()): Date {
  const [year, month, day] = date.split("-").map(Number) as [number, number, number];
  const end = momentAt({ year, month, day, hour: CLOSES, minute: 0 });
  return end > now || daysUntil(end, now) !== 0 ? end : momentAt({ year, month, day, hour: 23, minute: 59 });
}
