/** Numbers that people type: empty means none, and a comma is as good as a point. */

/** Null for empty; NaN for what is no number. */
export function typedNumber(text: string | number | null | undefined): number | null {
  const said = String(text ?? "").trim().replace(",", ".");
  return said === "" ? null : Number(said);
}

/** Cents from an amount in euros. */
export function cents(text: string): number | null {
  const euros = typedNumber(text);
  return euros === null ? null : Math.round(euros * 100);
}
