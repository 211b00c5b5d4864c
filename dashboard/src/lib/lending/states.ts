/** The word for what a booking is at the moment. */
import type { BookingView } from "../api/types";
import { late, type LateKey } from "../late";

const WORDS: Record<BookingView["state"], LateKey> = {
  held: "lending.held",
  requested: "lending.requested",
  confirmed: "lending.confirmed",
  packed: "lending.packed",
  partly_out: "lending.partly_out",
  out: "lending.all_out",
  partly_back: "lending.partly_back",
  closed: "lending.closed",
  rejected: "lending.rejected",
  canceled: "lending.canceled",
  no_show: "lending.no_show",
};

/** For people. */
export const stateWord = (state: BookingView["state"]): string => late(WORDS[state]);
