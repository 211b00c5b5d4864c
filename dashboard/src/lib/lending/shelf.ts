/** What the desk keeps in this browser until the hub has it: scans, the sittings they belong to, labels it has met. */
import type { ScanConflict } from "../api/types";

/** One scan, as the hub wants it, and what this browser knows of it. */
export interface Scan {
  id: string;
  client: string;
  sequence: number;
  at: string;
  kind: "scan" | "undo" | "person" | "tick" | "without";
  raw: string;
  about: string;
  is_fact: boolean;
  /** Key of the sitting. */
  sitting: string;
  /** Account that scanned it; only that one tells the hub. */
  user: string;
  /** What it is believed to do, and to which devices: the hub decides. */
  does: "out" | "back" | "unknown";
  devices: string[];
}

/** A scan session that this browser began; `hub` is what the hub calls it, once it has heard of it. */
export interface Sitting {
  key: string;
  mode: "in" | "out";
  ends: string | null;
  institution: string | null;
  hub: string | null;
}

/** Something a person has to look at; it stays until they have. */
export interface Kept extends ScanConflict {
  id: string;
  sitting: string;
  at: string;
}

/** What a label sticks on, as the hub told it last. */
export interface Label {
  code: string;
  noun: string;
  subject: string;
}

interface Stores {
  scans: Scan;
  sittings: Sitting;
  conflicts: Kept;
  labels: Label;
  counters: { name: string; value: string | number };
}
type Name = keyof Stores;
const KEYS: Record<Name, string> = { scans: "id", sittings: "key", conflicts: "id", labels: "code", counters: "name" };
const DATABASE = "medialab-desk";
const VERSION = 1;

const done = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("indexeddb"));
  });

const ended = (change: IDBTransaction): Promise<void> =>
  new Promise((resolve, reject) => {
    change.oncomplete = () => resolve();
    change.onabort = change.onerror = () => reject(change.error ?? new Error("indexeddb"));
  });

/** The database of this browser. Throws where the browser keeps none. */
export class Shelf {
  #opened: Promise<IDBDatabase> | null = null;

  #open(): Promise<IDBDatabase> {
    return (this.#opened ??= new Promise((resolve, reject) => {
      const asked = indexedDB.open(DATABASE, VERSION);
      asked.onupgradeneeded = () => {
        for (const [name, keyPath] of Object.entries(KEYS)) asked.result.createObjectStore(name, { keyPath });
      };
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error ?? new Error("indexeddb"));
    }));
  }

  /** Durable before it answers: the scan outlives a crash of the computer. */
  async #change(names: Name[], work: (change: IDBTransaction) => void): Promise<void> {
    const change = (await this.#open()).transaction(names, "readwrite", { durability: "strict" });
    work(change);
    await ended(change);
  }

  async all<N extends Name>(name: N): Promise<Stores[N][]> {
    return done((await this.#open()).transaction(name).objectStore(name).getAll() as IDBRequest<Stores[N][]>);
  }

  async get<N extends Name>(name: N, key: string): Promise<Stores[N] | undefined> {
    return done((await this.#open()).transaction(name).objectStore(name).get(key) as IDBRequest<Stores[N] | undefined>);
  }

  put<N extends Name>(name: N, rows: Stores[N][]): Promise<void> {
    return this.#change([name], (change) => rows.forEach((row) => change.objectStore(name).put(row)));
  }

  drop(name: Name, keys: string[]): Promise<void> {
    return this.#change([name], (change) => keys.forEach((key) => change.objectStore(name).delete(key)));
  }

  /** Keeps scans and their sitting, all or none, numbered by the one counter that all tabs of this browser share. */
  async add(sitting: Sitting, scans: Omit<Scan, "client" | "sequence">[], client: string): Promise<Scan[]> {
    const kept: Scan[] = [];
    await this.#change(["scans", "sittings", "counters"], (change) => {
      const counters = change.objectStore("counters");
      const asked = counters.get(client);
      asked.onsuccess = () => {
        let next = Number((asked.result as Stores["counters"] | undefined)?.value ?? 0);
        for (const scan of scans) kept.push({ ...scan, client, sequence: next++ });
        counters.put({ name: client, value: next });
        kept.forEach((scan) => change.objectStore("scans").put(scan));
        const before = change.objectStore("sittings").get(sitting.key);
        before.onsuccess = () => void (before.result ?? change.objectStore("sittings").put(sitting));
      };
    });
    return kept;
  }

  /** What this browser calls itself: the same until its data are deleted. */
  async client(fresh: string): Promise<string> {
    let found = fresh;
    await this.#change(["counters"], (change) => {
      const asked = change.objectStore("counters").get("client");
      asked.onsuccess = () => {
        const known = asked.result as Stores["counters"] | undefined;
        if (known) found = String(known.value);
        else change.objectStore("counters").put({ name: "client", value: fresh });
      };
    });
    return found;
  }
}
