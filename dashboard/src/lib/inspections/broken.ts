/** Promises that have no device any more: what a failed test breaks when no other device can take its place. */
import { get } from "../api/client";
import type { BookingView } from "../api/types";
import { unitsOf } from "../lending/loans.svelte";

const DAY = 86_400_000;
/** So far ahead is looked, in days. */
const AHEAD = 366;

/** Bookings of the next year with a broken promise, the earliest first. */
export async function brokenBookings(now = new Date()): Promise<BookingView[]> {
  const until = new Date(now.getTime() + AHEAD * DAY);
  const near = await get<BookingView[]>(`/bookings?starts=${now.toISOString()}&ends=${until.toISOString()}`);
  return near.filter((one) => unitsOf(one, "broken").length > 0);
}
