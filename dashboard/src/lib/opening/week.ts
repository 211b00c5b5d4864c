/** Opening hours as people write them, and as the hub keeps them: minutes of the day. */
import { locale } from "../i18n/index.svelte";

export type Span = [number, number];

const DAY_MIN = 1440;
/** A Monday; only its weekday counts. */
const MONDAY = Date.UTC(2024, 0, 1);

/** The name of a weekday, Monday is 0. */
export const weekdayName = (index: number): string =>
  new Intl.DateTimeFormat(locale(), { weekday: "long", timeZone: "UTC" }).format(new Date(MONDAY + index * 86_400_000));

/** "09:30" from minutes; midnight at the end of a day is "00:00", as a time field has it. */
export const timeOf = (minute: number): string => `${String(Math.floor(minute / 60) % 24).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;

/** Minutes from "09:30"; as an end "00:00" is the end of the day. Null when nothing is entered. */
export function minutesOf(time: string, isEnd = false): number | null {
  const [hours, minutes] = time.split(":").map(Number);
  if (hours === undefined || minutes === undefined || Number.isNaN(hours + minutes)) return null;
  const total = hours * 60 + minutes;
  return isEnd && total === 0 ? DAY_MIN : total;
}

/** "09:00–12:00, 13:00–17:00". */
export const spansText = (spans: Span[]): string => spans.map(([from, to]) => `${timeOf(from)}–${timeOf(to)}`).join(", ");

/** A day of a calendar such as "2026-11-24", in words; no time of it is meant, so no zone may move it. */
export const dateWords = (day: string, weekday: "long" | "short" = "short"): string =>
  new Intl.DateTimeFormat(locale(), { weekday, day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }).format(new Date(`${day}T00:00:00Z`));

/** "23. Dezember 2026 bis 6. Januar 2027", or one day. */
export function daysWords(first: string, last: string, upTo: (from: string, to: string) => string): string {
  return first === last ? dateWords(first) : upTo(dateWords(first), dateWords(last));
}
