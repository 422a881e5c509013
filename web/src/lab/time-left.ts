// The remaining time of a lab in words. Pure.

const shortSeconds = 15 * 60;
const marks = [15, 5, 1];

/** Minutes, hours for long ones, seconds for the last five minutes; short below a quarter of an hour. */
export function timeLeft(seconds: number): { text: string; isShort: boolean } {
  const isShort = seconds < shortSeconds;
  if (seconds <= 0) return { text: 'time is over', isShort };
  if (seconds < 300) {
    const rest = String(seconds % 60).padStart(2, '0');
    return { text: `${Math.floor(seconds / 60)}:${rest} left`, isShort };
  }
  const minutes = Math.floor(seconds / 60);
  if (minutes < 100) return { text: `${minutes} min left`, isShort };
  return { text: `${Math.floor(minutes / 60)} h ${minutes % 60} min left`, isShort };
}

/** The minutes to be said aloud when the clock has gone from `before` to `now`, seconds both. */
export function spokenAt(before: number, now: number): number | undefined {
  return marks.filter((minutes) => before > minutes * 60 && now <= minutes * 60).at(-1);
}

/** @param at ISO time */
export const timeOfDay = (at: string) =>
  new Date(at).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
