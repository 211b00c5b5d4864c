/** What the desk sounds like, so that nobody has to look up at each scan: one tone up, two down, a low one for trouble. */

/** Gone out, come back, somebody has to look, laid on the pile, kept for later. */
export type Tone = "out" | "back" | "problem" | "pile" | "wait";

const OFF = "medialab.desk-quiet";
/** Hertz one after the other; a fifth up, a fifth down, twice low. */
const NOTES: Record<Tone, number[]> = { out: [660, 990], back: [990, 660], problem: [220, 180], pile: [660], wait: [440, 440] };
const LENGTH_S = 0.09;
let sounding: AudioContext | null = null;

export const isQuiet = (): boolean => localStorage.getItem(OFF) === "1";
export const beQuiet = (quiet: boolean): void => localStorage.setItem(OFF, quiet ? "1" : "0");

/** Plays it, where the browser lets a page make sounds: after the first key or click. */
export function play(tone: Tone): void {
  if (isQuiet() || typeof AudioContext === "undefined") return;
  sounding ??= new AudioContext();
  void sounding.resume();
  NOTES[tone].forEach((hertz, at) => note(sounding!, hertz, sounding!.currentTime + at * LENGTH_S * 1.2, tone === "problem"));
}

function note(context: AudioContext, hertz: number, starts: number, rough: boolean): void {
  const [source, level] = [context.createOscillator(), context.createGain()];
  source.type = rough ? "square" : "sine";
  source.frequency.value = hertz;
  level.gain.setValueAtTime(0.2, starts);
  level.gain.exponentialRampToValueAtTime(0.001, starts + LENGTH_S);
  source.connect(level).connect(context.destination);
  source.start(starts);
  source.stop(starts + LENGTH_S);
}
