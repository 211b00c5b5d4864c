/** The desk: what a scan means there, and what is done about it at once. */
import { post } from "../api/client";
import { late } from "../late";
import { fleet } from "../store/fleet.svelte";
import { lab } from "../store/lab.svelte";
import { session } from "../store/session.svelte";
import { plain } from "../text";
import { borrowerBy, type Borrower } from "./borrowers";
import { asking, caseIn, concerns, isOpen, type CaseCheck } from "./cases";
import { weekday } from "./due";
import { Hands, type Handed } from "./hands";
import { labelBy } from "./labels";
import { Loans, nameOf, outOf } from "./loans.svelte";
import { meant, type Thing } from "./match";
import { isAway, Outbox, within, type Draft } from "./outbox.svelte";
import { few, outcomeOf, type Outcome, type Snag } from "./outcome";
import { believed } from "./overlay";
import { play, type Tone } from "./sounds";
import { Term } from "./term.svelte";
import { devicesOf, scansOf } from "./things";

/** A thing is taken once, however often a scanner sends it within this time. */
const TWICE_MS = 10_000;
/** After that time without a scan nobody stands at the desk any more: the next person's things must not go to this one. */
const LEFT_AFTER_MS = 120_000;

/** What the desk says last. */
export interface Said {
  tone: Tone | null;
  words: string;
  snags: Snag[];
}
const SILENCE: Said = { tone: null, words: "", snags: [] };

/** Somebody whose card was scanned: each scan goes to them at once. */
export interface Customer {
  borrower: Borrower;
  /** Devices that they took. */
  took: string[];
}

export class Desk {
  readonly loans = new Loans();
  readonly outbox = new Outbox(() => void this.reload());
  readonly term = new Term();
  said = $state.raw<Said>(SILENCE);
  pile = $state.raw<Thing[]>([]);
  choice = $state.raw<Thing[]>([]);
  /** Chosen by hand for the pile. */
  borrower = $state.raw<Borrower | null>(null);
  customer = $state.raw<Customer | null>(null);
  /** The case that was scanned last. */
  check = $state.raw<CaseCheck | null>(null);
  /** Still out of the loans of which something has just come back. */
  missing = $state.raw<string[]>([]);
  error = $state.raw<unknown>(null);
  /** Bookings to which what was scanned last belongs. */
  bookings = $state.raw<string[]>([]);
  /** What can be undone. */
  last = $state.raw<Handed | null>(null);

