/** What the screens share beside the devices: jobs, batches, agents, issues, places, drivers. */
import type { AgentView, BatchView, DriverManifest, IssueView, JobRow, KitName, LabSnapshot, Places } from "../api/types";

const KEPT_JOBS = 500;
const NOWHERE: Places = { locations: [], stations: [] };
const OPEN = new Set(["queued", "in_progress", "waiting_person"]);

/** True while something may still happen. */
export const isOpen = (job: Pick<JobRow, "status">): boolean => OPEN.has(job.status);

class Lab {
  /** Jobs that were heard of, newest knowledge per job. */
  jobs = $state.raw<ReadonlyMap<string, JobRow>>(new Map());
  batches = $state.raw<ReadonlyMap<string, BatchView>>(new Map());
  agents = $state.raw<AgentView[]>([]);
  issues = $state.raw<IssueView[]>([]);
  places = $state.raw<Places>(NOWHERE);
  drivers = $state.raw<DriverManifest[]>([]);
  kits = $state.raw<KitName[]>([]);
  /** Grows when a booking or a model changes; who shows them asks again. */
  lent = $state(0);

  /** Takes all of it from a snapshot; jobs that are already newer stay. */
  replace(snapshot: LabSnapshot): void {
    this.putJobs(snapshot.jobs);
    this.issues = snapshot.issues;
    this.agents = snapshot.agents;
    this.drivers = snapshot.drivers;
    this.places = snapshot.places;
    this.kits = snapshot.kits;
    this.lent += 1;
  }

  putJobs(rows: JobRow[]): void {
    const jobs = new Map(this.jobs);
    for (const row of rows) if ((jobs.get(row.id)?.seq ?? -1) <= row.seq) jobs.set(row.id, row);
    for (const [id, row] of jobs) {
      if (jobs.size <= KEPT_JOBS) break;
      if (!isOpen(row)) jobs.delete(id);
    }
    this.jobs = jobs;
  }

  putBatch(batch: BatchView): void {
    this.batches = new Map(this.batches).set(batch.id, batch);
  }

  putAgent(agent: AgentView): void {
    const known = this.agents.some((other) => other.id === agent.id);
    this.agents = known ? this.agents.map((other) => (other.id === agent.id ? agent : other)) : [...this.agents, agent];
  }

  /** A known issue changes in place, a new one is added at the end, one that is over goes. */
  putIssue(issue: IssueView): void {
    if (issue.gone) this.issues = this.issues.filter((other) => other.id !== issue.id);
    else if (this.issues.some((other) => other.id === issue.id)) {
      this.issues = this.issues.map((other) => (other.id === issue.id ? issue : other));
    } else this.issues = [...this.issues, issue];
  }

  /** A kit is new, has another name, or is gone. */
  putKit(kit: KitName & { gone?: boolean }): void {
    const others = this.kits.filter((other) => other.id !== kit.id);
    this.kits = kit.gone ? others : [...others, kit].sort((a, b) => a.name.localeCompare(b.name));
  }

  locationName(id: string | null | undefined): string {
    return this.places.locations.find((place) => place.id === id)?.name ?? "";
  }

  stationName(id: string | null | undefined): string {
    return this.places.stations.find((place) => place.id === id)?.name ?? "";
  }

  driver(id: string | null | undefined): DriverManifest | undefined {
    return this.drivers.find((driver) => driver.id === id);
  }

  /** Forgets everything, for signing out. */
  clear(): void {
    this.jobs = this.batches = new Map();
    this.agents = this.issues = this.drivers = this.kits = [];
    this.places = NOWHERE;
  }
}

export const lab = new Lab();
