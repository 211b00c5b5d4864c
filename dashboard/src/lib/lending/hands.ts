/** Tells the hub what goes from hand to hand: each person and each day one session, returns in sessions of their own. */
import { randomKey, type Draft, type Outbox, type Told } from "./outbox.svelte";
import type { Sitting } from "./shelf";
import type { Borrower } from "./borrowers";

/** So many scans belong to one session of returns: each answer tells all of it. */
const RETURNS_OF_ONE = 100;

/** What was told, and in which sitting more of it belongs. */
export interface Handed extends Told {
  sitting: Sitting;
  isReturn: boolean;
}

export class Hands {
  #returns: Sitting | null = null;
  #returned = 0;
  #loan: Sitting | null = null;

  constructor(private readonly outbox: Outbox) {}

  /** These come back. */
  async takeBack(scans: Draft[]): Promise<Handed> {
    if (!this.#returns || this.#returned >= RETURNS_OF_ONE) [this.#returns, this.#returned] = [sitting("in"), 0];
    this.#returned += scans.length;
    return this.more(this.#returns, true, scans);
  }

  /** These go to that person until then; the person is named once. */
  async handOut(borrower: Borrower, ends: Date, scans: Draft[]): Promise<Handed> {
    const until = ends.toISOString();
    const isNew = this.#loan?.ends !== until;
    if (isNew) this.#loan = { ...sitting("out"), ends: until, institution: borrower.institution };
    const named: Draft[] = isNew && borrower.person ? [{ kind: "person", about: borrower.person, does: "unknown", devices: [] }] : [];
    return this.more(this.#loan!, false, [...named, ...scans]);
  }

  /** More of the same. */
  async more(to: Sitting, isReturn: boolean, drafts: Draft[]): Promise<Handed> {
    const told = await this.outbox.tell(to, drafts);
    return { ...told, scans: told.scans.filter((scan) => scan.kind !== "person"), sitting: to, isReturn };
  }

  /** What comes now is for somebody else. */
  forget(): void {
    this.#loan = null;
  }
}

const sitting = (mode: Sitting["mode"]): Sitting => ({ key: randomKey(), mode, ends: null, institution: null, hub: null });
