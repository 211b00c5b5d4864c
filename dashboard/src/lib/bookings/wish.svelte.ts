/** What somebody would like to book: things, a time on the lab's clock, and how often it comes again. */
import { get } from "../api/client";
import type { Alternative, LoanEnd, OpeningView } from "../api/types";
import { dayFromNow, dayOf } from "../lending/due";
import { momentAt, wall } from "../lending/zone";

/** Days of a usual loan. */
const USUAL = 7;
const MORNING = "09:00";
const AFTERNOON = "16:00";

export class Line {
  /** Id of a model or of a kit. */
  thing = $state("");
  quantity = $state(1);
  readonly isKit = $derived(this.thing.startsWith("kit-"));
}

const moment = (day: string, time: string): Date | null => {
  const [year, month, date, hour, minute] = [...day.split("-"), ...time.split(":")].map(Number);
  if (!year || !month || !date || hour === undefined || minute === undefined) return null;
  return momentAt({ year, month, day: date, hour, minute });
};
const timeOf = (at: Date): string => `${String(wall(at).hour).padStart(2, "0")}:${String(wall(at).minute).padStart(2, "0")}`;

export class Wish {
  lines = $state([new Line()]);
  startDay = $state(dayFromNow(1));
  startTime = $state(MORNING);
  endDay = $state(dayFromNow(1 + USUAL));
  endTime = $state(AFTERNOON);
  readonly starts = $derived(moment(this.startDay, this.startTime));
  readonly ends = $derived(moment(this.endDay, this.endTime));

  /** From the next opening after today on, for a usual time, unless somebody was quicker; without hours it stays. */
  async begin(): Promise<void> {
    const before = this.#typed();
    const opening = await get<OpeningView>("/opening");
    const from = opening.days.slice(1).find((day) => day.times.length > 0)?.times[0]?.[0];
    if (!from) return;
    const { ends } = await get<LoanEnd>(`/opening/loan-end?count=${USUAL}&starts=${encodeURIComponent(from)}`);
    if (this.#typed() === before) this.take(new Date(from), new Date(ends));
  }
  #typed(): string {
    return [this.startDay, this.startTime, this.endDay, this.endTime].join(" ");
  }
  take(starts: Date, ends: Date): void {
    [this.startDay, this.startTime] = [dayOf(starts), timeOf(starts)];
    [this.endDay, this.endTime] = [dayOf(ends), timeOf(ends)];
  }
  /** Something else would do. */
  instead(line: Line, other: Alternative): void {
    line.thing = other.model;
    line.quantity = other.quantity;
    this.take(new Date(other.starts), new Date(other.ends));
  }
  add(): void {
    this.lines.push(new Line());
  }
  drop(line: Line): void {
    this.lines = this.lines.filter((one) => one !== line);
  }
  /** As the hub wants it; null while something is missing. */
  body(): { lines: object[]; starts: string; ends: string } | null {
    const chosen = this.lines.filter((line) => line.thing);
    if (!this.starts || !this.ends || chosen.length === 0) return null;
    const lines = chosen.map((line) => (line.isKit ? { kit: line.thing } : { model: line.thing, quantity: line.quantity }));
    return { lines, starts: this.starts.toISOString(), ends: this.ends.toISOString() };
  }
}

export class Rhythm {
  on = $state(false);
  every = $state<"day" | "week" | "month">("week");
  interval = $state(1);
  until = $state("");
  holidays = $state(true);
  leaveOut = $state<string[]>([]);

  body(): object {
    return { until: this.until, every: this.every, interval: this.interval, skips_school_holidays: this.holidays, leave_out: this.leaveOut };
  }
}