  readonly staff = $derived(session.may("staff"));
  readonly #believed = $derived(believed(this.outbox.own));
  readonly #hands = new Hands(this.outbox);
  #work: Promise<void> = Promise.resolve();
  #recent = new Map<string, { at: number; tone: Tone }>();
  /** What the hub said of devices since the loans were read. */
  #news = new Map<string, { at: number; isOut: boolean }>();
  #gone: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    void this.#then(() => this.reload());
    if (this.staff) void this.#then(() => this.outbox.begin());
  }
  /** The screen is left; what waits for the hub is told all the same, as long as the page is open. */
  stop(): void {
    clearTimeout(this.#gone);
  }

  /** One after the other: a scanner is quicker than the hub. `sayings`: how the text can be read. */
  scan(sayings: string[]): void {
    if (sayings[0]?.trim()) void this.#then(() => this.#understood(sayings.map((text) => text.trim())));
  }
  choose(thing: Thing): Promise<void> {
    return this.#then(() => this.#take(thing));
  }
  /** Reads the loans anew; while the hub is away the old ones stay. */
  async reload(): Promise<void> {
    if (this.outbox.away) return;
    const began = Date.now();
    await this.loans.load();
    if (!this.loans.error) for (const [id, news] of this.#news) if (news.at <= began) this.#news.delete(id);
  }

  #then(work: () => Promise<void>): Promise<void> {
    return (this.#work = this.#work.then(work).catch((problem: unknown) => {
      this.error = problem;
      this.said = SILENCE;
      play("problem");
    }));
  }
  #say(tone: Tone | null, words: string, snags: Snag[] = []): void {
    this.said = { tone, words, snags };
    if (tone) play(tone);
  }
  /** True when it is in somebody's hands, as far as anybody here knows. */
  isOut = (device: string): boolean => this.#believed.get(device) ?? this.#news.get(device)?.isOut ?? this.loans.lent.has(device);

  async #understood(sayings: string[]): Promise<void> {
    this.#clear();
    const found = meant(sayings, fleet.rows(), lab.kits);
    const text = plain(found.text, 40);
    if (found.code) return this.#labelled(found.code);
    if (found.things.length === 1) return this.#take(found.things[0]!);
    if (found.things.length === 0) return this.#say("problem", late("lending.unknown", { text }));
    this.choice = found.things;
    this.#say(null, late("lending.which", { text }));
  }
  #clear(): void {
    this.error = this.last = null;
    this.missing = [];
    this.choice = [];
  }

  /** A label that was printed in advance: on a device, a case, a person's card, or on nothing yet. */
  async #labelled(code: string): Promise<void> {
    const label = await labelBy(code, this.outbox);
    if (label === undefined) return this.#keepUnread(code);
    const row = fleet.devices.get(label?.subject ?? "")?.row;
    const kit = lab.kits.find((one) => one.id === label?.subject);
    if (row) return this.#take({ id: row.id, name: row.name, isKit: false, label: code });
    if (kit) return this.#take({ id: kit.id, name: kit.name, isKit: true, label: code });
    if (label?.noun === "person" && this.staff) return this.#meet(label.subject!);
    this.#say("problem", late(label && !label.noun ? "lending.label_free" : "lending.unknown", { text: code }));
  }

  /** A card: they take what lies on the pile, and what is scanned from now on. */
  async #meet(person: string): Promise<void> {
    const unnamed = { institution: null, person, name: late("lending.card_holder") };
    const known = this.outbox.away ? unnamed : within(borrowerBy(person)).catch((problem: unknown) => {
      if (isAway(problem)) return unnamed;
      throw problem;
    });
    this.leave();
    this.check = null;
    this.customer = { borrower: await known, took: [] };
    if (this.pile.length > 0) return this.#handOut(this.pile);
    await this.term.choose(this.term.days ?? 0);
    this.#stay();
    this.#say("pile", late("lending.lend_to", { name: this.customer.borrower.name }));
  }

  /** The next person is somebody else. */
  leave(): void {
    clearTimeout(this.#gone);
    this.customer = null;
    this.#hands.forget();
  }
  #stay(): void {
    clearTimeout(this.#gone);
    this.#gone = setTimeout(() => this.leave(), LEFT_AFTER_MS);
  }

  async #take(thing: Thing): Promise<void> {
    this.choice = [];
    const name = plain(thing.name, 60);
    if (concerns(this.check, thing.id)) return this.#more(this.check, scansOf([thing], this.check.isReturn ? "back" : "out") ?? [], thing);
    this.check = null;
    const recent = this.#recent.get(thing.id);
    if (recent && Date.now() - recent.at < TWICE_MS) return this.#say(null, late(recent.tone === "back" ? "lending.back_already" : "lending.out_already", { name }));
    if (devicesOf(thing).some(this.isOut)) return this.#takeBack(thing);
    if (!this.staff) return this.#say("problem", late("lending.not_out", { name }));
    if (this.customer) return this.#handOut([thing]);
    if (this.pile.some((one) => one.id === thing.id)) return this.#say(null, late("lending.on_pile_already", { name }));
    this.pile = [...this.pile, thing];
    this.#say("pile", late("lending.on_pile", { name }));
  }

  async #takeBack(thing: Thing): Promise<void> {
    const devices = devicesOf(thing).filter(this.isOut);
    const loans = this.loans.out.filter((one) => outOf(one).some((id) => devices.includes(id)));
    const scans = this.staff ? scansOf([thing], "back") : null;
    try {
      if (scans) await this.#tell(await this.#hands.takeBack(scans), [thing]);
      else {
        await post("/returns", { devices });
        this.#learn(devices, false);
        this.#remember([thing], "back");
        this.#say("back", late("lending.back", { name: plain(thing.name, 60) }));
      }
    } finally {
      if (this.error) await this.reload();
      else void this.reload();
    }
    if (!isOpen(this.check)) this.missing = loans.flatMap(outOf).filter(this.isOut);
  }

  async #handOut(things: Thing[]): Promise<void> {
    this.#stay();
    this.pile = this.pile.filter((one) => !things.includes(one));
    const scans = scansOf(things, "out");
    if (!scans) return this.#say("problem", late("lending.no_label", { name: few(things.map((one) => plain(one.name, 60))) }));
    await this.#tell(await this.#hands.handOut(this.customer!.borrower, this.term.ends, scans), things);
    void this.reload();
  }

  /** What is scanned or ticked while a case asks for it. */
  async #more({ kit, sitting, isReturn }: CaseCheck, drafts: Draft[], thing: Thing): Promise<void> {
    await this.#tell(await this.#hands.more(sitting, isReturn, drafts), [thing], kit.event);
    void this.reload();
  }
  /** "This one is in the case", or "it goes without": said by hand. */
  tick(device: string, isIn: boolean): Promise<void> {
    return this.#then(async () => {
      if (this.check) await this.#more(this.check, [{ kind: isIn ? "tick" : "without", about: device, does: "unknown", devices: [] }], { id: device, name: nameOf(device), isKit: false });
    });
  }

  /** What became of it, in words, and what can be done about it. `about`: the scan of the case it belongs to. */
  async #tell(handed: Handed, things: Thing[], about?: string): Promise<void> {
    const { scans, sitting, view, isReturn } = (this.last = handed);
    const name = few(things.map((thing) => plain(thing.name, 60)));
    if (!view) {
      this.#remember(things, isReturn ? "back" : "out");
      return this.#say("wait", late(isReturn ? "lending.kept_back" : "lending.kept_out", { name }));
    }
    this.bookings = view.bookings;
    const events = new Set([...scans.map((scan) => scan.id), ...(about ? [about] : [])]);
    this.check = caseIn(view, events, sitting, isReturn);
    const outcome = outcomeOf(view, events);
    this.#learn(outcome.out, true);
    this.#learn(outcome.back, false);
    if (outcome.out.length + outcome.back.length > 0) this.#remember(things, outcome.out.length > 0 ? "out" : "back");
    if (this.customer) this.customer = { ...this.customer, took: [...new Set([...this.customer.took, ...outcome.out])] };
    this.#sum(outcome, name);
  }
  #sum({ out, back, snags }: Outcome, name: string): void {
    const open = isOpen(this.check);
    if (open) return this.#say("problem", asking(this.check!), snags);
    const tone: Tone = snags.length > 0 ? "problem" : out.length > 0 ? "out" : "back";
    const to = this.customer?.borrower.name ?? "";
    if (out.length > 0) this.#say(tone, late("lending.went_out", { name, to, day: weekday(this.term.ends) }), snags);
    else if (back.length > 0) this.#say(tone, late("lending.back", { name }), snags);
    else this.#say("problem", snags.length > 0 ? "" : late("lending.nothing_done", { name }), snags);
  }
  #learn(devices: string[], isOut: boolean): void {
    for (const id of devices) this.#news.set(id, { at: Date.now(), isOut });
  }
  #remember(things: Thing[], tone: Tone): void {
    for (const thing of things) this.#recent.set(thing.id, { at: Date.now(), tone });
  }

  /** A label that nobody here knows while the hub is away: kept as it is, perhaps it is a card for what lies on the pile. */
  async #keepUnread(code: string): Promise<void> {
    if (!this.staff) return this.#say("problem", late("lending.away_help"));
    const pile = scansOf(this.pile, "out") ?? [];
    const nobody = { institution: null, person: null, name: "" };
    await this.#hands.handOut(this.customer?.borrower ?? nobody, this.term.ends, [...pile, { kind: "scan", raw: code, does: "unknown", devices: [] }]);
    this.pile = [];
    this.#say("wait", late("lending.kept_unread", { text: code }));
  }

  /** As if the last scan had not been. */
  undo(): Promise<void> {
    return this.#then(async () => {
      const last = this.last;
      if (!last) return;
      this.#clear();
      this.check = null;
      const { view } = await this.#hands.more(last.sitting, last.isReturn, last.scans.map((scan) => ({ kind: "undo", about: scan.id, does: "unknown", devices: [] })));
      const devices = last.scans.flatMap((scan) => scan.devices);
      this.#recent.clear();
      if (this.customer) this.customer = { ...this.customer, took: this.customer.took.filter((id) => !devices.includes(id)) };
      const snags = view ? outcomeOf(view, new Set(last.scans.map((scan) => scan.id))).snags : [];
      if (snags.length === 0) this.#learn(devices, last.isReturn);
      this.#say(snags.length > 0 ? "problem" : "pile", snags.length > 0 ? "" : late(last.isReturn ? "lending.undone" : "lending.out_undone"), snags);
      await this.reload();
    });
  }

  putDown(thing: Thing): void {
    this.pile = this.pile.filter((one) => one !== thing);
    this.#say(null, late("lending.put_down", { name: plain(thing.name, 60) }));
  }
  /** The pile has gone out by the button. */
  async lent(): Promise<void> {
    this.pile = [];
    this.#clear();
    this.#say(null, "");
    play("out");
    await this.reload();
  }
}
