import { expect, it } from 'vitest';
import { containerIn } from '../../../../server/appliance/engine/own-container.ts';

const id = '0f4c'.repeat(16);

it('finds the container by the files that the engine mounts into it', () => {
  const mounted = [
    '812 811 0:52 / / rw,relatime - overlay overlay rw,lowerdir=/var/lib/docker/overlay2/l/A',
    `830 812 254:1 /var/lib/docker/containers/${id}/resolv.conf /etc/resolv.conf rw - ext4 /dev/vda1 rw`,
    `831 812 254:1 /var/lib/docker/containers/${id}/hostname /etc/hostname rw,relatime - ext4 /dev/vda1 rw`,
  ].join('\n');
  expect(containerIn(mounted)).toBe(id);
});

it('finds none on a machine of its own, also beside mounts of containers that run on it', () => {
  expect(containerIn('22 1 254:1 / / rw,relatime - ext4 /dev/vda1 rw')).toBeUndefined();
  expect(
    containerIn(`90 22 0:40 / /var/lib/docker/containers/${id}/mounts/shm rw - tmpfs shm rw`),
  ).toBeUndefined();
  expect(containerIn('')).toBeUndefined();
});
