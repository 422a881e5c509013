// Notices that ovs-vswitchd was started again: it makes each bridge's management socket anew, and all flows are gone.
import { watch, type FSWatcher } from 'node:fs';

const retryMs = 2000;

/** Calls `onRestart` when management sockets appear in Open vSwitch's run folder; `stop` ends it. */
export function watchSwitchRestart(onRestart: () => void, folder = '/run/openvswitch'): { stop(): void } {
  let watcher: FSWatcher | undefined;
  let timer: NodeJS.Timeout | undefined;
  let settling: NodeJS.Timeout | undefined;
  let stopped = false;

  function again(): void {
    watcher?.close();
    if (!stopped) timer = setTimeout(start, retryMs);
  }
  function start(): void {
    try {
      watcher = watch(folder, (_event, file) => {
        if (file === null || !file.endsWith('.mgmt')) return;
        clearTimeout(settling);
        settling = setTimeout(onRestart, 50);
      });
      watcher.on('error', again);
    } catch {
      again(); // the folder is not there before Open vSwitch ran for the first time
    }
  }

  start();
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      clearTimeout(settling);
      watcher?.close();
    },
  };
}
