/** Safety tests in words. */
import type { DueView, InspectionView } from "../api/types";
import { locale, number } from "../i18n/index.svelte";
import { day } from "../i18n/time.svelte";
import { late, type LateKey } from "../late";

export type Kind = InspectionView["kind"];

export const KINDS: { id: Kind; key: LateKey }[] = [
  { id: "safety", key: "tests.safety" },
  { id: "hygiene", key: "tests.hygiene" },
  { id: "function", key: "tests.function" },
];

/** What is measured at a safety test (DIN VDE 0701-0702), with its unit; the names are those the hub keeps. */
export const MEASURED: { id: string; key: LateKey; unit: string }[] = [
  { id: "r_pe_ohm", key: "tests.r_pe", unit: "Ω" },
  { id: "r_iso_mohm", key: "tests.r_iso", unit: "MΩ" },
  { id: "i_leak_ma", key: "tests.i_leak", unit: "mA" },
];

export const kindWord = (kind: Kind): string => late(KINDS.find((one) => one.id === kind)?.key ?? "tests.safety");
export const resultWord = (result: InspectionView["result"]): string => late(result === "passed" ? "tests.passed" : "tests.failed");

/** "Schutzleiter 0,1 Ω, Ableitstrom 0,02 mA"; what nobody here knows by the name it was kept under. */
export function measuredWords(measured: Record<string, number>): string {
  return Object.entries(measured)
    .map(([id, value]) => {
      const known = MEASURED.find((one) => one.id === id);
      return known ? `${late(known.key)} ${precise(value)} ${known.unit}` : `${id} ${precise(value)}`;
    })
    .join(", ");
}

/** As it was measured: tenths are not enough for ohms. */
const precise = (value: number): string => (Math.abs(value) >= 10 ? number(value) : value.toLocaleString(locale(), { maximumFractionDigits: 4 }));

/** Why and since when a device has to be tested. */
export function dueWords(row: Pick<DueView, "reason" | "due">): string {
  if (row.reason === "failed") return late("tests.due_failed");
  if (row.reason === "never_tested") return late("tests.due_never");
  return late(new Date(row.due) < new Date() ? "tests.due_since" : "tests.due_on", { day: day(row.due) });
}
