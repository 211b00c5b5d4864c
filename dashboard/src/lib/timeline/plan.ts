/** Bookings of two weeks put into rows: a row for each model, its bookings side by side where they overlap. */
import type { BookingView } from "../api/types";
import { dayFromNow, dayOf } from "../lending/due";
import { momentAt } from "../lending/zone";

/** Days that are shown. */
export const DAYS = 14;
const DAY = 86_400_000;
/** Of these nothing is kept any more. */
const GIVEN_UP: BookingView["state"][] = ["rejected", "canceled", "no_show"];

/** What of a booking belongs into one row; `first` and `last` are numbers of days, cut to what is shown. */
export interface Bar {
  booking: BookingView;
  count: number;
  first: number;
  last: number;
}

/** Something between two bars: so many days without any. */
export type Cell = { days: number; bar: null } | { days: number; bar: Bar };

/** A model, a case or a single device. */
export interface Row {
  key: string;
  bars: Bar[];
}

/** A calendar day so many days later; days are written like "2026-11-23". */
export const later = (day: string, days: number): string => new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);

/** The Monday of the week of that day. */
export const mondayOf = (day: string): string => later(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7));

/** Today by the calendar of the lab. */
export const today = (): string => dayFromNow(0);

/** The moment at which a day begins in the lab. */
export function beginning(day: string): Date {
  const [year, month, date] = day.split("-").map(Number) as [number, number, number];
  return momentAt({ year, month, day: date, hour: 0, minute: 0 });
}

const between = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / DAY);

/** What of these bookings is kept for which model, case or device, from the Monday on. */
export function rowsOf(bookings: BookingView[], models: string[], monday: string): Row[] {
  const rows = new Map<string, Map<string, Bar>>(models.map((key) => [key, new Map()]));
  for (const booking of bookings) {
    if (GIVEN_UP.includes(booking.state)) continue;
    const first = between(monday, dayOf(new Date(booking.starts)));
    // What ends at midnight does not touch the day that begins then.
    const last = between(monday, dayOf(new Date(Math.max(Date.parse(booking.starts), Date.parse(booking.ends) - 1))));
    if (last < 0 || first >= DAYS) continue;
    for (const line of booking.lines) {
      const key = line.model ?? line.kit ?? line.device ?? "";
      const bars = rows.get(key) ?? new Map<string, Bar>();
      const count = (bars.get(booking.id)?.count ?? 0) + line.quantity;
      rows.set(key, bars.set(booking.id, { booking, count, first: Math.max(0, first), last: Math.min(DAYS - 1, last) }));
    }
  }
  return [...rows].map(([key, bars]) => ({ key, bars: [...bars.values()].sort((a, b) => Date.parse(a.booking.starts) - Date.parse(b.booking.starts)) }));
}

/** The bars of a row as lines of a table in which no two touch the same day; at least one line. */
export function linesOf(bars: Bar[]): Cell[][] {
  const lanes: Bar[][] = [];
  for (const bar of [...bars].sort((a, b) => a.first - b.first)) {
    const lane = lanes.find((one) => one[one.length - 1]!.last < bar.first);
    if (lane) lane.push(bar);
    else lanes.push([bar]);
  }
  return (lanes.length > 0 ? lanes : [[]]).map(cellsOf);
}

function cellsOf(lane: Bar[]): Cell[] {
  const cells: Cell[] = [];
  let next = 0;
  const gap = (until: number): void => {
    for (; next < until; next++) cells.push({ days: 1, bar: null });
  };
  for (const bar of lane) {
    gap(bar.first);
    cells.push({ days: bar.last - bar.first + 1, bar });
    next = bar.last + 1;
  }
  gap(DAYS);
  return cells;
}
