// Notices that ovs-vswitchd was started again: it makes each bridge's management socket anew, and all flows are gone.
import { watchFolder, type FolderWatch } from './folder-watch.ts';

const retryMs = 2000;

/** Calls `onRestart` when management sockets appear in Open vSwitch's run folder; `stop` ends it. */
export function watchSwitchRestart(onRestart: () => void, folder = '/run/openvswitch'): { stop(): void } {
  let watcher: FolderWatch | undefined;
  let timer: NodeJS.Timeout | undefined;
  let settling: NodeJS.Timeout | undefined;
  let stopped = false;

  function again(): void {
    watcher?.close();
    if (!stopped) timer = setTimeout(start, retryMs);
  }
  function start(): void {
    try {
      const onChange = (file: string | null) => {
        if (file === null || !file.endsWith('.mgmt')) return;
        clearTimeout(settling);
        settling = setTimeout(onRestart, 50);
      };
      watcher = watchFolder(folder, onChange, again);
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
