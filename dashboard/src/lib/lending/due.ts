/** Days of a loan in words; the clock of the lab is that of this computer. */
import { get } from "../api/client";
import type { LoanEnd } from "../api/types";
import { locale } from "../i18n/index.svelte";
import { clock } from "../i18n/time.svelte";
import { late } from "../late";

const DAY = 86_400_000;
/** Until this hour of its last day a loan is not overdue. */
const CLOSES = 18;

const midnight = (moment: Date): number => Date.UTC(moment.getFullYear(), moment.getMonth(), moment.getDate());

/** Whole days from today to the day of that moment; negative when it is over. */
export const daysUntil = (moment: Date, now = new Date()): number => Math.round((midnight(moment) - midnight(now)) / DAY);

/** "Montag, 30. November". */
export const weekday = (moment: string | Date): string =>
  new Intl.DateTimeFormat(locale(), { weekday: "long", day: "numeric", month: "long" }).format(new Date(moment));

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
export function dayFromNow(days: number, now = new Date()): string {
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() + days);
  return `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, "0")}-${String(day.getDate()).padStart(2, "0")}`;
}

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
export function endOf(day: string, now = new Date()): Date {
  const [year, month, date] = day.split("-").map(Number) as [number, number, number];
  const end = new Date(year, month - 1, date, CLOSES);
  return end > now || daysUntil(end, now) !== 0 ? end : new Date(year, month - 1, date, 23, 59);
}
