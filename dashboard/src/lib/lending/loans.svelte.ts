/** What is out, and what is planned; asked anew when the hub says that a booking changed. */
import { get } from "../api/client";
import type { BookingView, ModelView } from "../api/types";
import { fleet } from "../store/fleet.svelte";
import { lab } from "../store/lab.svelte";
import { plain } from "../text";
import { late } from "../late";
import { nameBy } from "./borrowers";

/** So far ahead bookings are shown, in days. */
const AHEAD = 14;
/** So many devices of one case are named one by one. */
const FEW = 3;
const OVER = ["closed", "rejected", "canceled", "no_show", "out", "partly_back"];

export class Loans {
  /** Bookings of which something is out, what is due first. */
  out = $state.raw<BookingView[]>([]);
  /** Bookings of the next days of which nothing is out yet. */
  coming = $state.raw<BookingView[]>([]);
  models = $state.raw<ModelView[]>([]);
  #names = $state.raw<ReadonlyMap<string, string>>(new Map());
  loaded = $state(false);
  /** True once they were read; they stay when the hub does not answer any more. */
  known = $state(false);
  error = $state.raw<unknown>(null);

  /** The booking for which that device is out. */
  readonly lent = $derived.by(() => {
    const found = new Map<string, BookingView>();
    for (const booking of this.out) for (const id of outOf(booking)) found.set(id, booking);
    return found;
  });

  /** `besides`: a booking that is shown whenever it is. */
  async load(besides: BookingView[] = []): Promise<void> {
    const now = new Date();
    const until = new Date(now.getTime() + AHEAD * 86_400_000);
    try {
      const [out, near, models] = await Promise.all([
        get<BookingView[]>("/loans"),
        get<BookingView[]>(`/bookings?starts=${now.toISOString()}&ends=${until.toISOString()}`),
        get<ModelView[]>("/models"),
      ]);
      this.out = out;
      this.coming = near.filter((one) => !OVER.includes(one.state));
      this.models = models;
      this.known = true;
      this.error = null;
      await this.#name([...out, ...this.coming, ...besides]);
    } catch (problem) {
      this.error = problem;
    }
    this.loaded = true;
  }

  /** Learns for whom these bookings are; each is asked for once. */
  async #name(bookings: BookingView[]): Promise<void> {
    const ids = bookings.flatMap((one) => [one.institution, one.person]).filter((id) => typeof id === "string" && !this.#names.has(id)) as string[];
    if (ids.length === 0) return;
    const asked = [...new Set(ids)];
    const names = await Promise.all(asked.map(nameBy));
    this.#names = new Map([...this.#names, ...asked.map((id, at) => [id, names[at] ?? ""] as const)]);
  }

  /** What a booking is of, in words: "3 × Tablet, Koffer Robotik". */
  contents(booking: BookingView): string {
    return sorted(booking.lines.map((line) => this.#line(line))).join(", ");
  }

  /** For whom it is; empty when nobody was named. */
  borrower(booking: BookingView): string {
    return [booking.institution, booking.person].map((key) => this.#names.get(key ?? "") ?? "").filter(Boolean).join(", ");
  }

  /** The name of an institution or a person of a booking that was loaded; empty when it is gone. */
  nameFor(id: string): string {
    return this.#names.get(id) ?? "";
  }

  #line(line: BookingView["lines"][number]): string {
    if (line.model) return late("lending.some", { n: line.quantity, name: this.models.find((one) => one.id === line.model)?.name ?? "" });
    if (line.kit) return lab.kits.find((one) => one.id === line.kit)?.name ?? late("lending.a_kit");
    return nameOf(line.device ?? "");
  }
}

const sorted = (names: string[]): string[] => names.sort((a, b) => a.localeCompare(b, undefined, { numeric: true }));

/** The names of these devices, in order. */
export const namesOf = (devices: string[]): string => sorted(devices.map(nameOf)).join(", ");

/** The same, with one word for what is of one case: "Koffer Robotik (15 von 16)". */
export function shortly(devices: string[]): string {
  const of = new Map<string, string[]>();
  for (const id of devices) {
    const kit = fleet.devices.get(id)?.row.kit;
    const key = kit && lab.kits.some((one) => one.id === kit) ? kit : id;
    of.set(key, [...(of.get(key) ?? []), id]);
  }
  const all = (kit: string): number => fleet.rows().filter((row) => row.kit === kit && row.status !== "retired").length;
  const words = [...of].flatMap(([key, ids]) => {
    const kit = lab.kits.find((one) => one.id === key);
    return kit && ids.length > FEW ? [late("lending.of_case", { name: plain(kit.name, 60), n: ids.length, all: all(key) })] : ids.map(nameOf);
  });
  return sorted(words).join(", ");
}

/** Ids of the devices of a booking that are out. */
export const outOf = (booking: BookingView): string[] => unitsOf(booking, "out");

/** Ids of the devices of a booking with one of these statuses. */
export const unitsOf = (booking: BookingView, ...statuses: string[]): string[] =>
  booking.lines.flatMap((line) => line.units.filter((unit) => statuses.includes(unit.status)).map((unit) => unit.device));

/** The name of a device, safe to show. */
export const nameOf = (id: string): string => plain(fleet.devices.get(id)?.row.name ?? id, 60);
