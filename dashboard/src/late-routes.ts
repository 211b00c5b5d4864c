/** Which path shows which of the screens that are seldom opened: the first route does not carry their addresses. */
import type { Component } from "svelte";
import { t } from "./lib/i18n/index.svelte";
import { late } from "./lib/late";
import { match } from "./lib/match";

export type View = Component<Record<string, string>>;

interface Room {
  pattern: string;
  title: () => string;
  load: () => Promise<unknown>;
}

const ROOMS: Room[] = [
  { pattern: "/kits", title: () => t("kits.title"), load: () => import("./screens/Kits.svelte") },
  { pattern: "/kits/:id", title: () => t("kits.title"), load: () => import("./screens/Kit.svelte") },
  { pattern: "/jobs/:id/record", title: () => t("record.title"), load: () => import("./screens/Record.svelte") },
  { pattern: "/models", title: () => late("models.title"), load: () => import("./screens/Models.svelte") },
  { pattern: "/models/:id", title: () => late("models.title"), load: () => import("./screens/Model.svelte") },
  { pattern: "/bookings/new", title: () => late("book.title"), load: () => import("./screens/NewBooking.svelte") },
  { pattern: "/bookings/:id", title: () => t("nav.lending"), load: () => import("./screens/Booking.svelte") },
  { pattern: "/institutions", title: () => late("institutions.title"), load: () => import("./screens/Institutions.svelte") },
  { pattern: "/institutions/import", title: () => late("institutions.import"), load: () => import("./screens/InstitutionImport.svelte") },
  { pattern: "/institutions/:id", title: () => late("institutions.title"), load: () => import("./screens/Institution.svelte") },
  { pattern: "/people", title: () => late("borrowers.title"), load: () => import("./screens/People.svelte") },
  { pattern: "/people/:id", title: () => late("borrowers.title"), load: () => import("./screens/Person.svelte") },
  // The hub sends labels on to /find; this is for who comes back to one within the page.
  { pattern: "/i/:tag", title: () => late("guest.title"), load: () => import("./screens/Find.svelte") },
  { pattern: "/data", title: () => late("data.title"), load: () => import("./screens/Data.svelte") },
  { pattern: "/people/:id/report", title: () => late("report.title"), load: () => import("./screens/PersonReport.svelte") },
  { pattern: "/reports", title: () => late("reports.title"), load: () => import("./screens/Reports.svelte") },
  { pattern: "/timeline", title: () => late("timeline.title"), load: () => import("./screens/Timeline.svelte") },
  { pattern: "/opening", title: () => late("opening.title"), load: () => import("./screens/Opening.svelte") },
  { pattern: "/inspections", title: () => late("tests.title"), load: () => import("./screens/Inspections.svelte") },
];

/** A screen that is seldom opened, with its parameters. */
export interface Opened {
  title: () => string;
  params: Record<string, string>;
  load: () => Promise<View>;
}

/** The screen of that path; null when there is none. */
export function roomFor(path: string): Opened | null {
  for (const room of ROOMS) {
    const params = match(room.pattern, path);
    if (params) return { title: room.title, params, load: async () => ((await room.load()) as { default: View }).default };
  }
  return null;
}
