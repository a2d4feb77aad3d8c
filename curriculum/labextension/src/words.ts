/** Numbers as people say them. */

/** 3, 2.5, 0.33: at most two decimals, and none that are zero. */
export function number(value: number): string {
  return String(Math.floor(value * 100 + 1e-6) / 100);
}

/** "1 point", "2.5 points". */
export function count(value: number, noun: string): string {
  return `${number(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** "3 of 6 points". */
export function points(got: number, most: number): string {
  return `${number(got)} of ${count(most, 'point')}`;
}

/** "12 min", "2 h 05 min", on one line. Rounded down: no minute is shown before it is over. */
export function duration(seconds: number): string {
  const minutes = Math.max(0, Math.floor(seconds / 60));
  const hours = Math.floor(minutes / 60);
  const told = hours ? `${hours} h ${String(minutes % 60).padStart(2, '0')} min` : `${minutes} min`;
  return told.replace(/ /g, '\u00a0');
}

/** The first letter large. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
