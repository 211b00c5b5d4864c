/** Moments and durations in words, by the clock of the lab. Relative times follow one clock that ticks twice a minute. */
import { locale, t } from "./index.svelte";

let now = $state(Date.now());
setInterval(() => (now = Date.now()), 30_000);

/** The time zone of the lab; until the hub has told it, that of this computer. */
let timeZone: string | undefined;

/** From now on moments are told as clocks in that zone show them. */
export function useZone(name: string | undefined): void {
  timeZone = name || undefined;
  made = undefined;
}

interface Formats {
  of: string;
  ago: Intl.RelativeTimeFormat;
  exact: Intl.DateTimeFormat;
}
let made: Formats | undefined;

function formats(): Formats {
  const of = locale();
  if (made?.of === of) return made;
  const ago = new Intl.RelativeTimeFormat(of, { numeric: "auto", style: "short" });
  return (made = { of, ago, exact: new Intl.DateTimeFormat(of, { dateStyle: "medium", timeStyle: "medium", timeZone }) });
}

/** "vor 3 Min.", "gestern"; after a week the date. */
export function ago(moment: string | number | Date): string {
  const seconds = Math.max(0, (now - new Date(moment).getTime()) / 1000);
  const rtf = formats().ago;
  if (seconds < 45) return t("time.now");
  if (seconds < 3600) return rtf.format(-Math.round(seconds / 60), "minute");
  if (seconds < 86_400) return rtf.format(-Math.round(seconds / 3600), "hour");
  if (seconds < 7 * 86_400) return rtf.format(-Math.round(seconds / 86_400), "day");
  return day(moment);
}

/** Date without time. */
export function day(moment: string | number | Date): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeZone }).format(new Date(moment));
}

/** Date and time to the second. */
export function exact(moment: string | number | Date): string {
  return formats().exact.format(new Date(moment));
}

/** Hours and minutes. */
export function clock(moment: string | number | Date): string {
  return new Intl.DateTimeFormat(locale(), { hour: "2-digit", minute: "2-digit", timeZone }).format(new Date(moment));
}

/** "etwa 2 Min." from seconds. */
export function duration(seconds: number): string {
  if (seconds < 60) return t("time.seconds", { n: Math.max(1, Math.round(seconds)) });
  if (seconds < 5400) return t("time.minutes", { n: Math.round(seconds / 60) });
  return t("time.hours", { n: Math.round(seconds / 360) / 10 });
}
