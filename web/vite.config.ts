// The console's page: built into web/dist, which the appliance serves.
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  // The layout engine is one large file, loaded only with the topology.
  build: { outDir: 'dist', emptyOutDir: true, chunkSizeWarningLimit: 1700 },
});
