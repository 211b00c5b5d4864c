/** Feeds the stores: snapshot first, then events, and the snapshot again whenever the hub says so. */
import { get } from "../api/client";
import type { AgentView, BatchView, DeviceRow, Drivers, FleetSnapshot, IssueView, JobDetail, JobRow, KitName, LabSnapshot, Places, SessionView } from "../api/types";
import type { LiveEvent } from "../live/events";
import { SharedStream } from "../live/shared";
import type { LinkState } from "../live/stream";
import { nextFrame } from "../ui/frame";
import { fleet } from "./fleet.svelte";
import { lab } from "./lab.svelte";
import { session } from "./session.svelte";

type JobNews = JobRow & Partial<JobDetail>;

class Link {
  /** Whether what is shown is live. */
  state = $state<LinkState>("connecting");
  /** When the hub was last heard. */
  heard = $state<Date | null>(null);
  /** What `greet` asked for and nobody has taken over. */
  #asked: Promise<LabSnapshot> | null = null;
  /** What `load` began and `start` has not taken over. */
  #loaded: Promise<number> | null = null;
  #stream: SharedStream | null = null;
  #watchers = new Set<(job: JobNews) => void>();
  #wasLost = false;
  /** Grows with each start and end; what an earlier one still waits for is not wanted any more. */
  #run = 0;
  /** What was heard since the newest snapshot was asked for, while it is on its way. */
  #meanwhile: LiveEvent[] | null = null;

  /** Loads what there is beside the devices. Answers who is signed in. */
  async greet(): Promise<SessionView> {
    this.#asked = get<LabSnapshot>("/lab");
    try {
      const rest = await this.#asked;
      lab.replace(rest);
      fleet.count(rest.counts);
      return rest.session;
    } catch (error) {
      this.#asked = null;
      throw error;
    }
  }

  /** Loads everything, once; `start` goes on from there. */
  load(): Promise<number> {
    return (this.#loaded ??= this.#snapshot());
  }

  /** Loads everything, unless that was done, and follows it. */
  async start(): Promise<void> {
    const run = this.#stop();
    // Thousands of devices keep a slow computer busy: what is drawn already is shown before they are taken in.
    if (!this.#loaded) await nextFrame();
    if (run !== this.#run) return;
    const loaded = this.load();
    this.#loaded = null;
    const seq = await loaded;
    if (run !== this.#run) return;
    this.#stream = new SharedStream(
      {
        event: (event) => this.#hear(event),
        state: (state) => this.#become(state),
        signedOut: () => session.end(),
      },
      String(seq),
    );
  }

  /** Ends it and forgets everything: the next person may be shown less. */
  forget(): void {
    this.#stop();
    this.#asked = this.#loaded = this.#meanwhile = null;
    fleet.clear();
    lab.clear();
  }

  /** Calls `watcher` for each news about a job; answers how to stop that. */
  watchJobs(watcher: (job: JobNews) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  async refreshPlaces(): Promise<void> {
    const run = this.#run;
    const places = await get<Places>("/places");
    if (run === this.#run) lab.places = places;
  }

  async #refreshDrivers(): Promise<void> {
    const run = this.#run;
    const { items } = await get<Drivers>("/drivers");
    if (run === this.#run) lab.drivers = items;
  }

  /** Answers the number of the run that begins now. */
  #stop(): number {
    this.#stream?.stop();
    this.#stream = null;
    this.state = "connecting";
    return ++this.#run;
  }

  /** Answers the sequence number from which the stream leads on. */
  async #snapshot(): Promise<number> {
    const asked = this.#asked ?? get<LabSnapshot>("/lab");
    this.#asked = null;
    const meanwhile: LiveEvent[] = (this.#meanwhile = []);
    try {
      const [devices, rest] = await Promise.all([get<FleetSnapshot>("/fleet"), asked]);
      if (this.#meanwhile === meanwhile) {
        lab.replace(rest);
        fleet.replace(devices);
        this.heard = new Date();
      }
      return Math.min(devices.seq, rest.seq);
    } finally {
      // What was heard while it was on its way may be newer than what it brings.
      if (this.#meanwhile === meanwhile) {
        this.#meanwhile = null;
        meanwhile.forEach((event) => this.#hear(event));
      }
    }
  }

  #become(state: LinkState): void {
    this.state = state;
    if (state === "lost") this.#wasLost = true;
    else if (state === "open") {
      this.heard = new Date();
      // After a gap the ring buffer of the hub may have forgotten events.
      if (this.#wasLost) void this.#resync();
      this.#wasLost = false;
    }
  }

  async #resync(): Promise<void> {
    try {
      await this.#snapshot();
    } catch {
      // The stream reports the next loss; the banner already says that what is shown may be old.
    }
  }

  #hear(event: LiveEvent): void {
    this.heard = new Date();
    if (event.kind === "beat") return;
    if (event.kind === "resync") return void this.#resync();
    this.#meanwhile?.push(event);
    if (event.kind === "places") return void this.refreshPlaces().catch(() => {});
    const data: unknown = JSON.parse(event.data);
    switch (event.kind) {
      case "device":
        return fleet.apply(data as DeviceRow);
      case "device_gone":
        return fleet.drop((data as { id: string }).id);
      case "job":
      case "job_detail":
        lab.putJobs([data as JobRow]);
        return this.#watchers.forEach((watcher) => watcher(data as JobNews));
      case "batch":
        return lab.putBatch(data as BatchView);
      case "agent":
        lab.putAgent(data as AgentView);
        // What its drivers can do is told in a list of its own, which may be older than the agent.
        if ((data as AgentView).drivers.some((id) => !lab.driver(id))) void this.#refreshDrivers().catch(() => {});
        return;
      case "issue":
        return lab.putIssue(data as IssueView);
      case "kit":
        return lab.putKit(data as KitName);
      default:
        // Bookings, and what they are made of: models, people, institutions, opening hours.
        lab.lent += 1;
    }
  }
}

export const link = new Link();
