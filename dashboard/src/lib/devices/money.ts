/** Money and calendar days as people read them. */
import { locale } from "../i18n/index.svelte";

/** An amount of cents in euros. */
export const money = (cents: number): string => new Intl.NumberFormat(locale(), { style: "currency", currency: "EUR" }).format(cents / 100);

/** An amount of cents as it is typed. */
export const typed = (cents: number | null | undefined): string => (cents == null ? "" : new Intl.NumberFormat(locale(), { minimumFractionDigits: 2, useGrouping: false }).format(cents / 100));

/** A calendar day such as "2026-11-24"; it has no time zone. */
export const day = (iso: string): string => new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeZone: "UTC" }).format(new Date(`${iso}T00:00:00Z`));
