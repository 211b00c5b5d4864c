/** Scans on their way to the hub: kept here first, told as soon as it answers, in order, as often as needed. */
import { ApiProblem, post } from "../api/client";
import type { ScansTaken } from "../api/types";
import { session } from "../store/session.svelte";
import { Shelf, type Kept, type Scan, type Sitting } from "./shelf";

/** Not `randomUUID`: browsers know that over HTTPS only. */
export const randomKey = (): string => crypto.getRandomValues(new Uint32Array(4)).join("-");

type View = ScansTaken["session"];

/** What is known of a scan when it is made. */
export type Draft = Pick<Scan, "kind" | "does" | "devices"> & Partial<Pick<Scan, "raw" | "about">>;

/** What became of scans: `view` is null when the hub did not answer and they wait. */
export interface Told {
  scans: Scan[];
  view: View | null;
}

/** A hub that has not answered for so long is not there. */
const PATIENCE_MS = 6_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;
const BATCH = 200;
/** Answers of something that stands before the hub, or of a hub that is just starting. */
const NOT_THERE = new Set([0, 408, 429, 502, 503, 504]);

/** True when the hub said nothing; what it said no to is not asked again. */
export const isAway = (problem: unknown): boolean =>
  problem instanceof ApiProblem ? problem.code === "unreachable" || NOT_THERE.has(problem.problem.status) : problem instanceof Late;

class Late extends Error {}

/** The answer, or an error after a while: a connection that hangs says nothing at all. */
export function within<T>(answer: Promise<T>, ms = PATIENCE_MS): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, fail) => (timer = setTimeout(() => fail(new Late()), ms)));
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

export class Outbox {
  readonly shelf = new Shelf();
  /** Scans the hub has not heard of, the earliest first. */
  waiting = $state.raw<Scan[]>([]);
  /** What a person has to look at. */
  conflicts = $state.raw<Kept[]>([]);
  /** True while the hub does not answer. */
  away = $state(false);
  /** Why it would not hear what waits; null while all is well. */
  refused = $state.raw<unknown>(null);
  #client: Promise<string> | null = null;
  #sending: Promise<void> | null = null;
  #views = new Map<string, View>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pause = FIRST_PAUSE_MS;

  /** `arrived`: called after scans that had to wait have arrived. */
  constructor(private readonly arrived: () => void) {}

  /** Scans of the person who is signed in. */
  readonly own = $derived.by(() => this.waiting.filter((scan) => scan.user === session.view?.user));

  /** What was left here before; tells it at once. */
  async begin(): Promise<void> {
    this.conflicts = await this.shelf.all("conflicts");
    await this.#look();
    if (this.own.length === 0) return;
    await this.deliver();
    this.arrived();
  }

