/** Which years can be chosen, and how they are called. */
import type { AnnualReport } from "../api/types";
import { wall } from "../lending/zone";

export type YearKind = AnnualReport["kind"];

/** So many years are offered. */
const MANY = 8;
/** Month in which a school year begins. */
const SCHOOL_BEGINS = 8;

/** The calendar year in which the year began that it is now, by the calendar of the lab. */
export function presentYear(kind: YearKind): number {
  const today = wall(new Date());
  return today.year - (kind === "school" && today.month < SCHOOL_BEGINS ? 1 : 0);
}

/** "2026", or "2026/27" of a school year. */
export const yearName = (kind: YearKind, year: number): string => (kind === "school" ? `${year}/${String((year + 1) % 100).padStart(2, "0")}` : String(year));

/** The present year and those before it; also the one that was asked for. */
export function yearsOf(kind: YearKind, asked: number): number[] {
  const present = presentYear(kind);
  const offered = Array.from({ length: MANY }, (_, back) => present - back);
  return [...new Set([...offered, asked])].sort((a, b) => b - a);
}
