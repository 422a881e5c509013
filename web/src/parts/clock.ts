// Seconds that pass on the screen.
import { useEffect, useState } from 'react';

function useNow(isRunning: boolean): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!isRunning) return;
    setNow(Date.now());
    const timer = window.setInterval(() => setNow(Date.now()), 500);
    return () => window.clearInterval(timer);
  }, [isRunning]);
  return now;
}

/** @param at milliseconds, or undefined when there is nothing to wait for */
export function useSecondsUntil(at: number | undefined): number {
  const now = useNow(at !== undefined);
  return at === undefined ? 0 : Math.max(0, Math.ceil((at - now) / 1000));
}

/** @param from ISO time */
export function useSecondsSince(from: string): number {
  return Math.max(0, Math.floor((useNow(true) - Date.parse(from)) / 1000));
}