  /** Keeps these scans, then tells the hub. Throws what it says no to as a whole, such as a missing right. */
  async tell(sitting: Sitting, drafts: Draft[]): Promise<Told> {
    const client = await (this.#client ??= this.shelf.client(randomKey()));
    const at = new Date().toISOString();
    const user = session.view?.user ?? "";
    const fresh = drafts.map((one) => ({ raw: "", about: "", ...one, id: randomKey(), at, is_fact: this.away, sitting: sitting.key, user }));
    const scans = await this.shelf.add(sitting, fresh, client);
    await this.#look();
    // A hub that is away is asked in the background: nobody waits for it at each scan.
    if (this.away) {
      void this.deliver();
      return { scans, view: null };
    }
    await this.deliver();
    if (this.refused && this.waiting.some((one) => one.id === scans[0]!.id)) throw this.refused;
    const view = this.waiting.some((one) => one.id === scans[0]!.id) ? null : (this.#views.get(sitting.key) ?? null);
    return { scans, view };
  }

  /** Tells the hub everything that waits; one after the other, however often it is asked. */
  async deliver(): Promise<void> {
    while (this.#sending) await this.#sending;
    this.#sending = this.#deliverAll().finally(() => (this.#sending = null));
    await this.#sending;
  }

  /** A person has looked at it. */
  async settled(conflict: Kept): Promise<void> {
    await this.shelf.drop("conflicts", [conflict.id]);
    this.conflicts = this.conflicts.filter((one) => one.id !== conflict.id);
  }

  async #look(): Promise<void> {
    const all = await this.shelf.all("scans");
    this.waiting = all.sort((a, b) => a.at.localeCompare(b.at) || a.sequence - b.sequence);
  }

  async #deliverAll(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#look();
    const late = this.away;
    this.refused = null;
    try {
      for (const key of new Set(this.own.map((scan) => scan.sitting))) await this.#deliverSitting(key, late);
    } catch {
      return this.#noteAway();
    }
    this.away = false;
    this.#pause = FIRST_PAUSE_MS;
    if (late) this.arrived();
  }

  /** Throws when the hub does not answer; what it says no to stays here and does not hold up the others. */
  async #deliverSitting(key: string, late: boolean): Promise<void> {
    const scans = this.own.filter((scan) => scan.sitting === key);
    const sitting = await this.shelf.get("sittings", key);
    try {
      for (let first = 0; sitting && first < scans.length; first += BATCH) {
        const batch = scans.slice(first, first + BATCH);
        const view = await this.#send(sitting, batch);
        this.#views.set(key, view);
        if (late || batch.some((scan) => scan.is_fact)) await this.#keepConflicts(sitting, batch, view);
        await this.shelf.drop("scans", batch.map((scan) => scan.id));
      }
    } catch (problem) {
      if (isAway(problem)) throw problem;
      this.refused = problem;
    }
    await this.#look();
  }

  async #send(sitting: Sitting, scans: Scan[]): Promise<View> {
    const events = scans.map(({ id, client, sequence, at, kind, raw, about, is_fact }) => ({ id, client, sequence, at, kind, raw, about, is_fact }));
    const send = async (): Promise<View> => (await within(post<ScansTaken>(`/scan-sessions/${await this.#open(sitting)}/events`, { events }))).session;
    try {
      return await send();
    } catch (problem) {
      if (!(problem instanceof ApiProblem) || problem.problem.status !== 404) throw problem;
      sitting.hub = null; // a hub that was set back to an older backup has forgotten it
      return send();
    }
  }

  async #open(sitting: Sitting): Promise<string> {
    if (sitting.hub === null) {
      const wish = { mode: sitting.mode, client_key: sitting.key, ends: sitting.ends, institution: sitting.institution };
      sitting.hub = (await within(post<{ session: string }>("/scan-sessions", wish))).session;
      await this.shelf.put("sittings", [sitting]);
    }
    return sitting.hub;
  }

  /** Nobody stood at the desk any more when the hub said so. */
  async #keepConflicts(sitting: Sitting, scans: Scan[], view: View): Promise<void> {
    if (view.conflicts.length === 0) return;
    const at = new Map(scans.map((scan) => [scan.id, scan.at]));
    const found = view.conflicts.filter((one) => at.has(one.event));
    const kept = found.map((one) => ({ ...one, id: `${one.event} ${one.device ?? ""}`, sitting: sitting.key, at: at.get(one.event)! }));
    await this.shelf.put("conflicts", kept);
    this.conflicts = await this.shelf.all("conflicts");
  }

  /** What waits now happened while nobody could be asked: the hub records it and does not decide. */
  async #noteAway(): Promise<void> {
    this.away = true;
    await this.shelf.put("scans", this.own.filter((scan) => !scan.is_fact).map((scan) => ({ ...scan, is_fact: true })));
    await this.#look();
    this.#timer = setTimeout(() => void this.deliver(), this.#pause);
    this.#pause = Math.min(LONGEST_PAUSE_MS, this.#pause * 1.7);
  }
}
